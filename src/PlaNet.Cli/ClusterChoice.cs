using System.CommandLine;
using System.Net;
using Akka.Event;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Security;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Settings;

namespace PlaNet.Cli;

/// <summary>The options that specify how a verb takes part in a cluster.</summary>
internal sealed class ClusterChoice
{
    /// <summary>Where the first node of a cluster listens.</summary>
    public Option<string?> Listen { get; } = new("--listen")
    {
        Description = "Let nodes of other machines join at this address; by default only this machine can connect",
        HelpName = "ADDRESS:PORT",
    };

    /// <summary>The nodes to join.</summary>
    public Option<string?> Seeds { get; } = new("--join")
    {
        Description = "Join the cluster of the node at this address, or at one of several addresses, separated by commas",
        HelpName = "HOST:PORT",
    };

    /// <summary>Where a node that joins listens.</summary>
    public Option<string?> Bind { get; } = new("--bind")
    {
        Description = "Address on which this node listens and under which others reach it; by default a free port of the loopback address",
        HelpName = "ADDRESS:PORT",
    };

    /// <summary>Whether other machines may reach the node without TLS.</summary>
    public Option<bool> Insecure { get; } = new("--insecure")
    {
        Description = "Let other machines connect without TLS: anyone who reaches the port can join, read and falsify messages",
    };

    /// <summary>Whether a node joins again after the cluster has removed it.</summary>
    public Option<bool> Rejoin { get; } = new("--rejoin")
    {
        Description = "Join again as a new node after the cluster has removed this one",
    };

    /// <summary>Whether collectors play the episodes of a node's runs.</summary>
    public Option<bool> Collectors { get; } = new("--collectors")
    {
        Description = "Let collectors of the cluster play the episodes of the runs (planet node --roles collector)",
    };

    /// <summary>
    /// The log of a node: writes Akka's errors to standard error. Akka's warnings are dropped: they concern connections, whose loss is
    /// already reported as an event.
    /// </summary>
    public static Action<LogLine> Log(ParseResult line)
    {
        var error = TextWriter.Synchronized(line.InvocationConfiguration.Error);
        return logged =>
        {
            // Akka logs every closed connection as an error, even when a node leaves cleanly; departures are printed as events.
            if (logged.Level >= LogLevel.ErrorLevel && logged.Text != "Disassociated")
            {
                error.WriteLine($"planet: {logged.Source}: {logged.Text.ReplaceLineEndings(" ")}");
            }
        };
    }

    /// <summary>Whether other machines may join.</summary>
    public bool IsListening(ParseResult line) => line.GetValue(Listen) is not null;

    /// <summary>The addresses to join, at least one.</summary>
    /// <exception cref="UnusableInputException">--join is missing.</exception>
    /// <exception cref="ClusterException">An address cannot be parsed.</exception>
    public IReadOnlyList<ClusterEndpoint> ReadSeeds(ParseResult line) =>
        (line.GetValue(Seeds) ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } seeds
            ? [.. seeds.Select(ClusterEndpoint.Parse)]
            : throw new UnusableInputException(
                "--join is missing: it must name the address of a node of the cluster. "
                + "Start a grid coordinator with `planet grid --listen ADDRESS:PORT`, and give the address that it prints.");

    /// <summary>The command that other machines run to join; null when the node accepts only this machine.</summary>
    public string? Invitation(ParseResult line, string address) => line.GetValue(Listen) is null ? null
        : $"others join with: planet node --join {address} --bind ADDRESS:PORT{(line.GetValue(Insecure) ? " --insecure" : "")}";

    /// <summary>The first node of a cluster.</summary>
    /// <exception cref="ClusterException">Other machines could connect without TLS, or the certificate cannot be used.</exception>
    public ClusterStart Begin(ParseResult line) => Of(line, line.GetValue(Listen), [], [GridNode.CoordinatorRole, GridNode.WorkerRole]);

