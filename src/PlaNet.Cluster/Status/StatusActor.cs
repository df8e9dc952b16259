using Akka.Actor;
using Akka.Cluster;

namespace PlaNet.Cluster.Status;

/// <summary>
/// Reports the status of its node, and collects that of all nodes of its cluster. Every node has one at <see cref="Path"/>; it queries the
/// others by their addresses in the membership.
/// </summary>
public sealed class StatusActor : ReceiveActor
{
    /// <summary>Its path on every node. <see cref="Nodes.ClusterNode.SelectablePaths"/> must contain it.</summary>
    public const string Path = "/user/" + Name;

    /// <summary>Its name among the top-level actors.</summary>
    public const string Name = "status";

    // A role of this node answers immediately, unless it is restarting.
    private static readonly TimeSpan s_roleTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_nodeTimeout = TimeSpan.FromSeconds(2);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly IReadOnlyList<ICanTell> _roles;
    private readonly Func<long> _restarts;
    private readonly TimeProvider _time;
    private readonly long _start;

    /// <summary>Called by Akka; see <see cref="Props"/>.</summary>
    /// <param name="roles">Roles of this node that answer <see cref="AskStatus"/>.</param>
    /// <param name="restarts">Returns the restarts of actors of this node so far. Called on any thread.</param>
    /// <param name="time">Clock for the node's uptime.</param>
    public StatusActor(IReadOnlyList<ICanTell> roles, Func<long> restarts, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_roles, _restarts, _time, _start) = (roles, restarts, time, time.GetTimestamp());
        Receive<AskNode>(asked => _ = NodeAsync().PipeTo(Sender, Self));
        Receive<AskCluster>(asked => _ = ClusterAsync(Context).PipeTo(Sender, Self));
    }

    /// <summary>Props of the actor.</summary>
    /// <param name="roles">Roles of this node that answer <see cref="AskStatus"/>, such as its worker.</param>
    /// <param name="restarts">Returns the restarts of actors of this node so far. Called on any thread.</param>
    /// <param name="time">Clock for the node's uptime.</param>
    public static Props Props(IReadOnlyList<ICanTell> roles, Func<long> restarts, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new StatusActor(roles, restarts, time));

    private static string EndpointOf(Address address) => $"{address.Host}:{address.Port}";

    private static ClusterMember Of(Member member, ClusterEvent.CurrentClusterState state) => new(
        EndpointOf(member.Address),
        [.. member.Roles.Order(StringComparer.Ordinal)],
        ClusterMember.StateOf(member.Status, !state.Unreachable.Contains(member)),
        null);

    private static async Task<object?> AskOrNullAsync(ICanTell target, object question, TimeSpan timeout)
    {
        try
        {
            return await target.Ask<object>(question, timeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private async Task<NodeStatus> NodeAsync()
    {
        var answers = await Task.WhenAll(_roles.Select(role => AskOrNullAsync(role, new AskStatus(), s_roleTimeout))).ConfigureAwait(false);
        return new NodeStatus(
            EndpointOf(_cluster.SelfAddress),
            [.. _cluster.SelfRoles.Order(StringComparer.Ordinal)],
            _time.GetElapsedTime(_start),
            MachineLoad.OfLastMinute(),
            _restarts(),
            answers.OfType<WorkerStatus>().FirstOrDefault(),
            answers.OfType<CollectorStatus>().FirstOrDefault());
    }

    private async Task<ClusterStatus> ClusterAsync(IActorContext context)
    {
        var state = _cluster.State;

        // Unreachable members are skipped: they would only delay the reply.
        var answers = await Task.WhenAll(state.Members.Except(state.Unreachable).Select(async member => (
            Address: EndpointOf(member.Address),
            Node: await AskOrNullAsync(
                context.ActorSelection(new RootActorPath(member.Address) / "user" / Name), new AskNode(), s_nodeTimeout)
                .ConfigureAwait(false) as NodeStatus))).ConfigureAwait(false);
        return ClusterStatus.Of(
            state.Members.Select(member => Of(member, state)),
            answers
                .Where(answer => answer.Node is not null)
                .ToDictionary(answer => answer.Address, answer => answer.Node!, StringComparer.Ordinal));
    }
}
