using System.Collections.Immutable;
using PlaNet.Experiments;
using PlaNet.Randomness;
using PlaNet.Runs.Messages;
using PlaNet.Training;
using PlaNet.Training.FaultInjection;

namespace PlaNet.Runs;

/// <summary>One message, taken into the state step by step. Lives as long as the message is handled.</summary>
internal sealed class SupervisorTurn(RunParts parts, Action<bool> end, SupervisorState state)
{
    private readonly List<Effect> _effects = [];
    private SupervisorState _state = state;

    private Experiment Experiment => parts.Experiment;

    public Next<SupervisorState> Take(object message)
    {
        Handle(message);
        GoOn();
        return new Next<SupervisorState>(_state, _effects);
    }

    private void Handle(object message)
    {
        switch (message)
        {
            case InterruptRun:
                Interrupt();
                break;
            case FaultFired fired:
                Incident($"fault/{fired.Fault.Point}", $"The fault {fired.Fault} was injected.");
                break;
            case MetricsReady:
                _state = _state with { MetricsThere = true };
                _effects.AddRange(_state.PendingEvents.Select(pending => Tell(RoleNames.Metrics, new WriteEvent(pending.Key, pending.Value))));
                break;
            case EventWritten written:
                _state = _state with { PendingEvents = _state.PendingEvents.Remove(written.Number) };
                break;
            case LearnerReady ready:
                Adopt(ready);
                break;
            case ReplayReady ready:
                ReplayArrived(ready);
                break;
            case EpisodesTakenUp taken when taken.Order == _state.TakingUp:
                _state = _state with { TakingUp = null, TakenUp = true };
                break;
            case CollectorReady:
                _state = _state with { CollectorThere = true };
                if (_state.Collect is { Missing.Count: > 0, Played: false } unfinished)
                {
                    Incident("collector", $"The collector was replaced: {unfinished.Seeds.Count} half-played episodes were dropped and begin again.", unfinished.Seeds.Count);
                    _state = _state with { Collect = null };
                }

                break;
            case EvaluatorReady:
                if (_state.EvaluatorThere && _state.Evaluate is not null)
                {
                    Incident("evaluator", "The evaluator was replaced: the evaluation begins again.");
                }

                _state = _state with { EvaluatorThere = true, Evaluate = null };
                break;
            case EpisodesDropped dropped when dropped.Order == _state.Collect?.Id:
                Incident(dropped.Who, $"{dropped.Who} was replaced: {dropped.Count} half-played episodes were dropped and begin again.", dropped.Count);
                break;
            case ChildStopped { Cause: { } cause }:
                throw cause;
            default:
                HandleResult(message);
                break;
        }
    }

    private void HandleResult(object message)
    {
        switch (message)
        {
            case BatchSampled sampled:
                Sampled(sampled);
                break;
            case ModelUpdated updated when updated.Order == _state.Update?.Id:
                Updated(updated);
                break;
            case UpdateRefused refused when refused.Order == _state.Update?.Id:
                Refuse(refused);
                break;
            case EpisodesFound found when found.Order == _state.Collect?.Id:
                Found(_state.Collect!, found);
                break;
            case WeightsPublished published when published.Order == _state.Collect?.Id:
                TellCollector(_state.Collect!, published.Weights);
                break;
            case WeightsPublished published when published.Order == _state.Evaluate?.Id:
                _effects.Add(Tell(RoleNames.Evaluator, new EvaluateAgent(published.Order, _state.Evaluate!.Progress, published.Weights)));
                break;
            case EpisodesCollected collected when collected.Order == _state.Collect?.Id:
                _state = _state with { Collect = _state.Collect! with { Seconds = collected.Seconds, Played = true } };
                _effects.Add(Tell(RoleNames.Replay, new StoreEpisodes(
                    collected.Order, _state.Collect!.Step, _state.Collect.Seeds, collected.Episodes, _state.Progress.Updates)));
                break;
            case EpisodesStored stored when stored.Order == _state.Collect?.Id:
                Stored(_state.Collect!, stored);
                break;
            case AgentEvaluated played when played.Order == _state.Evaluate?.Id:
                _state = _state with { Evaluate = _state.Evaluate! with { Played = played } };
                _effects.Add(Tell(RoleNames.Replay, new SampleTest(played.Order, _state.Evaluate!.Progress.Evaluations)));
                break;
            case TestSampled sampled when sampled.Order == _state.Evaluate?.Id:
                if (sampled.Batch is null)
                {
                    Evaluated(_state.Evaluate!, null);
                }
                else
                {
                    _effects.Add(Tell(RoleNames.Learner, new TestModel(sampled.Order, _state.Evaluate!.Progress.Evaluations, sampled.Batch)));
                }

                break;
            case ModelTested tested when tested.Order == _state.Evaluate?.Id:
                Evaluated(_state.Evaluate!, tested.Metrics);
                break;
            case CheckpointDone done when done.Order == _state.Save?.Id:
                _state = _state with { Save = null, SavedStep = done.State.Progress.Step, Refused = false };
                Emit(new CheckpointSaved(done.State.Progress, done.Folder, done.Seconds));
                break;
        }
    }