    /// <summary>A node that joins the cluster of another command of this machine.</summary>
    /// <exception cref="ClusterException">The certificate cannot be used.</exception>
    public ClusterStart Join(ParseResult line, string other) => Of(line, null, [ClusterEndpoint.Parse(other)], [GridNode.WorkerRole]);

    /// <summary>A node that joins the cluster named by --join.</summary>
    /// <exception cref="UnusableInputException">--join is missing.</exception>
    /// <exception cref="ClusterException">Other machines could connect without TLS, or the certificate cannot be used.</exception>
    public ClusterStart Join(ParseResult line, IReadOnlyList<string> roles) => Of(line, line.GetValue(Bind), ReadSeeds(line), roles);

    /// <summary>Extra command-line arguments for the runs of a node: with --collectors, those that let a run join the cluster.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <param name="address">Returns the node's address; called only after the node listens.</param>
    public Func<IReadOnlyList<string>> ExtraArguments(ParseResult line, Func<string> address) => () =>
    {
        if (!line.GetValue(Collectors))
        {
            return [];
        }

        // A run is a separate node, on another port of the address of the node that starts it.
        var own = address();
        string[] insecure = line.GetValue(Insecure) ? ["--insecure"] : [];
        return ["--join", own, "--bind", own[..own.LastIndexOf(':')] + ":0", .. insecure];
    };

    /// <summary>The cluster whose collectors play a run's episodes; null when the run plays them itself.</summary>
    public IRemoteCollection? Collection(ParseResult line)
    {
        if (line.GetValue(Listen) is not { } listen)
        {
            return line.GetValue(Seeds) is null
                ? null
                : Collection(line, line.GetValue(Bind), ReadSeeds(line), [ClusterCollection.RunRole], static _ => { });
        }

        if (line.GetValue(Seeds) is { } other)
        {
            throw new UnusableInputException(
                $"--listen {listen} and --join {other}: a run either forms a cluster or joins one. Give one of the two.");
        }

        var output = line.InvocationConfiguration.Output;
        var insecure = line.GetValue(Insecure) ? " --insecure" : "";
        return Collection(
            line,
            listen,
            [],
            [GridNode.CoordinatorRole, ClusterCollection.RunRole],
            address => output.WriteLine(
                $"collectors join with: planet node --join {address} --roles collector --bind ADDRESS:PORT{insecure}"));
    }

    private ClusterCollection Collection(
        ParseResult line, string? listen, IReadOnlyList<ClusterEndpoint> seeds, IReadOnlyList<string> roles, Action<string> joined)
    {
        var lease = TimeSpan.FromSeconds(SettingsFile.Read(line).Planet.Grid.LeaseSeconds);
        return new ClusterCollection(settings => Of(line, settings, listen, seeds, roles, endsWhenRemoved: false), lease, joined);
    }

    private ClusterStart Of(ParseResult line, string? listen, IReadOnlyList<ClusterEndpoint> seeds, IReadOnlyList<string> roles) =>
        Of(line, SettingsFile.Read(line), listen, seeds, roles, endsWhenRemoved: true);

    private ClusterStart Of(
        ParseResult line,
        HoconSettings settings,
        string? listen,
        IReadOnlyList<ClusterEndpoint> seeds,
        IReadOnlyList<string> roles,
        bool endsWhenRemoved)
    {
        var endpoint = ClusterEndpoint.ParseListen(listen ?? "127.0.0.1:0");
        ListenHost.Require(endpoint, Dns.GetHostAddresses);
        var start = ClusterConfig.Of(settings, new ClusterNode
        {
            Listen = endpoint,
            Seeds = seeds,
            Roles = roles,
            SelectablePaths = GridNode.Paths,
            EndsWhenRemoved = endsWhenRemoved,
            Tls = ClusterTls.Load(settings.Planet.Cluster.Tls),
            Insecure = line.GetValue(Insecure),
        });
        if (start.Warning is { } warning)
        {
            line.InvocationConfiguration.Error.WriteLine($"planet: warning: {warning}");
        }

        return start;
    }
}
