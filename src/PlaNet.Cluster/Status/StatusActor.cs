using Akka.Actor;
using Akka.Cluster;

namespace PlaNet.Cluster.Status;

/// <summary>
/// Says how its node stands, and gathers how all nodes of its cluster do. Every node has one at <see cref="Path"/>; it asks the others by
/// their addresses, so that none of them has to be known before.
/// </summary>
public sealed class StatusActor : ReceiveActor
{
    /// <summary>Where it is found on every node: <see cref="Nodes.ClusterNode.SelectablePaths"/> has to name it.</summary>
    public const string Path = "/user/" + Name;

    /// <summary>Its name among the actors at the top.</summary>
    public const string Name = "status";

    // A role of this node answers at once, unless it is being restarted.
    private static readonly TimeSpan s_ofRole = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_ofNode = TimeSpan.FromSeconds(2);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly IReadOnlyList<ICanTell> _roles;
    private readonly Func<long> _restarts;
    private readonly TimeProvider _time;
    private readonly long _start;

    /// <summary>Made by Akka; see <see cref="Props"/>.</summary>
    /// <param name="roles">Roles of this node that answer <see cref="AskStanding"/>.</param>
    /// <param name="restarts">Restarts of actors of this node so far. Called on any thread.</param>
    /// <param name="time">The clock by which the node's age is counted.</param>
    public StatusActor(IReadOnlyList<ICanTell> roles, Func<long> restarts, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_roles, _restarts, _time, _start) = (roles, restarts, time, time.GetTimestamp());
        Receive<AskNode>(asked => _ = NodeAsync().PipeTo(Sender, Self));
        Receive<AskCluster>(asked => _ = ClusterAsync(Context).PipeTo(Sender, Self));
    }

    /// <summary>How it is made.</summary>
    /// <param name="roles">Roles of this node that answer for it, as its worker.</param>
    /// <param name="restarts">Restarts of actors of this node so far. Called on any thread.</param>
    /// <param name="time">The clock by which the node's age is counted.</param>
    public static Props Props(IReadOnlyList<ICanTell> roles, Func<long> restarts, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new StatusActor(roles, restarts, time));

    private static string Shown(Address address) => $"{address.Host}:{address.Port}";

    private static MemberStanding Of(Member member, ClusterEvent.CurrentClusterState state) => new(
        Shown(member.Address), [.. member.Roles.Order(StringComparer.Ordinal)], MemberStanding.StateOf(member.Status, !state.Unreachable.Contains(member)), null);

    // Null where there is no answer in time.
    private static async Task<object?> AnswerAsync(ICanTell asked, object question, TimeSpan patience)
    {
        try
        {
            return await asked.Ask<object>(question, patience).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private async Task<NodeStanding> NodeAsync()
    {
        var answers = await Task.WhenAll(_roles.Select(role => AnswerAsync(role, new AskStanding(), s_ofRole))).ConfigureAwait(false);
        return new NodeStanding(
            Shown(_cluster.SelfAddress),
            [.. _cluster.SelfRoles.Order(StringComparer.Ordinal)],
            _time.GetElapsedTime(_start),
            MachineLoad.OfLastMinute(),
            _restarts(),
            answers.OfType<WorkerStanding>().FirstOrDefault(),
            answers.OfType<CollectorStanding>().FirstOrDefault());
    }

    private async Task<ClusterStanding> ClusterAsync(IActorContext context)
    {
        var state = _cluster.State;

        // Whoever gives no sign of life would only make everybody wait.
        var answers = await Task.WhenAll(state.Members.Except(state.Unreachable).Select(async member => (
            Address: Shown(member.Address),
            Node: await AnswerAsync(context.ActorSelection(new RootActorPath(member.Address) / "user" / Name), new AskNode(), s_ofNode)
                .ConfigureAwait(false) as NodeStanding))).ConfigureAwait(false);
        return ClusterStanding.Of(
            state.Members.Select(member => Of(member, state)),
            answers.Where(answer => answer.Node is not null).ToDictionary(answer => answer.Address, answer => answer.Node!, StringComparer.Ordinal));
    }
}