    // ---- Roles that come, or come back ----

    private void Adopt(LearnerReady ready)
    {
        if (_state.Run is not null)
        {
            Incident("learner", $"The learner was replaced: the run goes on from {ready.Checkpoint ?? "its start"}.");
            _effects.Add(Tell(RoleNames.Collector, new AbandonEpisodes()));
        }

        _state = _state with
        {
            Run = ready.State,
            Checkpoint = ready.Checkpoint,
            SavedStep = ready.State.Progress.Step,
            Warnings = _state.Warnings.AddRange(ready.Warnings),
            TakingUp = null,
            TakenUp = false,
            Started = false,
            Update = null,
            Ahead = null,
            Collect = null,
            Evaluate = null,
            Save = null,
            SaveDue = false,
        };
    }

    private void ReplayArrived(ReplayReady ready)
    {
        if (_state.ReplayThere)
        {
            Incident("replay", "The replay was replaced: it reads the episodes again.");
            _effects.Add(Tell(RoleNames.Collector, new AbandonEpisodes()));
        }

        // An update that the learner has begun goes on: its batch is the learner's.
        _state = _state with
        {
            ReplayThere = true,
            Warnings = _state.Warnings.AddRange(ready.Warnings),
            TakingUp = null,
            TakenUp = false,
            Update = _state.Update is { WithLearner: true } update ? update : null,
            Ahead = null,
            Collect = null,
            Evaluate = null,
        };
    }

    private void Interrupt()
    {
        _state = _state with { Interrupted = true, Collect = null, Evaluate = null, Ahead = null };
        _effects.Add(Tell(RoleNames.Collector, new AbandonEpisodes()));
    }

    // ---- Results ----

    private void Sampled(BatchSampled sampled)
    {
        if (sampled.Order == _state.Ahead?.Id)
        {
            _state = _state with { Ahead = _state.Ahead with { Sampled = sampled } };
        }
        else if (_state.Update is { WithLearner: false } update && update.Id == sampled.Order)
        {
            Learn(update, sampled);
        }
    }

    private void Updated(ModelUpdated updated)
    {
        Advance(RunStep.Update);
        _state = _state with { Update = null };
        Emit(new UpdateDone(_state.Progress, updated.Metrics, updated.Seconds));
        if (Schedule.UpdatesAfterCollection(Experiment, _state.Progress) is > 0 and var after
            && after % Experiment.Schedule.CollectInterval == 0)
        {
            // As often as while episodes are collected.
            _state = _state with { SaveDue = true };
        }
    }

    private void Refuse(UpdateRefused refused)
    {
        if (_state.Refused)
        {
            throw new NonFiniteLossException(
                $"{refused.Cause.Message} It happened again after a restart from the last checkpoint. The batch is in {refused.Batch}.");
        }

        // Stopped, and begun anew once it is gone: a learner begins from the newest checkpoint.
        // Nothing is begun before the learner says where it stands.
        _state = _state with { Refused = true, Run = null, Update = null, Ahead = null, Collect = null, Evaluate = null, SaveDue = false };
        Incident("update", $"{refused.Cause.Message} The run goes on from the last checkpoint, once. The batch is in {refused.Batch}.");
        _effects.Add(Tell(RoleNames.Collector, new AbandonEpisodes()));
        _effects.Add(Tell(RoleNames.Learner, new ReloadModel()));
    }

    private void Found(CollectOrder order, EpisodesFound found)
    {
        order = order with { Missing = found.Seeds };
        _state = _state with { Collect = order };
        if (found.Seeds.Count == 0)
        {
            _effects.Add(Tell(RoleNames.Replay, new StoreEpisodes(order.Id, order.Step, order.Seeds, [], _state.Progress.Updates)));
        }
        else if (ActingOf(order.Step) == ActingKind.Planner)
        {
            _effects.Add(Tell(RoleNames.Learner, new PublishWeights(order.Id)));
        }
        else
        {
            TellCollector(order, null);
        }
    }

    private void TellCollector(CollectOrder order, Weights? weights)
    {
        var noise = Schedule.ExplorationNoise(Experiment.Schedule, order.Progress.Updates);
        int[] tasks = [.. order.Seeds.Index().Where(seed => order.Missing!.Contains(seed.Item)).Select(seed => TaskOf(order, seed.Index))];
        var acting = new Acting(ActingOf(order.Step), order.Missing!, tasks, noise, weights);
        _effects.Add(Tell(RoleNames.Collector, new CollectEpisodes(order.Id, order.Step, order.Progress, acting)));
    }

