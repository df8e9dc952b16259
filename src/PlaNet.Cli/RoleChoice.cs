using System.CommandLine;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Nodes;
using PlaNet.Experiments;

namespace PlaNet.Cli;

/// <summary>The option by which a node is told what it does: <c>--roles worker,collector,coordinator</c>.</summary>
internal sealed class RoleChoice
{
    /// <summary>Role of nodes that play episodes for the runs of others.</summary>
    public const string Collector = ClusterCollection.CollectorRole;

    private static readonly string[] s_known = [GridNode.WorkerRole, Collector, GridNode.CoordinatorRole];

    private readonly Option<string> _roles = new("--roles")
    {
        Description = "What it does, separated by commas: worker (runs cells), collector (plays episodes for runs), coordinator (takes over when the one that gives out cells dies; needs --store)",
        HelpName = "ROLES",
        DefaultValueFactory = _ => GridNode.WorkerRole,
    };

    /// <summary>Adds the option to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb) => verb.Add(_roles);

    /// <summary>The roles that were asked for, each once, at least one.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <exception cref="UnusableInputException">A name is no role, or there is none.</exception>
    public IReadOnlyList<string> Read(ParseResult line)
    {
        var given = line.GetRequiredValue(_roles);
        var roles = given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        if (roles.Count == 0)
        {
            throw new UnusableInputException($"--roles \"{given}\": a node has one role at least. Name some of {string.Join(", ", s_known)}, separated by commas, or leave it out.");
        }

        return roles.Find(role => !s_known.Contains(role)) is { } unknown
            ? throw new UnusableInputException($"--roles {given}: there is no role {unknown}: did you mean {NearestName.Find(unknown, s_known)}? Known are {string.Join(", ", s_known)}.")
            : roles;
    }
}
