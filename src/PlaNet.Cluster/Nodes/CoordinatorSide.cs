using Akka.Actor;
using Akka.Cluster;

namespace PlaNet.Cluster.Nodes;

/// <summary>A member of a cluster as one node sees it.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Coordinates">Whether the grid coordinator may live there.</param>
/// <param name="IsReachable">Whether it answers.</param>
internal sealed record SeenMember(Address Address, bool Coordinates, bool IsReachable);

/// <summary>
/// Decides who is removed where members of a cluster no longer reach one another. A side with a coordinator stays and removes the others; a
/// side without one removes itself, and its workers may join again. Two sides that have one each both stay: the ledger that both use
/// takes nothing from an old epoch, and one of two coordinators cannot know whether the other has died or is cut off. Akka's own strategies
/// have one of two coordinators end with the other, in some cases or in all.
/// </summary>
/// <param name="system">The actor system.</param>
/// <param name="cluster">Its cluster.</param>
public sealed class CoordinatorSide(ActorSystem system, Akka.Cluster.Cluster cluster) : IDowningProvider
{
    private const string StableAfter = "akka.cluster.coordinator-side.stable-after";

    /// <summary>None: a successor of the grid coordinator need not wait until the old one knows that it was removed.</summary>
    public TimeSpan DownRemovalMargin => TimeSpan.Zero;

    /// <inheritdoc/>
    public Props DowningActorProps
    {
        get
        {
            var patience = system.Settings.Config.GetTimeSpan(StableAfter);
            var own = cluster;
            return Props.Create(() => new Watch(own, patience));
        }
    }

    /// <summary>Whom a node removes once a member has been unreachable for long enough.</summary>
    /// <param name="self">The node.</param>
    /// <param name="lost">The member.</param>
    /// <param name="members">All members, with both.</param>
    /// <returns>The address to remove: the node's own where its side has no coordinator; null where another node does it.</returns>
    internal static Address? Decide(Address self, Address lost, IEnumerable<SeenMember> members)
    {
        var first = members.Where(member => member is { Coordinates: true, IsReachable: true }).Select(member => member.Address)
            .Order(Comparer<Address>.Create(Member.AddressOrdering.Compare)).FirstOrDefault();
        return first is null ? self : first == self ? lost : null;
    }

    private sealed class Watch : ReceiveActor, IWithTimers
    {
        private readonly Akka.Cluster.Cluster _cluster;

        public Watch(Akka.Cluster.Cluster cluster, TimeSpan patience)
        {
            _cluster = cluster;
            Receive<ClusterEvent.UnreachableMember>(lost => Timers.StartPeriodicTimer(lost.Member.UniqueAddress, new StillLost(lost.Member.UniqueAddress), patience));
            Receive<ClusterEvent.ReachableMember>(back => Timers.Cancel(back.Member.UniqueAddress));
            Receive<ClusterEvent.MemberRemoved>(gone => Timers.Cancel(gone.Member.UniqueAddress));
            Receive<StillLost>(lost => Remove(lost.Address));

            // Other events are of no interest.
            ReceiveAny(_ => { });
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IReachabilityEvent), typeof(ClusterEvent.MemberRemoved));

        protected override void PostStop() => _cluster.Unsubscribe(Self);

        private void Remove(UniqueAddress lost)
        {
            var state = _cluster.State;
            if (!state.Unreachable.Any(member => member.UniqueAddress == lost))
            {
                return;
            }

            // One that has only just joined may coordinate too: with the others gone it is the first of its cluster.
            var members = state.Members.Select(member => new SeenMember(
                member.Address,
                member.HasRole(GridNode.CoordinatorRole) && member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up or MemberStatus.Leaving,
                !state.Unreachable.Contains(member)));
            if (Decide(_cluster.SelfAddress, lost.Address, members) is { } removed)
            {
                _cluster.Down(removed);
            }
        }
    }

    private sealed record StillLost(UniqueAddress Address);
}
