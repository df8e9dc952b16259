using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Akka.Actor;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Status;
using PlaNet.Cluster.Wire;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Cluster.Collectors;

/// <summary>
/// Claims episodes of runs in its cluster, lets a child <see cref="EpisodeCollectorActor"/> play them, and delivers them whole. It drops an
/// episode whose claim is lost, for example because this process was suspended for longer than the lease.
/// </summary>
public static class CollectorActor
{
    /// <summary>Weights are refused above this size: 8 GiB, or what an array can hold.</summary>
    public static readonly long LargestWeights = Math.Min(8L << 30, Array.MaxLength);

    // Names of threads and timers. All events are emitted on one thread, which keeps them in order.
    private const string EventThread = "watch";
    private const string WorkThread = "prepare";
    private const string HeartbeatTimer = "heartbeat";
    private const string ChunkTimer = "chunk";
    private const string ClaimTimer = "claim";
    private const string IdleTimer = "idle";

    // Short pauses between two episodes of a run are not reported as idle time.
    private static readonly TimeSpan s_idleDelay = TimeSpan.FromSeconds(10);

    /// <summary>Creates the collector's behaviour.</summary>
    /// <param name="options">Name, lease and heartbeat of the collector.</param>
    /// <param name="prepare">
    /// Makes the parts that the acting roles need for an experiment; the roles report events to the second argument. Throws if this machine
    /// cannot play the experiment.
    /// </param>
    /// <param name="watch">Receives the collector's events, one at a time, on a separate thread.</param>
    /// <param name="end">Called once after a requested stop.</param>
    public static Behavior Create(
        CollectorOptions options, Func<Experiment, Action<RunEvent>, ActingParts> prepare, Action<CollectorEvent> watch, Action end)
    {
        ArgumentNullException.ThrowIfNull(options);
        var role = new RoleParts(options, prepare, watch, end);
        return Behavior.Of(
            _ => Next.With(new State(), StartIdleTimer()),
            (state, message, context) => Receive(role, state, message, context)) with
        {
            Decide = RunSupervision.Decide,
        };
    }

    private static Next<State> Receive(RoleParts role, State state, object message, RoleContext context)
    {
        switch (message)
        {
            case EpisodesWanted wanted:
                return Wanted(role, state, wanted, context.Sender);
            case NothingToPlay or ClaimTimedOut:
                return Next.With(state with { IsClaiming = false }, new Cancel(ClaimTimer));
            case EpisodeAssigned assigned:
                return Assigned(role, state, assigned, context);
            case Prepared prepared when prepared.Id == state.Play?.Id:
                return Prepare(state, prepared);
            case CannotPlay failure:
                return GiveUp(role, state, failure);
            case BlobChunk or BlobRefused when state.Play is { Weights: { } receiver } play:
                return Execute(role, state, play, receiver.Handle((IWireMessage)message));
            case ChunkTimedOut late when state.Play is { Weights: { } receiver } play && receiver.Offer.Id == late.Id:
                return Execute(role, state, play, receiver.TimedOut(late.Version));
            case DecisionSeen seen:
                return Next.With(state with { Decision = seen }, role.Emit(new EpisodeDecision(seen.Decision, seen.Decisions)));
            case EpisodesCollected collected when collected.Order == state.LastOrder && state.Play is { } play:
                return Next.With(state, Pack(play.Id, collected));
            case EpisodesDropped dropped when dropped.Order == state.LastOrder:
                return Next.With(state, role.Emit(new CollectorWarning($"{dropped.Role} was replaced: the episode restarts.")));
            case Packed packed when packed.Id == state.Play?.Id:
                var ready = state.Play with { Packed = packed };
                return Next.With(state with { Play = ready }, new Tell(ready.Run, ready.Message(role.Options.Owner)));
            case BlobChunkRequest request:
                return new Next<State>(state, [.. Serve(state, request).Select(answer => new Tell(context.Sender, answer))]);
            case HeartbeatDue when state.Play is { } play:
                return SendHeartbeat(role, state, play);
            case EpisodeHeld held when held.Id == state.Play?.Id:
                return Next.With(state with { Play = state.Play with { UnansweredHeartbeats = 0 } });
            case EpisodeTaken taken when taken.Id == state.Play?.Id && state.Play.Packed is { } file:
                return EndEpisode(
                    state with { Delivered = state.Delivered + 1 }, role.Emit(new EpisodeDelivered(file.Return, file.Seconds)));
            case EpisodeWithdrawn withdrawn when withdrawn.Id == state.Play?.Id:
                return LoseClaim(role, state, withdrawn.Reason);
            case IdleElapsed when state.Play is null:
                return Next.With(state, role.Emit(new CollectorIdle()));
            case AskStatus:
                return Next.With(state, new Tell(context.Sender, state.Status));
            case StopWorking:
                return Stop(role, state);
            case ChildStopped { Cause: { } cause }:
                return GiveUp(role, state, new CannotPlay(state.Play?.Id, cause));
            default:
                return Next.With(state);
        }
    }

