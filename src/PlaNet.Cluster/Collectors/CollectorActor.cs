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
/// Claims episodes of runs in its cluster, has an <see cref="EpisodeCollectorActor"/> of its own play them, and delivers them whole. What is
/// played under a claim that is lost, because this process stood still for longer than the lease, is dropped.
/// </summary>
public static class CollectorActor
{
    /// <summary>Weights are refused above this size: 8 GiB, or what an array can hold.</summary>
    public static readonly long LargestWeights = Math.Min(8L << 30, Array.MaxLength);

    // Names timers and threads. All that is said is said on one thread, and so in order.
    private const string Watching = "watch";
    private const string Preparing = "prepare";
    private const string Heartbeat = "heartbeat";
    private const string Chunk = "chunk";
    private const string Asking = "claim";
    private const string Idle = "idle";

    // Between two episodes of a run there is nothing to play for a moment, which is not worth a word.
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    /// <summary>The role.</summary>
    /// <param name="options">How it works.</param>
    /// <param name="prepare">Makes what the roles that play need for an experiment; they report to the second argument. Throws where this machine cannot play it.</param>
    /// <param name="watch">Told what happens, one event at a time, on a thread of its own.</param>
    /// <param name="end">Told once it has stopped because it was asked to.</param>
    public static Behavior Create(
        CollectorOptions options, Func<Experiment, Action<RunEvent>, ActingParts> prepare, Action<CollectorEvent> watch, Action end)
    {
        ArgumentNullException.ThrowIfNull(options);
        var role = new RoleParts(options, prepare, watch, end);
        return Behavior.Of(
            _ => Next.With(new State(), Rest()),
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
            case NothingToPlay or AnswerLate:
                return Next.With(state with { IsAsking = false }, new Cancel(Asking));
            case EpisodeAssigned assigned:
                return Assigned(role, state, assigned, context);
            case Prepared prepared when prepared.Id == state.Play?.Id:
                return Prepare(state, prepared);
            case CannotPlay cannot:
                return GiveUp(role, state, cannot);
            case BlobChunk or BlobRefused when state.Play is { Weights: { } receiver } play:
                return Obey(role, state, play, receiver.Handle((IWireMessage)message));
            case ChunkLate late when state.Play is { Weights: { } receiver } play && receiver.Offer.Id == late.Id:
                return Obey(role, state, play, receiver.TimedOut(late.Version));
            case DecisionSeen seen:
                return Next.With(state with { Decision = seen }, role.Say(new EpisodeDecision(seen.Decision, seen.Decisions)));
            case EpisodesCollected collected when collected.Order == state.Plays && state.Play is { } play:
                return Next.With(state, Pack(play.Id, collected));
            case EpisodesDropped dropped:
                return Next.With(state, role.Say(new CollectorWarning($"{dropped.Who} was replaced: the episode begins again.")));
            case Packed packed when packed.Id == state.Play?.Id:
                var ready = state.Play with { Packed = packed };
                return Next.With(state with { Play = ready }, new Tell(ready.Run, ready.Message(role.Options.Owner)));
            case BlobChunkRequest request:
                return new Next<State>(state, [.. Serve(state, request).Select(answer => new Tell(context.Sender, answer))]);
            case HeartbeatDue when state.Play is { } play:
                return Beat(role, state, play);
            case EpisodeHeld held when held.Id == state.Play?.Id:
                return Next.With(state with { Play = state.Play with { Unanswered = 0 } });
            case EpisodeTaken taken when taken.Id == state.Play?.Id && state.Play.Packed is { } file:
                return Leave(state with { Delivered = state.Delivered + 1 }, role.Say(new EpisodeDelivered(file.Return, file.Seconds)));
            case EpisodeWithdrawn withdrawn when withdrawn.Id == state.Play?.Id:
                return Drop(role, state, withdrawn.Reason);
            case IdleOver when state.Play is null:
                return Next.With(state, role.Say(new CollectorIdle()));
            case AskStanding:
                return Next.With(state, new Tell(context.Sender, state.Shown));
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
        // The process of the run that this episode is for is gone: it was resumed by another.
        if (state.Play is { } play && play.Name == wanted.Name && play.Id.Run != wanted.Run)
        {
            return Drop(role, state, "the run was resumed by another process");
        }

        return state is { Play: null, IsAsking: false, IsStopping: false } && (state.Compute ?? wanted.Compute) == wanted.Compute
            ? Next.With(
                state with { IsAsking = true, Asked = wanted },
                new Tell(run, new ClaimEpisode(wanted.Run, role.Options.Owner)),
                new After(Asking, role.Options.Heartbeat, new AnswerLate()))
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

        if (state.IsStopping || state.Asked?.Run != assigned.Id.Run)
        {
            return Next.With(state, new Tell(context.Sender, new EpisodeReturned(assigned.Id, role.Options.Owner, null)));
        }

        var play = new Play(assigned.Id, state.Asked.Name, assigned.Request, context.Sender);
        var effects = new List<Effect>
        {
            new Cancel(Asking),
            new Cancel(Idle),
            role.Say(new EpisodeBegun(play.Name, assigned.Id.Epoch, assigned.Request)),
            new After(Heartbeat, role.Options.Heartbeat, new HeartbeatDue()),
        };
        state = state with { IsAsking = false, Play = play, Compute = state.Compute ?? state.Asked.Compute };
        if (assigned.Id.Run != state.PreparedRun)
        {
            effects.Add(Prepare(role, assigned, context.Self));
        }

        if (assigned.Weights is not { } offer || offer.Sha256 == state.WeightsHash)
        {
            return Begin(state, effects);
        }

        var (next, commands) = Obey(role, state, play, BlobReceiver.Start(offer, new BlobLimits(LargestWeights)));
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

        return new Run(Preparing, _ => new Prepared(assigned.Id, role.Prepare(ExperimentJson.Read(assigned.Experiment), Watch)))
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

    // The episode begins once both are there: what plays it, and the weights that it is played with.
    private static Next<State> Begin(State state, List<Effect> effects)
    {
        if (state.Play is not { Weights: null, IsBegun: false } play || state.PreparedRun != play.Id.Run)
        {
            return new Next<State>(state, effects);
        }

        var weights = play.Request.WeightsVersion is { } version ? new Weights(version, state.WeightsBytes) : null;
        state = state with { Plays = state.Plays + 1, Play = play with { IsBegun = true } };
        effects.Add(new TellChild(Child(state), new CollectEpisodes(state.Plays, play.Request.Step, new RunProgress(), play.Request.Acting(weights))));
        return new Next<State>(state, effects);
    }

    private static Next<State> Obey(RoleParts role, State state, Play play, (BlobReceiver State, ImmutableArray<BlobCommand> Commands) step)
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
                    effects.Add(new After(Chunk, RemoteCollectorActor.ChunkPatience, new ChunkLate(step.State.Offer.Id, wait.Version)));
                    break;
                case DeliverBlob delivered:
                    effects.Add(new Cancel(Chunk));
                    state = state with { Play = play with { Weights = null }, WeightsBytes = delivered.Bytes, WeightsHash = step.State.Offer.Sha256 };
                    return Begin(state, effects);
                case FailBlob failed:
                    effects.Add(new Tell(play.Run, new EpisodeReturned(play.Id, role.Options.Owner, null)));
                    effects.Add(role.Say(new CollectorWarning($"The weights for {play.Name} did not arrive: {failed.Reason}. The episode is given back.")));
                    return Leave(state, [.. effects]);
            }
        }

