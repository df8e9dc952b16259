using System.Collections.Immutable;
using PlaNet.Experiments;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Actors;

/// <summary>
/// State of the run supervisor. Transitions return the next state. The first group of them is named after the message that was received;
/// <see cref="Continue"/> then orders the next steps that the schedule allows. Messages to send are collected in <see cref="Outbox"/>.
/// </summary>
/// <param name="Parts">Dependencies of the role.</param>
internal sealed record RunSupervisorState(RunParts Parts)
{
    private readonly RunSchedule _schedule = new(Parts.Experiment);

    /// <summary>The state of the run that the next checkpoint will contain; null until the learner is ready.</summary>
    public RunState? Run { get; init; }
    /// <summary>Folder of the checkpoint from which the run resumed; null for a new run.</summary>
    public string? Checkpoint { get; init; }
    /// <summary>Step of the schedule at the newest checkpoint.</summary>
    public int SavedStep { get; init; }
    /// <summary>Names of the roles that are ready.</summary>
    public ImmutableHashSet<string> Ready { get; init; } = [];
    /// <summary>Number of the pending order to restore the episodes of <see cref="Run"/>; null without one.</summary>
    public long? Restoring { get; init; }
    /// <summary>Whether the replay buffer samples from the episodes of <see cref="Run"/>.</summary>
    public bool Restored { get; init; }
    /// <summary>Whether <see cref="RunStarted"/> was emitted for <see cref="Run"/>.</summary>
    public bool Started { get; init; }
    /// <summary>Number of orders so far.</summary>
    public long Orders { get; init; }
    /// <summary>The pending update; null without one.</summary>
    public UpdateOrder? Update { get; init; }
    /// <summary>The pending collection; null without one.</summary>
    public CollectOrder? Collect { get; init; }
    /// <summary>The pending evaluation; null without one.</summary>
    public EvaluateOrder? Evaluate { get; init; }
    /// <summary>Number of the pending order to save a checkpoint; null without one.</summary>
    public long? Save { get; init; }
    /// <summary>Whether a checkpoint must be saved before the next update.</summary>
    public bool SaveDue { get; init; }
    /// <summary>Whether the run was asked to stop.</summary>
    public bool IsInterrupted { get; init; }
    /// <summary>Whether an update was refused since the newest checkpoint.</summary>
    public bool WasRefused { get; init; }
    /// <summary>Whether it was said that episodes are too short to be sampled.</summary>
    public bool WarnedOfShortEpisodes { get; init; }
    /// <summary>Set after everything is saved: true if the run is complete, false if it was interrupted. Null before.</summary>
    public bool? Completed { get; init; }
    /// <summary>Number of emitted events so far.</summary>
    public long Events { get; init; }
    /// <summary>Events whose writing is not confirmed yet, by sequence number.</summary>
    public ImmutableSortedDictionary<long, RunEvent> PendingEvents { get; init; } = ImmutableSortedDictionary<long, RunEvent>.Empty;
    /// <summary>Warnings and incidents to emit after <see cref="RunStarted"/>, which drops metrics after the checkpoint.</summary>
    public ImmutableList<Func<RunProgress, RunEvent>> Announcements { get; init; } = [];
    /// <summary>Messages to send.</summary>
    public ImmutableList<Effect> Outbox { get; init; } = [];

    private RunProgress Progress => Run?.Progress ?? new RunProgress();

    // Before a checkpoint, all events must be in the metrics, and the learner must not be ahead of the state of the run.
    private bool IsSettled => PendingEvents.IsEmpty && Update is not { WithLearner: true };

    // ---- Messages: roles ----

    public RunSupervisorState Incident(string source, string message, int dropped = 0) => this with
    {
        Announcements = Announcements.Add(progress => new RunIncident(progress, source, message) { DroppedEpisodes = dropped }),
    };

    public RunSupervisorState LearnerBecameReady(LearnerReady ready)
    {
        var state = Run is null
            ? this
            : Incident("learner", $"The learner was replaced: the run resumes from {ready.Checkpoint ?? "its start"}.")
                .AbandonEpisodes();
        return state.Warn(ready.Warnings).WithoutOrders() with
        {
            Run = ready.State,
            Checkpoint = ready.Checkpoint,
            SavedStep = ready.State.Progress.Step,
            Restoring = null,
            Restored = false,
            Started = false,
            Save = null,
            SaveDue = false,
        };
    }

    public RunSupervisorState ReplayBecameReady(ReplayReady ready)
    {
        var state = !Ready.Contains(RoleNames.Replay) ? this : Incident("replay", "The replay was replaced: it reads the episodes again.")
            .AbandonEpisodes();

        // An update whose batch was sent to the learner is not affected.
        return state.Warn(ready.Warnings).WithoutOrders() with
        {
            Ready = Ready.Add(RoleNames.Replay),
            Restoring = null,
            Restored = false,
            Update = Update is { WithLearner: true } ? Update : null,
        };
    }