    private static Next<State> Wanted(RoleParts role, State state, EpisodesWanted wanted, IActorRef run)
    {
        // A known run with a new process name: the process that assigned this episode has ended.
        if (state.Play is { } play && play.Name == wanted.Name && play.Id.Run != wanted.Run)
        {
            return LoseClaim(role, state, "the run was resumed by another process");
        }

        return state is { Play: null, IsClaiming: false, IsStopping: false } && (state.Compute ?? wanted.Compute) == wanted.Compute
            ? Next.With(
                state with { IsClaiming = true, LastAnnouncement = wanted },
                new Tell(run, new ClaimEpisode(wanted.Run, role.Options.Owner)),
                new After(ClaimTimer, role.Options.Heartbeat, new ClaimTimedOut()))
            : Next.With(state);
    }

    private static Next<State> Assigned(RoleParts role, State state, EpisodeAssigned assigned, RoleContext context)
    {
        if (state.Play is { } current)
        {
            return current.Id == assigned.Id
                ? Next.With(state)
                : Next.With(state, new Tell(context.Sender, new EpisodeReturned(assigned.Id, role.Options.Owner, null)));
        }

        if (state.IsStopping || state.LastAnnouncement?.Run != assigned.Id.Run)
        {
            return Next.With(state, new Tell(context.Sender, new EpisodeReturned(assigned.Id, role.Options.Owner, null)));
        }

        var play = new Play(assigned.Id, state.LastAnnouncement.Name, assigned.Request, context.Sender);
        var effects = new List<Effect>
        {
            new Cancel(ClaimTimer),
            new Cancel(IdleTimer),
            role.Emit(new EpisodeBegun(play.Name, assigned.Id.Epoch, assigned.Request)),
            new After(HeartbeatTimer, role.Options.Heartbeat, new HeartbeatDue()),
        };
        state = state with { IsClaiming = false, Play = play, Compute = state.Compute ?? state.LastAnnouncement.Compute };
        if (assigned.Id.Run != state.PreparedRun)
        {
            effects.Add(Prepare(role, assigned, context.Self));
        }

        if (assigned.Weights is not { } offer || offer.Sha256 == state.WeightsHash)
        {
            return Begin(state, effects);
        }

        var (next, commands) = Execute(role, state, play, BlobReceiver.Start(offer, new BlobLimits(LargestWeights)));
        return new Next<State>(next, [.. effects, .. commands]);
    }

    private static Run Prepare(RoleParts role, EpisodeAssigned assigned, IActorRef self)
    {
        void Watch(RunEvent happened)
        {
            if (happened is DecisionMade decision)
            {
                self.Tell(new DecisionSeen(decision.Decision, decision.Decisions), ActorRefs.NoSender);
            }
        }

        return new Run(WorkThread, _ => new Prepared(assigned.Id, role.Prepare(ExperimentJson.Read(assigned.Experiment), Watch)))
        {
            Failed = cause => new CannotPlay(assigned.Id, cause),
        };
    }

    private static Next<State> Prepare(State state, Prepared prepared)
    {
        var effects = new List<Effect>();
        if (state.PreparedRun is not null)
        {
            effects.Add(new StopChild(Child(state)));
        }

        state = state with { PreparedRun = prepared.Id.Run, Children = state.Children + 1 };
        effects.Add(new Spawn(Child(state), EpisodeCollectorActor.Create(prepared.Parts)));
        return Begin(state, effects);
    }

    // The episode starts when both the child and the weights are available, in either order.
    private static Next<State> Begin(State state, List<Effect> effects)
    {
        if (state.Play is not { Weights: null, IsStarted: false } play || state.PreparedRun != play.Id.Run)
        {
            return new Next<State>(state, effects);
        }

        var weights = play.Request.WeightsVersion is { } version ? new Weights(version, state.WeightsBytes) : null;
        state = state with { LastOrder = state.LastOrder + 1, Play = play with { IsStarted = true } };
        var order = new CollectEpisodes(state.LastOrder, play.Request.Step, new RunProgress(), play.Request.Acting(weights));
        effects.Add(new TellChild(Child(state), order));
        return new Next<State>(state, effects);
    }

