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

/// <summary>The options by which a verb is told how it takes part in a cluster.</summary>
internal sealed class ClusterChoice
{
    /// <summary>Where the first node of a cluster listens.</summary>
    public Option<string?> Listen { get; } = new("--listen")
    {
        Description = "Let nodes of other machines join at this address; by default only this machine reaches it",
        HelpName = "ADDRESS:PORT",
    };

    /// <summary>The nodes to join.</summary>
    public Option<string?> To { get; } = new("--join")
    {
        Description = "Join the cluster of the node at this address; of several, separated by commas, whichever answers",
        HelpName = "HOST:PORT",
    };

    /// <summary>Where a node that joins listens.</summary>
    public Option<string?> Bind { get; } = new("--bind")
    {
        Description = "Where this node listens, as others reach it; by default a free port of the loopback address",
        HelpName = "ADDRESS:PORT",
    };

    /// <summary>Whether other machines may reach the node without TLS.</summary>
    public Option<bool> Insecure { get; } = new("--insecure") { Description = "Let other machines connect without TLS: whoever reaches the port can join, read and falsify" };

    /// <summary>Whether a node that was removed comes back.</summary>
    public Option<bool> Rejoin { get; } = new("--rejoin") { Description = "Join again as a new node when the cluster has removed this one" };

    /// <summary>Whether the runs of a node have their episodes played by collectors.</summary>
    public Option<bool> Collectors { get; } = new("--collectors")
    {
        Description = "Have the runs take their episodes from collectors of the cluster: planet node --roles collector",
    };

    /// <summary>The log of a node: errors of Akka's go to standard error. Its warnings are of connections, whose ends are told as events.</summary>
    /// <param name="line">The parsed command line.</param>
    public static Action<LogLine> Log(ParseResult line)
    {
        var error = TextWriter.Synchronized(line.InvocationConfiguration.Error);
        return logged =>
        {
            // Akka logs every closed connection as an error, also when a node leaves in order; departures are printed as events.
            if (logged.Level >= LogLevel.ErrorLevel && logged.Text != "Disassociated")
            {
                error.WriteLine($"planet: {logged.Source}: {logged.Text.ReplaceLineEndings(" ")}");
            }
        };
    }

    /// <summary>Whether other machines are let in.</summary>
    /// <param name="line">The parsed command line.</param>
    public bool IsListening(ParseResult line) => line.GetValue(Listen) is not null;

    /// <summary>The addresses to join.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <exception cref="UnusableInputException">There is none.</exception>
    /// <exception cref="ClusterException">One cannot be read.</exception>
    public IReadOnlyList<ClusterEndpoint> Others(ParseResult line) =>
        (line.GetValue(To) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } others
            ? [.. others.Select(ClusterEndpoint.Parse)]
            : throw new UnusableInputException(
                "--join is missing: it names the address where a grid coordinator lets others join. Begin one with `planet grid --listen ADDRESS:PORT`, which prints it.");

    /// <summary>What others type to join, where they can.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <param name="address">Where the node listens.</param>
    public string? Invitation(ParseResult line, string address) => line.GetValue(Listen) is null ? null
        : $"others join with: planet node --join {address} --bind ADDRESS:PORT{(line.GetValue(Insecure) ? " --insecure" : "")}";

    /// <summary>The first node of a cluster.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <exception cref="ClusterException">It could be reached by strangers, or its certificate cannot be used.</exception>
    public ClusterStart Begin(ParseResult line) => Of(line, line.GetValue(Listen), [], [GridNode.CoordinatorRole, GridNode.WorkerRole]);

    /// <summary>A node that joins another command of this machine.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <param name="other">Address of that command.</param>
    /// <exception cref="ClusterException">Its certificate cannot be used.</exception>
    public ClusterStart Join(ParseResult line, string other) => Of(line, null, [ClusterEndpoint.Parse(other)], [GridNode.WorkerRole]);

    /// <summary>A node that joins as the command line says.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <param name="roles">What it does.</param>
    /// <exception cref="UnusableInputException">No address is given to join.</exception>
    /// <exception cref="ClusterException">It could be reached by strangers, or its certificate cannot be used.</exception>
    public ClusterStart Join(ParseResult line, IReadOnlyList<string> roles) => Of(line, line.GetValue(Bind), Others(line), roles);

    /// <summary>What the command lines of a node's runs say, where collectors of its cluster play their episodes.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <param name="address">Where the node listens, once it does.</param>
    public Func<IReadOnlyList<string>> RunWords(ParseResult line, Func<string> address) => () =>
    {
        if (!line.GetValue(Collectors))
        {
            return [];
        }

        // A run is a node of its own beside the one that has started it.
        var own = address();
        return ["--join", own, "--bind", own[..own.LastIndexOf(':')] + ":0", .. line.GetValue(Insecure) ? ["--insecure"] : Array.Empty<string>()];
    };

    /// <summary>How a run has its episodes played by collectors of a cluster; null where it plays them itself.</summary>
    /// <param name="line">The parsed command line.</param>
    public IRemoteCollection? Collection(ParseResult line)
    {
        if (line.GetValue(Listen) is not { } listen)
        {
            return line.GetValue(To) is null
                ? null
                : Collection(line, line.GetValue(Bind), Others(line), [ClusterCollection.RunRole], static _ => { });
        }

        if (line.GetValue(To) is { } other)
        {
            throw new UnusableInputException($"--listen {listen} and --join {other}: a run forms a cluster or joins one. Give one of the two.");
        }

        var output = line.InvocationConfiguration.Output;
        var insecure = line.GetValue(Insecure) ? " --insecure" : "";
        return Collection(
            line,
            listen,
            [],
            [GridNode.CoordinatorRole, ClusterCollection.RunRole],
            address => output.WriteLine($"collectors join with: planet node --join {address} --roles collector --bind ADDRESS:PORT{insecure}"));
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
        ParseResult line, HoconSettings settings, string? listen, IReadOnlyList<ClusterEndpoint> seeds, IReadOnlyList<string> roles, bool endsWhenRemoved)
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
