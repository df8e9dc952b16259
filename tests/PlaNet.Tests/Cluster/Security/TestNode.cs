using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Wire;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Settings;

namespace PlaNet.Tests.Cluster.Security;

/// <summary>A node in this process, with its log and its view of the members.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    /// <summary>Reached only when something hangs, also on a busy machine.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly List<LogLine> _lines = [];
    private readonly List<(Func<LogLine, bool> Expected, TaskCompletionSource<LogLine> Seen)> _waiting = [];

    private TestNode(Func<ActorSystemSetup, ActorSystem> create, ActorSystemSetup setup)
    {
        System = create(setup.And(new AkkaLog.LogSetup(AddLine)));
    }

    public ActorSystem System { get; }

    public Akka.Cluster.Cluster Cluster => Akka.Cluster.Cluster.Get(System);

    public Address Address => Cluster.SelfAddress;

    public static TestNode Start(ClusterNode node, string akka = "") => Start(ClusterConfig.Of(Settings(akka), node).Setup);

    public static TestNode Start(ActorSystemSetup setup) => new(all => ActorSystem.Create(ClusterConfig.SystemName, all), setup);

    /// <summary>The default settings, with Akka settings that override them.</summary>
    public static HoconSettings Settings(string akka = "") =>
        HoconSettings.Default with { Akka = ConfigurationFactory.ParseString(akka).WithFallback(HoconSettings.Default.Akka) };

    /// <summary>Completes with the first log line that contains all parts; lines logged before this call count.</summary>
    public async Task<LogLine> Logged(params string[] parts)
    {
        bool Expected(LogLine line)
        {
            var text = $"{line.Text} {line.Cause}";
            return parts.All(part => text.Contains(part, StringComparison.Ordinal));
        }

        TaskCompletionSource<LogLine> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.Find(Expected) is { } line)
            {
                return line;
            }

            _waiting.Add((Expected, seen));
        }

        return await Within(seen.Task, $"logged: {string.Join(" ... ", parts)}");
    }

    /// <summary>Completes when this node sees this many members up.</summary>
    public async Task Up(int members)
    {
        var up = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        System.ActorOf(Props.Create(() => new Counter(members, up)));
        await Within(up.Task, $"{members} members up");
    }

    /// <summary>Completes with every state that a member had, once it is removed.</summary>
    /// <param name="address">The address of the member; it may join later.</param>
    public async Task<IReadOnlyList<MemberStatus>> Removed(Address address)
    {
        var removed = new TaskCompletionSource<IReadOnlyList<MemberStatus>>(TaskCreationOptions.RunContinuationsAsynchronously);
        System.ActorOf(Props.Create(() => new Follower(address, removed)));
        return await Within(removed.Task, $"{address} removed");
    }

    /// <summary>Awaits a task; on a timeout the exception contains the last log lines of the node.</summary>
    public async Task<T> Within<T>(Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Deadline);
        }
        catch (TimeoutException late)
        {
            lock (_lock)
            {
                throw new TimeoutException(
                    $"Not {what}. Logged: {string.Join('\n', _lines.TakeLast(40).Select(line => line.ToString(default)))}",
                    late);
            }
        }
    }

    /// <summary>The addresses of all members in any state, as this node sees them.</summary>
    public Address[] Members() => [.. Cluster.State.Members.Select(member => member.Address)];

    public async ValueTask DisposeAsync() => await System.Terminate().WaitAsync(Deadline);

    private void AddLine(LogLine line)
    {
        lock (_lock)
        {
            _lines.Add(line);
            foreach (var (_, seen) in _waiting.Where(waiting => waiting.Expected(line)))
            {
                seen.TrySetResult(line);
            }
        }
    }

    private sealed class Follower : ReceiveActor
    {
        private readonly List<MemberStatus> _states = [];

        public Follower(Address address, TaskCompletionSource<IReadOnlyList<MemberStatus>> removed)
        {
            Receive<ClusterEvent.IMemberEvent>(change =>
            {
                if (change.Member.Address != address)
                {
                    return;
                }

                _states.Add(change.Member.Status);
                if (change is ClusterEvent.MemberRemoved)
                {
                    removed.TrySetResult(_states);
                }
            });
            ReceiveAny(_ => { });
            Akka.Cluster.Cluster.Get(Context.System).Subscribe(
                Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        }
    }

    private sealed class Counter : ReceiveActor
    {
        private readonly HashSet<Address> _up = [];

        public Counter(int members, TaskCompletionSource<int> up)
        {
            Receive<ClusterEvent.MemberUp>(member =>
            {
                _up.Add(member.Member.Address);
                if (_up.Count == members)
                {
                    up.TrySetResult(members);
                }
            });
            ReceiveAny(_ => { });
            Akka.Cluster.Cluster.Get(Context.System).Subscribe(
                Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        }
    }
}

/// <summary>Answers requests for chunks, and completes a task with the first other message.</summary>
internal sealed class ChunkActor : ReceiveActor
{
    public ChunkActor(BlobSource source, TaskCompletionSource<object>? other = null)
    {
        Receive<BlobChunkRequest>(request =>
        {
            foreach (var answer in source.Answer(request))
            {
                Sender.Tell(answer);
            }
        });
        ReceiveAny(message => other?.TrySetResult(message));
    }
}