    private static Next<State> Execute(
        RoleParts role, State state, Play play, (BlobReceiver State, ImmutableArray<BlobCommand> Commands) step)
    {
        var effects = new List<Effect>();
        state = state with { Play = play with { Weights = step.State } };
        foreach (var command in step.Commands)
        {
            switch (command)
            {
                case TellSource tell:
                    effects.Add(new Tell(play.Run, tell.Message));
                    break;
                case AwaitChunk wait:
                    var timedOut = new ChunkTimedOut(step.State.Offer.Id, wait.Version);
                    effects.Add(new After(ChunkTimer, RemoteCollectorActor.ChunkTimeout, timedOut));
                    break;
                case DeliverBlob delivered:
                    effects.Add(new Cancel(ChunkTimer));
                    state = state with
                    {
                        Play = play with { Weights = null },
                        WeightsBytes = delivered.Bytes,
                        WeightsHash = step.State.Offer.Sha256,
                    };
                    return Begin(state, effects);
                case FailBlob failed:
                    effects.Add(new Tell(play.Run, new EpisodeReturned(play.Id, role.Options.Owner, null)));
                    effects.Add(role.Emit(new CollectorWarning(
                        $"The weights for {play.Name} were not received: {failed.Reason}. The episode is returned to the run.")));
                    return EndEpisode(state, [.. effects]);
            }
        }

        return new Next<State>(state, effects);
    }

    private static Run Pack(EpisodeId id, EpisodesCollected collected) => new(WorkThread, _ =>
    {
        var episode = collected.Episodes[0];
        var file = new BlobSource(id.Transfer, BlobKind.Episode, EpisodeFile.ToBytes(episode));
        return new Packed(id, episode.Name, file, episode.Return, collected.Seconds);
    });

    private static IReadOnlyList<IWireMessage> Serve(State state, BlobChunkRequest request) =>
        state.Play?.Packed?.File.Answer(request) ?? [new BlobRefused(request.Id, "this collector holds no finished episode of that name")];

    private static Next<State> SendHeartbeat(RoleParts role, State state, Play play)
    {
        // Without an answer for a whole lease, the run has ended or has given the episode to another collector.
        if (play.UnansweredHeartbeats * role.Options.Heartbeat >= role.Options.Lease)
        {
            var seconds = play.UnansweredHeartbeats * role.Options.Heartbeat.TotalSeconds;
            return LoseClaim(role, state, $"the run did not answer for {seconds:0.#} s");
        }

        IWireMessage message = play.Packed is null ? new RenewEpisode(play.Id, role.Options.Owner) : play.Message(role.Options.Owner);
        return Next.With(
            state with { Play = play with { UnansweredHeartbeats = play.UnansweredHeartbeats + 1 } },
            new Tell(play.Run, message),
            new After(HeartbeatTimer, role.Options.Heartbeat, new HeartbeatDue()));
    }

    private static Next<State> LoseClaim(RoleParts role, State state, string reason)
    {
        Effect[] abandon = state.Play!.IsStarted ? [new TellChild(Child(state), new AbandonEpisodes())] : [];
        return EndEpisode(state, [.. abandon, role.Emit(new EpisodeLost(reason))]);
    }

    private static Next<State> EndEpisode(State state, params Effect[] effects) =>
        Next.With(
            state with { Play = null, Decision = null },
            [new Cancel(HeartbeatTimer), new Cancel(ChunkTimer), .. effects, StartIdleTimer()]);

    // The failure is reported to the run first: another machine may be able to play the episode.
    private static Next<State> GiveUp(RoleParts role, State state, CannotPlay failure)
    {
        if (state.Play is { } play && play.Id == failure.Id)
        {
            var reason = failure.Cause.Message.ReplaceLineEndings(" ");

            // The message below comes back to this method with Id null and fails this role, after the run was informed.
            return Next.With(
                state with { Play = null },
                new Tell(play.Run, new EpisodeReturned(play.Id, role.Options.Owner, reason)),
                new Run(EventThread, _ => new CannotPlay(null, failure.Cause)));
        }

        if (failure.Id is null && !RunSupervision.IsFinal(failure.Cause))
        {
            throw new RunException(
                $"This machine cannot play the episode: {failure.Cause.Message} The run was informed, and other collectors may play it. "
                + "Correct the cause and start the node again.",
                failure.Cause);
        }

        ExceptionDispatchInfo.Throw(failure.Cause);
        throw failure.Cause;
    }

