using System.CommandLine;
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

    /// <summary>The node to join.</summary>
    public Option<string?> To { get; } = new("--join") { Description = "Join the cluster of the node at this address", HelpName = "HOST:PORT" };

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

    /// <summary>The log of a node: errors of Akka's go to standard error. Its warnings are of connections, whose ends are told as events.</summary>
    /// <param name="line">The parsed command line.</param>
    public static Action<LogLine> Log(ParseResult line)
    {
        var error = TextWriter.Synchronized(line.InvocationConfiguration.Error);
        return logged =>
        {
            if (logged.Level >= LogLevel.ErrorLevel)
            {
                error.WriteLine($"planet: {logged.Source}: {logged.Text.ReplaceLineEndings(" ")}");
            }
        };
    }

    /// <summary>Whether the node is to join a cluster.</summary>
    /// <param name="line">The parsed command line.</param>
    public bool IsJoining(ParseResult line) => line.GetValue(To) is not null;

    /// <summary>What others type to join, where they can.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <param name="address">Where the node listens.</param>
    public string? Invitation(ParseResult line, string address) => line.GetValue(Listen) is null ? null
        : $"others join with: planet node --join {address} --bind ADDRESS:PORT{(line.GetValue(Insecure) ? " --insecure" : "")}";

    /// <summary>The first node of a cluster.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <exception cref="ClusterException">It could be reached by strangers, or its certificate cannot be used.</exception>
    public ClusterStart Begin(ParseResult line) => Of(line, line.GetValue(Listen), [], [GridNode.CoordinatorRole, GridNode.WorkerRole]);

    /// <summary>A node that joins.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <param name="other">Address of the node to join. Default null: as the command line says.</param>
    /// <exception cref="ClusterException">It could be reached by strangers, or its certificate cannot be used.</exception>
    public ClusterStart Join(ParseResult line, string? other = null) =>
        Of(line, other is null ? line.GetValue(Bind) : null, [ClusterEndpoint.Parse(other ?? line.GetValue(To)!)], [GridNode.WorkerRole]);

    /// <summary>How a run has its episodes played by collectors of a cluster; null where it plays them itself.</summary>
    /// <param name="line">The parsed command line.</param>
    public IRemoteCollection? Collection(ParseResult line)
    {
        if (line.GetValue(Listen) is not { } listen)
        {
            return IsJoining(line)
                ? Collection(line, line.GetValue(Bind), [ClusterEndpoint.Parse(line.GetValue(To)!)], [ClusterCollection.RunRole], static _ => { })
                : null;
        }

        if (IsJoining(line))
        {
            throw new UnusableInputException($"--listen {listen} and --join {line.GetValue(To)}: a run forms a cluster or joins one. Give one of the two.");
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

    /// <summary>A node that joins.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <param name="roles">Its roles.</param>
    public ClusterStart Join(ParseResult line, IReadOnlyList<string> roles) =>
        Of(line, line.GetValue(Bind), [ClusterEndpoint.Parse(line.GetValue(To)!)], roles);

    private ClusterStart Of(ParseResult line, string? listen, IReadOnlyList<ClusterEndpoint> seeds, IReadOnlyList<string> roles) =>
        Of(line, SettingsFile.Read(line), listen, seeds, roles, endsWhenRemoved: true);

    private ClusterStart Of(
        ParseResult line, HoconSettings settings, string? listen, IReadOnlyList<ClusterEndpoint> seeds, IReadOnlyList<string> roles, bool endsWhenRemoved)
    {
        var start = ClusterConfig.Of(settings, new ClusterNode
        {
            Listen = ClusterEndpoint.ParseListen(listen ?? "127.0.0.1:0"),
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