    public RunSupervisorState CollectorBecameReady()
    {
        var state = this with { Ready = Ready.Add(RoleNames.Collector) };
        return Collect is { Missing.Count: > 0, Played: false, Seeds.Count: var count }
            ? state.EpisodesWereDropped("collector", count) with { Collect = null }
            : state;
    }

    public RunSupervisorState EvaluatorBecameReady()
    {
        var state = Evaluate is null ? this : Incident("evaluator", "The evaluator was replaced: the evaluation is repeated.");
        return state with { Ready = Ready.Add(RoleNames.Evaluator), Evaluate = null };
    }

    public RunSupervisorState MetricsBecameReady() => this with
    {
        Ready = Ready.Add(RoleNames.Metrics),
        Outbox = Outbox.AddRange(
            PendingEvents.Select(pending => new TellChild(RoleNames.Metrics, new WriteEvent(pending.Key, pending.Value)))),
    };

    public RunSupervisorState EpisodesWereDropped(string role, int count) => Incident(
        role, $"The role {role} was replaced: {count} unfinished episodes were dropped and are played again.", count);

    public RunSupervisorState WasAskedToStop() =>
        (this with { IsInterrupted = true, Collect = null, Evaluate = null }).AbandonEpisodes();

    public RunSupervisorState FaultWasInjected(Fault fault) => Incident($"fault/{fault.Point}", $"The fault {fault} was injected.");

    // ---- Messages: results ----

    public RunSupervisorState EventWasWritten(long number) => this with { PendingEvents = PendingEvents.Remove(number) };

    public RunSupervisorState EpisodesWereRestored(EpisodesRestored restored) =>
        Warn(restored.Warnings).WarnOfShortEpisodes(restored.TooShort) with { Restoring = null, Restored = true };

    public RunSupervisorState BatchWasSampled(BatchSampled sampled)
    {
        var beside = (Collect is not null && Parts.RemoteCollector is null ? 1 : 0) + (Evaluate is not null ? 1 : 0);
        return (this with { Update = Update! with { WithLearner = true } })
            .Tell(RoleNames.Learner, new UpdateModel(sampled.Order, Update.Index, sampled.Batch, sampled.Seconds, beside));
    }

    public RunSupervisorState ModelWasUpdated(ModelUpdated updated)
    {
        var state = (Advance(RunStep.Update) with { Update = null })
            .Emit(progress => new UpdateDone(progress, updated.Metrics, updated.Seconds) { Histograms = updated.Histograms });

        // After the last episode, checkpoints are saved as often as during collection.
        var after = _schedule.UpdatesAfterCollection(state.Progress);
        return after > 0 && after % Parts.Experiment.Schedule.CollectInterval == 0 ? state with { SaveDue = true } : state;
    }

    public RunSupervisorState UpdateWasRefused(UpdateRefused refused)
    {
        if (WasRefused)
        {
            throw new NonFiniteLossException(
                $"{refused.Cause.Message} It happened again after resuming from the newest checkpoint. The batch is in {refused.Batch}.");
        }

        // The learner reloads the newest checkpoint. While Run is null, no orders are given.
        return (WithoutOrders() with { WasRefused = true, Run = null, SaveDue = false })
            .Incident(
                "update", $"{refused.Cause.Message} The run resumes from the newest checkpoint, once. The batch is in {refused.Batch}.")
            .AbandonEpisodes()
            .Tell(RoleNames.Learner, new ReloadModel());
    }

    public RunSupervisorState EpisodesWereFound(EpisodesFound found)
    {
        var order = Collect! with { Missing = found.Seeds };
        var state = Warn(found.Warnings) with { Collect = order };
        return found.Seeds.Count == 0
            ? state.Tell(RoleNames.Replay, new StoreEpisodes(order.Id, order.Step, order.Seeds, [], Progress.Updates))
            : ActingOf(order.Step) == ActingKind.Planner ? state.Tell(RoleNames.Learner, new PublishWeights(order.Id))
            : state.Play(order, null);
    }

    public RunSupervisorState WeightsWerePublished(WeightsPublished published) =>
        published.Order == Collect?.Id ? Play(Collect, published.Weights)
        : published.Order == Evaluate?.Id
            ? Tell(RoleNames.Evaluator, new EvaluateAgent(published.Order, Evaluate.Progress, published.Weights))
        : this;

    public RunSupervisorState EpisodesWereCollected(EpisodesCollected collected)
    {
        var order = Collect! with { Seconds = collected.Seconds, Played = true };
        return (this with { Collect = order })
            .Tell(RoleNames.Replay, new StoreEpisodes(order.Id, order.Step, order.Seeds, collected.Episodes, Progress.Updates));
    }

