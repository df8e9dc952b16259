using PlaNet.Runs.Actors;

namespace PlaNet.Cluster.Nodes;

/// <summary>The role at the top of a node's actor system, the parent of its worker, its collector, or both.</summary>
public static class NodeRoles
{
    /// <summary>Name of the role at the top.</summary>
    public const string Top = "node";

    /// <summary>Path of a node's worker.</summary>
    public const string WorkerPath = $"/user/root/{Top}/{Worker}";

    /// <summary>Path of a node's collector. <see cref="ClusterNode.SelectablePaths"/> must list it.</summary>
    public const string CollectorPath = $"/user/root/{Top}/{Collector}";

    /// <summary>Name of the worker role.</summary>
    internal const string Worker = "worker";

    /// <summary>Name of the collector role.</summary>
    internal const string Collector = "collector";

    /// <summary>Creates the role at the top.</summary>
    /// <param name="roles">Its child roles by name.</param>
    internal static Behavior Create(IReadOnlyDictionary<string, Behavior> roles) => Behavior.Of(
        _ => new Next<IReadOnlyDictionary<string, Behavior>>(roles, [.. roles.Select(role => new Spawn(role.Key, role.Value))]),
        (state, message, _) => message switch
        {
            StopWorking => new Next<IReadOnlyDictionary<string, Behavior>>(
                state, [.. roles.Keys.Select(name => new TellChild(name, message))]),
            ChildStopped { Cause: { } cause } => throw cause,
            _ => Next.With(state),
        }) with
    {
        Decide = RunSupervision.Decide,
    };
}