    private static Next<State> Stop(RoleParts role, State state)
    {
        Effect[] effects = state.Play is not { } play
            ? []
            :
            [
                new Tell(play.Run, new EpisodeReturned(play.Id, role.Options.Owner, null)),
                .. play.IsStarted ? [new TellChild(Child(state), new AbandonEpisodes())] : Array.Empty<Effect>(),
            ];
        return Next.With(
            state with { IsStopping = true, Play = null },
            [
                new Cancel(HeartbeatTimer),
                new Cancel(ChunkTimer),
                .. effects,
                new Run(EventThread, _ =>
                {
                    role.End();
                    return null;
                }),
            ]);
    }

    private static After StartIdleTimer() => new(IdleTimer, s_idleDelay, new IdleElapsed());

    private static string Child(State state) => $"collector-{state.Children}";

    private sealed record RoleParts(
        CollectorOptions Options, Func<Experiment, Action<RunEvent>, ActingParts> Prepare, Action<CollectorEvent> Watch, Action End)
    {
        public Run Emit(CollectorEvent happened) => new(EventThread, _ =>
        {
            Watch(happened);
            return null;
        });
    }

    /// <summary>The claimed episode.</summary>
    /// <param name="Id">The episode and the claim on it.</param>
    /// <param name="Name">Display name of the run.</param>
    /// <param name="Request">What to play.</param>
    /// <param name="Run">The run's actor.</param>
    private sealed record Play(EpisodeId Id, string Name, EpisodeRequest Request, IActorRef Run)
    {
        /// <summary>The running transfer of the weights; null if they are complete or not needed.</summary>
        public BlobReceiver? Weights { get; init; }

        /// <summary>Whether the order was sent to the child.</summary>
        public bool IsStarted { get; init; }

        /// <summary>The finished episode; null before.</summary>
        public Packed? Packed { get; init; }

        /// <summary>Heartbeats in a row without an answer.</summary>
        public int UnansweredHeartbeats { get; init; }

        public EpisodePlayed Message(string owner) => new(Id, owner, Packed!.Name, Packed.File.Offer);
    }

    private sealed record State
    {
        /// <summary>The claimed episode; null if there is none.</summary>
        public Play? Play { get; init; }

        /// <summary>Whether a claim was sent and is not answered yet.</summary>
        public bool IsClaiming { get; init; }

        /// <summary>The announcement that the last claim answered.</summary>
        public EpisodesWanted? LastAnnouncement { get; init; }

        /// <summary>Compute options of the loaded tensor library, fixed for the process; null before it is loaded.</summary>
        public string? Compute { get; init; }

        /// <summary>The run process whose episodes the newest child plays.</summary>
        public string? PreparedRun { get; init; }

        /// <summary>Number of children so far, one for each run process; only the last one is active.</summary>
        public int Children { get; init; }

        /// <summary>Number of the last order to a child. Replies to superseded orders are ignored.</summary>
        public long LastOrder { get; init; }

        /// <summary>The weights that were received last.</summary>
        public ReadOnlyMemory<byte> WeightsBytes { get; init; }

        /// <summary>SHA-256 of <see cref="WeightsBytes"/>; null before the first weights.</summary>
        public string? WeightsHash { get; init; }

        /// <summary>The newest decision in the claimed episode; null before the first.</summary>
        public DecisionSeen? Decision { get; init; }

        public long Delivered { get; init; }

        public bool IsStopping { get; init; }

        public CollectorStatus Status =>
            new(Play?.Name, Delivered, Play?.Request.WeightsVersion, Decision?.Decision ?? 0, Decision?.Decisions ?? 0);
    }

    private sealed record Prepared(EpisodeId Id, ActingParts Parts);

    private sealed record CannotPlay(EpisodeId? Id, Exception Cause);

    private sealed record Packed(EpisodeId Id, string Name, BlobSource File, double Return, double Seconds);

    private sealed record DecisionSeen(int Decision, int Decisions);

    private sealed record ChunkTimedOut(string Id, int Version);

    private sealed record HeartbeatDue;

    private sealed record ClaimTimedOut;

    private sealed record IdleElapsed;
}
