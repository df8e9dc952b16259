using Akka.Actor;
using Akka.Cluster;

namespace PlaNet.Cluster.Nodes;

/// <summary>A cluster member as one node sees it.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Coordinates">Whether it may host the grid coordinator.</param>
/// <param name="IsReachable">Whether the failure detector considers it reachable.</param>
internal sealed record SeenMember(Address Address, bool Coordinates, bool IsReachable);

/// <summary>
/// Downing provider for network partitions. A side with a coordinator stays and downs the members of the other side. A side without one
/// downs itself, and its workers may rejoin. Two sides with one coordinator each both stay: their common store rejects changes under an old
/// epoch, and a coordinator cannot tell whether the other has crashed or is cut off. Akka's own strategies would also down one of two
/// coordinators, in some cases or in all.
/// </summary>
public sealed class CoordinatorSide(ActorSystem system, Akka.Cluster.Cluster cluster) : IDowningProvider
{
    private const string StableAfter = "akka.cluster.coordinator-side.stable-after";

    /// <summary>Zero: epochs in the store make it safe to start a new grid coordinator before the old one has stopped.</summary>
    public TimeSpan DownRemovalMargin => TimeSpan.Zero;

    /// <inheritdoc/>
    public Props DowningActorProps
    {
        get
        {
            var stableAfter = system.Settings.Config.GetTimeSpan(StableAfter);
            var own = cluster;
            return Props.Create(() => new DowningActor(own, stableAfter));
        }
    }

    /// <summary>Decides which member a node downs once another member has been unreachable for long enough.</summary>
    /// <param name="self">Address of the deciding node.</param>
    /// <param name="lost">Address of the unreachable member.</param>
    /// <param name="members">All members, including these two.</param>
    /// <returns>The address to down: the node's own if its side has no coordinator; null if another node downs the member.</returns>
    internal static Address? Decide(Address self, Address lost, IEnumerable<SeenMember> members)
    {
        var first = members.Where(member => member is { Coordinates: true, IsReachable: true }).Select(member => member.Address)
            .Order(Comparer<Address>.Create(Member.AddressOrdering.Compare)).FirstOrDefault();
        return first is null ? self : first == self ? lost : null;
    }

    private sealed class DowningActor : ReceiveActor, IWithTimers
    {
        private readonly Akka.Cluster.Cluster _cluster;

        public DowningActor(Akka.Cluster.Cluster cluster, TimeSpan stableAfter)
        {
            _cluster = cluster;
            Receive<ClusterEvent.UnreachableMember>(lost => Timers.StartPeriodicTimer(
                lost.Member.UniqueAddress, new StillUnreachable(lost.Member.UniqueAddress), stableAfter));
            Receive<ClusterEvent.ReachableMember>(reachable => Timers.Cancel(reachable.Member.UniqueAddress));
            Receive<ClusterEvent.MemberRemoved>(removed => Timers.Cancel(removed.Member.UniqueAddress));
            Receive<StillUnreachable>(lost => DownIfUnreachable(lost.Address));

            // Other membership events would be logged as unhandled.
            ReceiveAny(_ => { });
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => _cluster.Subscribe(
            Self,
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IReachabilityEvent),
            typeof(ClusterEvent.MemberRemoved));

        protected override void PostStop() => _cluster.Unsubscribe(Self);

        private void DownIfUnreachable(UniqueAddress lost)
        {
            var state = _cluster.State;
            if (!state.Unreachable.Any(member => member.UniqueAddress == lost))
            {
                return;
            }

            // A joining member counts as well: once the others are removed, it becomes the first member that can host the coordinator.
            var members = state.Members.Select(member => new SeenMember(
                member.Address,
                member.HasRole(GridNode.CoordinatorRole)
                    && member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up or MemberStatus.Leaving,
                !state.Unreachable.Contains(member)));
            if (Decide(_cluster.SelfAddress, lost.Address, members) is { } downed)
            {
                _cluster.Down(downed);
            }
        }
    }

    private sealed record StillUnreachable(UniqueAddress Address);
}