    public RunSupervisorState EpisodesWereStored(EpisodesStored stored)
    {
        var order = Collect!;
        return stored.Episodes.Index().Aggregate(this with { Collect = null, SaveDue = true }, (state, item) =>
        {
            var (index, episode) = item;
            var run = order.Step == RunStep.CollectTestEpisode
                ? state.Run! with { TestEpisodes = [.. state.Run.TestEpisodes, episode.Reference] }
                : state.Run! with { TrainEpisodes = [.. state.Run.TrainEpisodes, episode.Reference], LastReturn = episode.Return };
            var next = state.WarnOfShortEpisodes(episode.TooShort) with { Run = run };
            return next.Advance(order.Step).Emit(progress => new EpisodeCollected(
                progress, order.Step, episode.Reference.Name, episode.Return, order.Seconds / order.Seeds.Count)
            {
                TooShort = episode.TooShort,
                Task = Parts.Tasks.Count > 1 ? Parts.Tasks[_schedule.TaskOf(order.First + index)].Task : null,
            });
        });
    }

    public RunSupervisorState EvaluationWasPlayed(AgentEvaluated played) => (this with { Evaluate = Evaluate! with { Played = played } })
        .Tell(RoleNames.Replay, new SampleTest(played.Order, Evaluate.Progress.Evaluations));

    public RunSupervisorState TestBatchWasSampled(TestSampled sampled) => sampled.Batch is null
        ? EvaluationWasDone(null)
        : Tell(RoleNames.Learner, new TestModel(sampled.Order, Evaluate!.Progress.Evaluations, sampled.Batch));

    public RunSupervisorState EvaluationWasDone(UpdateMetrics? test)
    {
        var (played, evaluated) = (Evaluate!.Played!, Evaluate.Progress);
        return (Advance(RunStep.Evaluate) with { Evaluate = null, SaveDue = true })
            .Emit(progress => new EvaluationDone(progress, played.Returns, test, played.Video, played.Seconds)
            {
                Tasks = Parts.Tasks.Count > 1 ? TaskScore.Of(Parts.Experiment.Task, played.Returns) : [],
                Evaluated = evaluated,
            });
    }

    public RunSupervisorState CheckpointWasSaved(CheckpointDone done) =>
        (this with { Save = null, SavedStep = done.State.Progress.Step, WasRefused = false })
        .Emit(_ => new CheckpointSaved(done.State.Progress, done.Folder, done.Seconds));

    // ---- The next orders ----

    /// <summary>Gives the orders that the schedule and the pending orders allow.</summary>
    public RunSupervisorState Continue()
    {
        if (Completed is not null || Run is null || !Ready.Contains(RoleNames.Replay) || !Ready.Contains(RoleNames.Metrics))
        {
            return this;
        }

        if (!Restored)
        {
            return Restoring is null && Update is null
                ? Order(RoleNames.Replay, id => new RestoreEpisodes(id, Run), (state, id) => state with { Restoring = id })
                : this;
        }

        var state = EmitStart();
        if (state.Save is not null || (!Parts.Overlapped && !state.PendingEvents.IsEmpty))
        {
            return state;
        }

        var isDone = _schedule.Next(Progress) == RunStep.Done;
        var isOver = isDone || IsInterrupted;
        state = isOver || SaveDue ? state.BeginSave() : state;
        return !isOver ? Parts.Overlapped ? state.ContinueOverlapped() : state.ContinueInLockstep()
            : state.IsSettled && state.Save is null && state.Progress.Step == state.SavedStep ? state with { Completed = isDone }
            : state;
    }

    private RunSupervisorState EmitStart()
    {
        var state = Started ? this : Emit(progress => new RunStarted(progress, Checkpoint)) with { Started = true };
        return Announcements.Aggregate(state, (state, create) => state.Emit(create)) with { Announcements = [] };
    }

    private RunSupervisorState ContinueInLockstep()
    {
        if (Save is not null || Update is not null || Collect is not null || Evaluate is not null)
        {
            return this;
        }

        var step = _schedule.Next(Progress);
        return step switch
        {
            RunStep.Update => BeginUpdate(),
            RunStep.Evaluate => BeginEvaluation(),
            _ => BeginCollection(step, 1),
        };
    }

    private RunSupervisorState ContinueOverlapped()
    {
        var (state, overlap) = (this, new Overlap(Parts.Experiment));
        if (Collect is null && overlap.MayCollect(Progress) is (var step, > 0 and var count))
        {
            state = state.BeginCollection(step, count);
        }

        if (Evaluate is null && overlap.MayEvaluate(Progress))
        {
            state = state.BeginEvaluation();
        }

        return Update is null && Save is null && !SaveDue && overlap.MayUpdate(Progress) ? state.BeginUpdate() : state;
    }