        return new Next<State>(state, effects);
    }

    private static Run Pack(EpisodeId id, EpisodesCollected collected) => new(Preparing, _ =>
    {
        var episode = collected.Episodes[0];
        return new Packed(id, episode.Name, new BlobSource(id.Transfer, BlobKind.Episode, EpisodeFile.ToBytes(episode)), episode.Return, collected.Seconds);
    });

    private static IReadOnlyList<IWireMessage> Serve(State state, BlobChunkRequest request) =>
        state.Play?.Packed?.File.Answer(request) ?? [new BlobRefused(request.Id, "there is no such episode here")];

    private static Next<State> Beat(RoleParts role, State state, Play play)
    {
        // The run that does not answer for the time of a lease has given the episode to another collector, or is gone.
        if (play.Unanswered * role.Options.Heartbeat >= role.Options.Lease)
        {
            return Drop(role, state, $"the run did not answer for {play.Unanswered * role.Options.Heartbeat.TotalSeconds:0.#} s");
        }

        IWireMessage message = play.Packed is null ? new RenewEpisode(play.Id, role.Options.Owner) : play.Message(role.Options.Owner);
        return Next.With(
            state with { Play = play with { Unanswered = play.Unanswered + 1 } },
            new Tell(play.Run, message),
            new After(Heartbeat, role.Options.Heartbeat, new HeartbeatDue()));
    }

    private static Next<State> Drop(RoleParts role, State state, string reason)
    {
        Effect[] abandon = state.Play!.IsBegun ? [new TellChild(Child(state), new AbandonEpisodes())] : [];
        return Leave(state, [.. abandon, role.Say(new EpisodeLost(reason))]);
    }

    private static Next<State> Leave(State state, params Effect[] effects) =>
        Next.With(state with { Play = null, Decision = null }, [new Cancel(Heartbeat), new Cancel(Chunk), .. effects, Rest()]);

    // Another machine may be able to play it; what this one lacks is for a person to put right.
    private static Next<State> GiveUp(RoleParts role, State state, CannotPlay cannot)
    {
        if (state.Play is { } play && play.Id == cannot.Id)
        {
            var reason = cannot.Cause.Message.ReplaceLineEndings(" ");

            // The next message of this role is its end.
            return Next.With(
                state with { Play = null },
                new Tell(play.Run, new EpisodeReturned(play.Id, role.Options.Owner, reason)),
                new Run(Watching, _ => new CannotPlay(null, cannot.Cause)));
        }

        if (cannot.Id is null && !RunSupervision.IsFinal(cannot.Cause))
        {
            throw new RunException(
                $"This machine cannot play: {cannot.Cause.Message} The run was told, and other collectors may play. Correct it and start the node again.",
                cannot.Cause);
        }

        ExceptionDispatchInfo.Throw(cannot.Cause);
        throw cannot.Cause;
    }

    private static Next<State> Stop(RoleParts role, State state)
    {
        Effect[] effects = state.Play is not { } play
            ? []
            :
            [
                new Tell(play.Run, new EpisodeReturned(play.Id, role.Options.Owner, null)),
                .. play.IsBegun ? [new TellChild(Child(state), new AbandonEpisodes())] : Array.Empty<Effect>(),
            ];
        return Next.With(
            state with { IsStopping = true, Play = null },
            [
                new Cancel(Heartbeat),
                new Cancel(Chunk),
                .. effects,
                new Run(Watching, _ =>
                {
                    role.End();
                    return null;
                }),
            ]);
    }

    private static After Rest() => new(Idle, s_idle, new IdleOver());

    private static string Child(State state) => $"collector-{state.Children}";

    /// <summary>What the role is made with.</summary>
    private sealed record RoleParts(
        CollectorOptions Options, Func<Experiment, Action<RunEvent>, ActingParts> Prepare, Action<CollectorEvent> Watch, Action End)
    {
        public Run Say(CollectorEvent happened) => new(Watching, _ =>
        {
            Watch(happened);
            return null;
        });
    }

    /// <summary>The episode that is played.</summary>
    /// <param name="Id">Which, and under which claim.</param>
    /// <param name="Name">The run as people know it.</param>
    /// <param name="Request">What is to be played.</param>
    /// <param name="Run">Where the run is.</param>
    private sealed record Play(EpisodeId Id, string Name, EpisodeRequest Request, IActorRef Run)
    {
        /// <summary>The transfer of the weights, as long as they are not there.</summary>
        public BlobReceiver? Weights { get; init; }

        /// <summary>Whether the child was told to play it.</summary>
        public bool IsBegun { get; init; }

        /// <summary>The episode once it is played.</summary>
        public Packed? Packed { get; init; }

        /// <summary>Heartbeats in a row without an answer.</summary>
        public int Unanswered { get; init; }

        public EpisodePlayed Message(string owner) => new(Id, owner, Packed!.Name, Packed.File.Offer);
    }

    /// <summary>What the role knows.</summary>
    private sealed record State
    {
        /// <summary>What is played, if anything.</summary>
        public Play? Play { get; init; }

        /// <summary>Whether the answer to a claim is due.</summary>
        public bool IsAsking { get; init; }

        /// <summary>Whose episode was claimed last.</summary>
        public EpisodesWanted? Asked { get; init; }

        /// <summary>What this process settled when it first loaded the tensor library; null before.</summary>
        public string? Compute { get; init; }

        /// <summary>The process of the run whose episodes the newest child plays.</summary>
        public string? PreparedRun { get; init; }

        /// <summary>Children so far, one for each process of a run; the last plays.</summary>
        public int Children { get; init; }

        /// <summary>Episodes that children were told to play: the child repeats the number of the last.</summary>
        public long Plays { get; init; }

        /// <summary>The weights that were pulled last.</summary>
        public ReadOnlyMemory<byte> WeightsBytes { get; init; }

        /// <summary>Their hash.</summary>
        public string? WeightsHash { get; init; }

        /// <summary>The newest decision of what is played; null before the first.</summary>
        public DecisionSeen? Decision { get; init; }

        /// <summary>Episodes delivered so far.</summary>
        public long Delivered { get; init; }

        /// <summary>Whether the role was asked to stop.</summary>
        public bool IsStopping { get; init; }

        /// <summary>What people are shown.</summary>
        public CollectorStanding Shown => new(Play?.Name, Delivered, Play?.Request.WeightsVersion, Decision?.Decision ?? 0, Decision?.Decisions ?? 0);
    }

    private sealed record Prepared(EpisodeId Id, ActingParts Parts);

    private sealed record CannotPlay(EpisodeId? Id, Exception Cause);

    private sealed record Packed(EpisodeId Id, string Name, BlobSource File, double Return, double Seconds);

    private sealed record DecisionSeen(int Decision, int Decisions);

    private sealed record ChunkLate(string Id, int Version);

    private sealed record HeartbeatDue;

    private sealed record AnswerLate;

    private sealed record IdleOver;
}