    private void Stored(CollectOrder order, EpisodesStored stored)
    {
        _state = _state with { Collect = null, SaveDue = true };
        foreach (var (index, episode) in stored.Episodes.Index())
        {
            var run = _state.Run!;
            _state = _state with
            {
                Run = order.Step == RunStep.CollectTestEpisode
                    ? run with { TestEpisodes = [.. run.TestEpisodes, episode.Reference] }
                    : run with { TrainEpisodes = [.. run.TrainEpisodes, episode.Reference], LastReturn = episode.Return },
            };
            Advance(order.Step);
            Emit(new EpisodeCollected(
                _state.Progress, order.Step, episode.Reference.Name, episode.Return, order.Seconds / stored.Episodes.Count)
            {
                Task = parts.Tasks.Count > 1 ? parts.Tasks[TaskOf(order, index)].Task : null,
            });
        }
    }

    private void Evaluated(EvaluateOrder order, UpdateMetrics? test)
    {
        var played = order.Played!;
        Advance(RunStep.Evaluate);
        _state = _state with { Evaluate = null, SaveDue = true };
        Emit(new EvaluationDone(_state.Progress, played.Returns, test, played.Video, played.Seconds)
        {
            Tasks = parts.Tasks.Count > 1 ? TaskScore.Of(Experiment.Task, played.Returns) : [],
        });
    }

    // ---- What comes next ----

    private void GoOn()
    {
        if (_state.Ended || _state.Run is null || !_state.ReplayThere || !_state.MetricsThere)
        {
            return;
        }

        if (!_state.TakenUp)
        {
            if (_state.TakingUp is null && _state.Update is null)
            {
                var order = NewOrder();
                _state = _state with { TakingUp = order };
                _effects.Add(Tell(RoleNames.Replay, new TakeUpEpisodes(order, _state.Run!)));
            }

            return;
        }

        Start();
        if (_state.Save is not null || (!parts.Overlapped && !_state.PendingEvents.IsEmpty))
        {
            return;
        }

        if (_state.Interrupted || _state.SaveDue)
        {
            Save();
        }

        if (_state.Interrupted)
        {
            Finish(complete: false);
        }
        else if (parts.Overlapped)
        {
            GoOnOverlapped();
        }
        else
        {
            GoOnInLockstep();
        }
    }

    private void Start()
    {
        _state.Warnings.ForEach(warning => Emit(new RunWarning(_state.Progress, warning)));
        _state = _state with { Warnings = [] };
        if (!_state.Started)
        {
            Emit(new RunStarted(_state.Progress, _state.Checkpoint));
            _state = _state with { Started = true };
        }

        _state.Incidents.ForEach(incident => Emit(new RunIncident(_state.Progress, incident.Who, incident.Message) { DroppedEpisodes = incident.Dropped }));
        _state = _state with { Incidents = [] };
    }

    private void Save()
    {
        // Nothing of what a checkpoint holds may be missing from the metrics, and the learner must stand where the state says.
        if (!_state.PendingEvents.IsEmpty || _state.Update is { WithLearner: true })
        {
            return;
        }

        _state = _state with { SaveDue = false };
        if (_state.Progress.Step != _state.SavedStep)
        {
            var order = NewOrder();
            _state = _state with { Save = new SaveOrder(order) };
            _effects.Add(Tell(RoleNames.Learner, new SaveCheckpoint(order, _state.Run!)));
        }
    }

    private void GoOnInLockstep()
    {
        if (_state.Save is not null || _state.Update is not null || _state.Collect is not null || _state.Evaluate is not null)
        {
            return;
        }

        var step = Schedule.Next(Experiment, _state.Progress);
        switch (step)
        {
            case RunStep.Update:
                BeginUpdate(Schedule.Next(Experiment, Schedule.After(_state.Progress, step)) == RunStep.Update);
                break;
            case RunStep.Evaluate:
                BeginEvaluation();
                break;
            case RunStep.Done:
                Finish(complete: true);
                break;
            default:
                BeginCollection(step, 1);
                break;
        }
    }

    private void GoOnOverlapped()
    {
        var progress = _state.Progress;
        if (_state.Collect is null)
        {
            var (schedule, tasks) = (Experiment.Schedule, Experiment.Task.Count);
            if ((schedule.SeedEpisodes * tasks) - progress.SeedEpisodes is > 0 and var seeds)
            {
                BeginCollection(RunStep.CollectSeedEpisode, Math.Min(schedule.Environments, seeds));
            }
            else if ((schedule.TestEpisodes * tasks) - progress.TestEpisodes is > 0 and var tests)
            {
                BeginCollection(RunStep.CollectTestEpisode, Math.Min(schedule.Environments, tests));
            }
            else if (Overlap.MayCollect(Experiment, progress) is > 0 and var count)
            {
                BeginCollection(RunStep.Collect, count);
            }
        }

        if (_state.Evaluate is null && Overlap.MayEvaluate(Experiment, progress))
        {
            BeginEvaluation();
        }

        if (_state.Update is null && _state.Save is null && !_state.SaveDue && Overlap.MayUpdate(Experiment, progress))
        {
            BeginUpdate(Overlap.MayUpdate(Experiment, Schedule.After(progress, RunStep.Update)));
        }

        if (_state is { Save: null, Update: null, Collect: null, Evaluate: null, SaveDue: false })
        {
            Finish(complete: true);
        }
    }