    private RunSupervisorState BeginUpdate() => Order(
        RoleNames.Replay,
        id => new SampleBatch(id, Progress.Updates),
        (state, id) => state with { Update = new UpdateOrder(id, Progress.Updates) });

    private RunSupervisorState BeginCollection(RunStep step, int count)
    {
        if (!Ready.Contains(RoleNames.Collector))
        {
            return this;
        }

        var first = step switch
        {
            RunStep.CollectSeedEpisode => Progress.SeedEpisodes,
            RunStep.CollectTestEpisode => Progress.TestEpisodes,
            _ => Progress.Collected,
        };
        ulong[] seeds = [.. Enumerable.Range(first, count).Select(index => RunSchedule.SeedOf(Parts.Seed, step, index))];
        return Order(
            RoleNames.Replay,
            id => new FindEpisodes(id, step, seeds),
            (state, id) => state with { Collect = new CollectOrder(id, step, Progress, first, seeds) });
    }

    private RunSupervisorState Play(CollectOrder order, Weights? weights)
    {
        var noise = _schedule.ExplorationNoise(order.Progress.Updates);
        int[] tasks =
        [
            .. from seed in order.Seeds.Index()
               where order.Missing!.Contains(seed.Item)
               select _schedule.TaskOf(order.First + seed.Index),
        ];
        var acting = new Acting(ActingOf(order.Step), order.Missing!, tasks, noise, weights);
        return Tell(RoleNames.Collector, new CollectEpisodes(order.Id, order.Step, order.Progress, acting));
    }

    private RunSupervisorState BeginEvaluation() => !Ready.Contains(RoleNames.Evaluator) ? this
        : Order(RoleNames.Learner, id => new PublishWeights(id), (state, id) => state with { Evaluate = new EvaluateOrder(id, Progress) });

    private RunSupervisorState BeginSave()
    {
        if (!IsSettled)
        {
            return this;
        }

        var state = this with { SaveDue = false };
        return Progress.Step == SavedStep ? state
            : state.Order(RoleNames.Learner, id => new SaveCheckpoint(id, Run!), (state, id) => state with { Save = id });
    }

    // ---- Helpers of the transitions ----

    // A run that plays no episodes has no collector.
    private RunSupervisorState AbandonEpisodes() =>
        Parts.Experiment.Schedule.Plays ? Tell(RoleNames.Collector, new AbandonEpisodes()) : this;

    private RunSupervisorState WithoutOrders() => this with { Update = null, Collect = null, Evaluate = null };

    private RunSupervisorState Advance(RunStep step) => this with { Run = Run! with { Progress = Progress.After(step) } };

    private RunSupervisorState Order(string role, Func<long, object> message, Func<RunSupervisorState, long, RunSupervisorState> take)
    {
        Parts.Faults.Reach(FaultPoint.SupervisorStep, CancellationToken.None);
        return take(this with { Orders = Orders + 1 }, Orders + 1).Tell(role, message(Orders + 1));
    }

    private RunSupervisorState Warn(IEnumerable<string> warnings) => this with
    {
        Announcements = Announcements.AddRange(warnings.Select<string, Func<RunProgress, RunEvent>>(
            warning => progress => new RunWarning(progress, warning))),
    };

    // Said once by each process: the number of such episodes is in the metrics.
    private RunSupervisorState WarnOfShortEpisodes(int count)
    {
        if (count == 0 || WarnedOfShortEpisodes)
        {
            return this;
        }

        var which = count == 1 ? "1 recorded episode has" : $"{count} recorded episodes have";
        return (this with { WarnedOfShortEpisodes = true }).Warn(
        [
            $"{which} fewer rows than replay.chunk_length, which is {Parts.Experiment.Replay.ChunkLength}. Such episodes are kept on disk "
                + $"and counted as {RunTags.TooShort} in metrics.jsonl, but never sampled, because a chunk must lie within one episode. "
                + "Lower replay.chunk_length to use them.",
        ]);
    }

    private RunSupervisorState Emit(Func<RunProgress, RunEvent> create)
    {
        var (number, runEvent) = (Events + 1, create(Progress));
        var state = this with { Events = number, PendingEvents = PendingEvents.Add(number, runEvent) };
        return Ready.Contains(RoleNames.Metrics) ? state.Tell(RoleNames.Metrics, new WriteEvent(number, runEvent)) : state;
    }

    private RunSupervisorState Tell(string role, object message) => this with { Outbox = Outbox.Add(new TellChild(role, message)) };

    private ActingKind ActingOf(RunStep step) => step != RunStep.Collect ? ActingKind.Random
        : Parts.Experiment.Schedule.Collect == CollectionPolicy.Planner ? ActingKind.Planner
        : ActingKind.Noise;
}
