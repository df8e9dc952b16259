using System.CommandLine;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;
using PlaNet.Loading;

namespace PlaNet.Cli;

/// <summary>The options of a node: <c>--store</c>, <c>--runs</c>, <c>--workers</c>, <c>--device</c>.</summary>
public sealed class NodeChoice
{
    private readonly Option<string?> _store = NewStore();
    private readonly Option<string?> _runs = NewRuns();
    private readonly Option<int?> _workers = new("--workers")
    {
        Description = "Number of concurrent runs, each in its own process; by default as many as the cores allow; 0 to only coordinate",
        HelpName = "N",
    };

    private readonly DeviceChoice _device = new();

    /// <summary>The option that names a store.</summary>
    public static Option<string?> NewStore() => new("--store")
    {
        Description = "Store of the grids: a folder (by default DIR/.store), or for several machines postgres://user@host:5432/database",
        HelpName = "STORE",
    };

    /// <summary>The option that names the directory of runs.</summary>
    public static Option<string?> NewRuns() => new("--runs")
    {
        Description = "Directory that contains the run directories; by default runs",
        HelpName = "DIR",
    };

    /// <summary>The absolute path of the directory of runs.</summary>
    /// <param name="given">The value of <see cref="NewRuns"/>; null for the directory in the settings.</param>
    /// <param name="line">The parsed command line, for the settings.</param>
    public static string Runs(string? given, ParseResult line) => Path.GetFullPath(given ?? SettingsFile.Read(line).Planet.RunsDirectory);

    /// <summary>The address of the store.</summary>
    /// <param name="given">The value of <see cref="NewStore"/>; null for the default folder within <paramref name="runs"/>.</param>
    /// <param name="runs">The directory of runs.</param>
    /// <param name="create">Whether to accept a folder that is not a store yet.</param>
    /// <exception cref="UnusableInputException">The folder is not a store.</exception>
    public static string Address(string? given, string runs, bool create)
    {
        var address = given ?? Path.Combine(runs, ".store");
        return create || address.Contains("://", StringComparison.Ordinal) || SqliteDatabase.Exists(address)
            ? address
            : throw new UnusableInputException(
                $"{address} is not a store: `planet grid` makes one. Name a store with --store, or its directory of runs with --runs.");
    }

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        verb.Add(_store);
        verb.Add(_runs);
        verb.Add(_workers);
        _device.AddTo(verb);
    }

    /// <summary>The value of --store; null if it is not given.</summary>
    public string? Store(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetValue(_store);
    }

    /// <summary>The value of --workers; null if it is not given.</summary>
    public int? Workers(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetValue(_workers);
    }

    /// <summary>The options of the node's worker.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <param name="threads">Threads of a run; the default number of slots is the number of cores divided by it.</param>
    /// <exception cref="UnusableInputException">An option is invalid.</exception>
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
            var given => throw new UnusableInputException(
                $"--workers {given}: must be from 0 to 1024. Give such a number, or leave it out."),
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

    /// <summary>The options of the node's collector.</summary>
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

    /// <summary>The command line that starts this program again with the same settings: its path and first arguments.</summary>
    internal static string[] Program(ParseResult line) =>
        [.. Own(), .. SettingsFile.Given(line) is { } file ? ["--hocon", Path.GetFullPath(file)] : Array.Empty<string>()];

    private static string[] Own()
    {
        var own = Environment.ProcessPath ?? "";
        var name = Path.GetFileNameWithoutExtension(own);
        return name == "planet" ? [own] : [name == "dotnet" ? own : "dotnet", Path.Combine(AppContext.BaseDirectory, "planet.dll")];
    }
}