    private void BeginUpdate(bool another)
    {
        var index = _state.Progress.Updates;
        if (_state.Ahead is { } ahead && ahead.Index == index)
        {
            _state = _state with { Ahead = null, Update = new UpdateOrder(ahead.Id, index, WithLearner: false) };
            if (ahead.Sampled is { } sampled)
            {
                Learn(_state.Update, sampled);
            }
        }
        else
        {
            var order = NewOrder();
            _state = _state with { Ahead = null, Update = new UpdateOrder(order, index, WithLearner: false) };
            _effects.Add(Tell(RoleNames.Replay, new SampleBatch(order, index)));
        }

        if (another)
        {
            // Drawn while the learner learns from the one before.
            var order = NewOrder();
            _state = _state with { Ahead = new BatchAhead(order, index + 1, Sampled: null) };
            _effects.Add(Tell(RoleNames.Replay, new SampleBatch(order, index + 1)));
        }
    }

    private void Learn(UpdateOrder update, BatchSampled sampled)
    {
        _state = _state with { Update = update with { WithLearner = true } };
        var beside = (_state.Collect is not null && parts.Remote is null ? 1 : 0) + (_state.Evaluate is not null ? 1 : 0);
        _effects.Add(Tell(RoleNames.Learner, new UpdateModel(update.Id, update.Index, sampled.Batch, sampled.Seconds, beside)));
    }

    private void BeginCollection(RunStep step, int count)
    {
        var progress = _state.Progress;
        var (purpose, first) = step switch
        {
            RunStep.CollectSeedEpisode => ("seed episode", progress.SeedEpisodes),
            RunStep.CollectTestEpisode => ("test episode", progress.TestEpisodes),
            _ => ("episode", progress.Collected),
        };
        ulong[] seeds = [.. Enumerable.Range(first, count).Select(index => RandomStream.Derive(parts.Seed, purpose, (ulong)index))];
        if (_state.CollectorThere)
        {
            var order = NewOrder();
            _state = _state with { Collect = new CollectOrder(order, step, progress, first, seeds) };
            _effects.Add(Tell(RoleNames.Replay, new FindEpisodes(order, step, seeds)));
        }
    }

    private void BeginEvaluation()
    {
        if (_state.EvaluatorThere)
        {
            var order = NewOrder();
            _state = _state with { Evaluate = new EvaluateOrder(order, _state.Progress) };
            _effects.Add(Tell(RoleNames.Learner, new PublishWeights(order)));
        }
    }

    private void Finish(bool complete)
    {
        if (_state.Save is not null || _state.Update is { WithLearner: true } || !_state.PendingEvents.IsEmpty)
        {
            return;
        }

        if (_state.Progress.Step != _state.SavedStep)
        {
            Save();
            return;
        }

        _state = _state with { Ended = true };
        _effects.Add(new Run("end", _ =>
        {
            end(complete);
            return null;
        }));
    }

    private ActingKind ActingOf(RunStep step) => step != RunStep.Collect ? ActingKind.Random
        : Experiment.Schedule.Collect == CollectionPolicy.Planner ? ActingKind.Planner
        : ActingKind.Noise;

    private int TaskOf(CollectOrder order, int index) => Schedule.TaskOf(Experiment, order.First + index);

    private long NewOrder()
    {
        parts.Faults.Reach(FaultPoint.SupervisorStep, CancellationToken.None);
        _state = _state with { Orders = _state.Orders + 1 };
        return _state.Orders;
    }

    private void Advance(RunStep step)
    {
        _state = _state with { Run = _state.Run! with { Progress = Schedule.After(_state.Progress, step) } };
    }

    private void Incident(string who, string message, int dropped = 0)
    {
        _state = _state with { Incidents = _state.Incidents.Add((who, message, dropped)) };
    }

    private void Emit(RunEvent happened)
    {
        var number = _state.Events + 1;
        _state = _state with { Events = number, PendingEvents = _state.PendingEvents.Add(number, happened) };
        if (_state.MetricsThere)
        {
            _effects.Add(Tell(RoleNames.Metrics, new WriteEvent(number, happened)));
        }
    }

    private static TellChild Tell(string role, object message) => new(role, message);
}
