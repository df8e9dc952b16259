using System.CommandLine;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;
using PlaNet.Loading;

namespace PlaNet.Cli;

/// <summary>The options by which a verb is told how it works: <c>--store</c>, <c>--runs</c>, <c>--workers</c>, <c>--device</c>.</summary>
public sealed class NodeChoice
{
    private readonly Option<string?> _store = NewStore();
    private readonly Option<string?> _runs = NewRuns();
    private readonly Option<int?> _workers = new("--workers")
    {
        Description = "Runs at a time, each in a process of its own; by default as many as the cores suffice for; 0 for a node that only coordinates",
        HelpName = "N",
    };

    private readonly DeviceChoice _device = new();

    /// <summary>The option that names a store.</summary>
    public static Option<string?> NewStore() => new("--store")
    {
        Description = "Where it is kept who runs what: a folder of this machine (by default DIR/.store), or postgres://user@host:5432/database for several",
        HelpName = "STORE",
    };

    /// <summary>The option that names the directory of runs.</summary>
    public static Option<string?> NewRuns() => new("--runs") { Description = "The directory of the run directories; by default runs", HelpName = "DIR" };

    /// <summary>The directory of runs that was asked for.</summary>
    /// <param name="given">The value of <see cref="NewRuns"/>.</param>
    /// <param name="line">The parsed command line, for the settings.</param>
    public static string Runs(string? given, ParseResult line) => Path.GetFullPath(given ?? SettingsFile.Read(line).Planet.RunsDirectory);

    /// <summary>Opens the store that was asked for.</summary>
    /// <param name="given">The value of <see cref="NewStore"/>.</param>
    /// <param name="runs">The directory of runs.</param>
    /// <param name="create">Whether a folder that is none yet becomes one.</param>
    /// <exception cref="UnusableInputException">There is no such store.</exception>
    public static IGridStore OpenStore(string? given, string runs, bool create) => GridStores.Open(Address(given, runs, create), TimeProvider.System);

    /// <summary>The address of the store that was asked for.</summary>
    /// <param name="given">The value of <see cref="NewStore"/>.</param>
    /// <param name="runs">The directory of runs.</param>
    /// <param name="create">Whether a folder that is none yet becomes one.</param>
    /// <exception cref="UnusableInputException">There is no such store.</exception>
    public static string Address(string? given, string runs, bool create)
    {
        var address = given ?? Path.Combine(runs, ".store");
        return create || address.Contains("://", StringComparison.Ordinal) || SqliteDatabase.Exists(address)
            ? address
            : throw new UnusableInputException($"{address} is not a store: `planet grid` makes one. Name it with --store, or its directory of runs with --runs.");
    }

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        verb.Add(_store);
        verb.Add(_runs);
        verb.Add(_workers);
        _device.AddTo(verb);
    }

    /// <summary>The store that was named; null for none.</summary>
    /// <param name="line">The parsed command line.</param>
    public string? Store(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetValue(_store);
    }

    /// <summary>The number of runs at a time that was asked for; null for none.</summary>
    /// <param name="line">The parsed command line.</param>
    public int? Workers(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetValue(_workers);
    }

    /// <summary>How to work.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <param name="threads">Threads of a run, by which the default number of workers is reckoned.</param>
    /// <exception cref="UnusableInputException">An option cannot be used.</exception>
    public NodeOptions Read(ParseResult line, int threads)
    {
        ArgumentNullException.ThrowIfNull(line);
        var settings = SettingsFile.Read(line).Planet.Grid;
        var device = _device.Read(line).ToString()!;
        var cuda = device.StartsWith("cuda", StringComparison.Ordinal);
        var workers = Workers(line) switch
        {
            null => cuda ? Math.Max(1, CudaDevices.Visible().Count) : Math.Max(1, CoreShares.Allowed().Count / threads),
            >= 0 and <= 1024 and var given => given,
            var given => throw new UnusableInputException($"--workers {given}: 0 to 1024 runs can go at a time. Give such a number, or leave it out."),
        };
        return new NodeOptions
        {
            Workers = workers,
            Lease = TimeSpan.FromSeconds(settings.LeaseSeconds),
            Heartbeat = TimeSpan.FromSeconds(settings.HeartbeatSeconds),
            Budget = settings.Failures,
            Runs = Runs(line.GetValue(_runs), line),
            Device = cuda ? "cuda" : "cpu",
            Program = Program(line),
        };
    }

    /// <summary>How to play episodes for runs of the cluster.</summary>
    /// <param name="line">The parsed command line.</param>
    internal CollectorOptions ReadCollector(ParseResult line)
    {
        var settings = SettingsFile.Read(line).Planet.Grid;
        return new CollectorOptions(experiment =>
        {
            TorchRuntime.Configure(experiment.Compute);
            return _device.Read(line);
        })
        {
            Lease = TimeSpan.FromSeconds(settings.LeaseSeconds),
            Heartbeat = TimeSpan.FromSeconds(settings.HeartbeatSeconds),
        };
    }

    /// <summary>The program that runs this code, as it is started again with the same settings: its path, and what comes first behind it.</summary>
    /// <param name="line">The parsed command line.</param>
    internal static string[] Program(ParseResult line) =>
        [.. Own(), .. SettingsFile.Given(line) is { } file ? ["--hocon", Path.GetFullPath(file)] : Array.Empty<string>()];

    private static string[] Own()
    {
        var own = Environment.ProcessPath ?? "";
        return Path.GetFileNameWithoutExtension(own) == "planet" ? [own] : [own.Length > 0 && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet", Path.Combine(AppContext.BaseDirectory, "planet.dll")];
    }
}
