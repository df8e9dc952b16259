using System.CommandLine;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Nodes;
using PlaNet.Experiments;

namespace PlaNet.Cli;

/// <summary>The option that specifies the roles of a node: <c>--roles worker,collector,coordinator</c>.</summary>
internal sealed class RoleChoice
{
    /// <summary>Role of nodes that play episodes for the runs of the cluster.</summary>
    public const string Collector = ClusterCollection.CollectorRole;

    private static readonly string[] s_known = [GridNode.WorkerRole, Collector, GridNode.CoordinatorRole];

    private readonly Option<string> _roles = new("--roles")
    {
        Description = "Roles of the node, separated by commas: worker (runs cells), collector (plays episodes for runs), "
            + "coordinator (takes over when the grid coordinator dies; needs --store)",
        HelpName = "ROLES",
        DefaultValueFactory = _ => GridNode.WorkerRole,
    };

    /// <summary>Adds the option to a verb.</summary>
    public void AddTo(Command verb) => verb.Add(_roles);

    /// <summary>The distinct roles, at least one.</summary>
    /// <exception cref="UnusableInputException">A role is unknown, or none is given.</exception>
    public IReadOnlyList<string> Read(ParseResult line)
    {
        var given = line.GetRequiredValue(_roles);
        var roles = given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (roles.Count == 0)
        {
            throw new UnusableInputException(
                $"--roles \"{given}\": a node needs at least one role. "
                + $"Name some of {string.Join(", ", s_known)}, separated by commas, or leave it out.");
        }

        return roles.Find(role => !s_known.Contains(role)) is { } unknown
            ? throw new UnusableInputException(
                $"--roles {given}: there is no role {unknown}: did you mean {NearestName.Find(unknown, s_known)}? "
                + $"The roles are {string.Join(", ", s_known)}.")
            : roles;
    }
}
