using System.Collections.Immutable;
using PlaNet.Experiments;
using PlaNet.Randomness;
using PlaNet.Runs.Messages;
using PlaNet.Training;
using PlaNet.Training.FaultInjection;

namespace PlaNet.Runs;

/// <summary>One message, taken into the course step by step. Lives as long as the message is handled.</summary>
internal sealed class SupervisorTurn(RunParts parts, Action<bool> end, Course course, ActorContext context)
{
    private readonly List<Effect> _effects = [];
    private Course _course = course;

    private Experiment Experiment => parts.Experiment;

    public Next<Course> Take(object message)
    {
        Handle(message);
        GoOn();
        return new Next<Course>(_course, _effects);
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
                _course = _course with { MetricsThere = true };
                _effects.AddRange(_course.Unnoted.Select(unnoted => Tell(RoleNames.Metrics, new NoteEvent(unnoted.Key, unnoted.Value))));
                break;
            case EventNoted noted:
                _course = _course with { Unnoted = _course.Unnoted.Remove(noted.Number) };
                break;
            case LearnerReady ready:
                Adopt(ready);
                break;
            case ReplayReady ready:
                ReplayArrived(ready);
                break;
            case EpisodesTakenUp taken when taken.Order == _course.TakingUp:
                _course = _course with { TakingUp = null, TakenUp = true };
                break;
            case CollectorReady:
                _course = _course with { CollectorThere = true };
                if (_course.Collect is { Missing.Count: > 0, Played: false } unfinished)
                {
                    Incident("collector", $"The collector was replaced: {unfinished.Seeds.Count} half-played episodes were dropped and begin again.", unfinished.Seeds.Count);
                    _course = _course with { Collect = null };
                }

                break;
            case EvaluatorReady:
                if (_course.EvaluatorThere && _course.Evaluate is not null)
                {
                    Incident("evaluator", "The evaluator was replaced: the evaluation begins again.");
                }

                _course = _course with { EvaluatorThere = true, Evaluate = null };
                break;
            case EpisodesDropped dropped when dropped.Order == _course.Collect?.Id:
                Incident(dropped.Who, $"{dropped.Who} was replaced: {dropped.Count} half-played episodes were dropped and begin again.", dropped.Count);
                break;
            case Terminated { Failure: { } failure } terminated:
                throw failure is RoleFailedException or RunException ? failure : new RoleFailedException(terminated.Actor.Path, failure);
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
            case ModelUpdated updated when updated.Order == _course.Update?.Id:
                Updated(updated);
                break;
            case UpdateRefused refused when refused.Order == _course.Update?.Id:
                Refuse(refused);
                break;
            case EpisodesFound found when found.Order == _course.Collect?.Id:
                Found(_course.Collect!, found);
                break;
            case WeightsPublished published when published.Order == _course.Collect?.Id:
                TellCollector(_course.Collect!, published.Weights);
                break;
            case WeightsPublished published when published.Order == _course.Evaluate?.Id:
                _effects.Add(Tell(RoleNames.Evaluator, new EvaluateAgent(published.Order, _course.Evaluate!.Progress, published.Weights)));
                break;
            case EpisodesCollected collected when collected.Order == _course.Collect?.Id:
                _course = _course with { Collect = _course.Collect! with { Seconds = collected.Seconds, Played = true } };
                _effects.Add(Tell(RoleNames.Replay, new StoreEpisodes(
                    collected.Order, _course.Collect!.Step, _course.Collect.Seeds, collected.Episodes, _course.Progress.Updates)));
                break;
            case EpisodesStored stored when stored.Order == _course.Collect?.Id:
                Stored(_course.Collect!, stored);
                break;
            case AgentEvaluated played when played.Order == _course.Evaluate?.Id:
                _course = _course with { Evaluate = _course.Evaluate! with { Played = played } };
                _effects.Add(Tell(RoleNames.Replay, new SampleTest(played.Order, _course.Evaluate!.Progress.Evaluations)));
                break;
            case TestSampled sampled when sampled.Order == _course.Evaluate?.Id:
                if (sampled.Batch is null)
                {
                    Evaluated(_course.Evaluate!, null);
                }
                else
                {
                    _effects.Add(Tell(RoleNames.Learner, new TestModel(sampled.Order, _course.Evaluate!.Progress.Evaluations, sampled.Batch)));
                }

                break;
            case ModelTested tested when tested.Order == _course.Evaluate?.Id:
                Evaluated(_course.Evaluate!, tested.Metrics);
                break;
            case CheckpointDone done when done.Order == _course.Save?.Id:
                _course = _course with { Save = null, SavedStep = done.State.Progress.Step, Refused = false };
                Say(new CheckpointSaved(done.State.Progress, done.Folder, done.Seconds));
                break;
        }
    }

    // ---- Roles that come, or come back ----

    private void Adopt(LearnerReady ready)
    {
        if (_course.State is not null)
        {
            Incident("learner", $"The learner was replaced: the run goes on from {ready.Checkpoint ?? "its start"}.");
            _effects.Add(Tell(RoleNames.Collector, new AbandonEpisodes()));
        }

        _course = _course with
        {
            State = ready.State,
            Checkpoint = ready.Checkpoint,
            SavedStep = ready.State.Progress.Step,
            Warnings = _course.Warnings.AddRange(ready.Warnings),
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
        if (_course.ReplayThere)
        {
            Incident("replay", "The replay was replaced: it reads the episodes again.");
            _effects.Add(Tell(RoleNames.Collector, new AbandonEpisodes()));
        }

        // An update that the learner has begun goes on: its batch is the learner's.
        _course = _course with
        {
            ReplayThere = true,
            Warnings = _course.Warnings.AddRange(ready.Warnings),
            TakingUp = null,
            TakenUp = false,
            Update = _course.Update is { WithLearner: true } update ? update : null,
            Ahead = null,
            Collect = null,
            Evaluate = null,
        };
    }

    private void Interrupt()
    {
        _course = _course with { Interrupted = true, Collect = null, Evaluate = null, Ahead = null };
        _effects.Add(Tell(RoleNames.Collector, new AbandonEpisodes()));
    }

    // ---- Results ----

    private void Sampled(BatchSampled sampled)
    {
        if (sampled.Order == _course.Ahead?.Id)
        {
            _course = _course with { Ahead = _course.Ahead with { Sampled = sampled } };
        }
        else if (_course.Update is { WithLearner: false } update && update.Id == sampled.Order)
        {
            Learn(update, sampled);
        }
    }

    private void Updated(ModelUpdated updated)
    {
        Advance(RunStep.Update);
        _course = _course with { Update = null };
        Say(new UpdateDone(_course.Progress, updated.Metrics, updated.Seconds));
        if (Schedule.UpdatesAfterCollection(Experiment, _course.Progress) is > 0 and var after
            && after % Experiment.Schedule.CollectInterval == 0)
        {
            // As often as while episodes are collected.
            _course = _course with { SaveDue = true };
        }
    }

    private void Refuse(UpdateRefused refused)
    {
        if (_course.Refused)
        {
            throw new NonFiniteLossException(
                $"{refused.Cause.Message} It happened again after a restart from the last checkpoint. The batch is in {refused.Batch}.");
        }

        // Stopped, and begun anew once it is gone: a learner begins from the newest checkpoint.
        // Nothing is begun before the learner says where it stands.
        _course = _course with { Refused = true, State = null, Update = null, Ahead = null, Collect = null, Evaluate = null, SaveDue = false };
        Incident("update", $"{refused.Cause.Message} The run goes on from the last checkpoint, once. The batch is in {refused.Batch}.");
        _effects.Add(Tell(RoleNames.Collector, new AbandonEpisodes()));
        _effects.Add(Tell(RoleNames.Learner, new ReloadModel()));
    }

    private void Found(CollectOrder order, EpisodesFound found)
    {
        order = order with { Missing = found.Seeds };
        _course = _course with { Collect = order };
        if (found.Seeds.Count == 0)
        {
            _effects.Add(Tell(RoleNames.Replay, new StoreEpisodes(order.Id, order.Step, order.Seeds, [], _course.Progress.Updates)));
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
        _course = _course with { Collect = null, SaveDue = true };
        foreach (var (index, episode) in stored.Episodes.Index())
        {
            var state = _course.State!;
            _course = _course with
            {
                State = order.Step == RunStep.CollectTestEpisode
                    ? state with { TestEpisodes = [.. state.TestEpisodes, episode.Reference] }
                    : state with { TrainEpisodes = [.. state.TrainEpisodes, episode.Reference], LastReturn = episode.Return },
            };
            Advance(order.Step);
            Say(new EpisodeCollected(
                _course.Progress, order.Step, episode.Reference.Name, episode.Return, order.Seconds / stored.Episodes.Count)
            {
                Task = parts.Tasks.Count > 1 ? parts.Tasks[TaskOf(order, index)].Task : null,
            });
        }
    }

    private void Evaluated(EvaluateOrder order, UpdateMetrics? test)
    {
        var played = order.Played!;
        Advance(RunStep.Evaluate);
        _course = _course with { Evaluate = null, SaveDue = true };
        Say(new EvaluationDone(_course.Progress, played.Returns, test, played.Video, played.Seconds)
        {
            Tasks = parts.Tasks.Count > 1 ? TaskScore.Of(Experiment.Task, played.Returns) : [],
        });
    }

    // ---- What comes next ----

    private void GoOn()
    {
        if (_course.Ended || _course.State is null || !_course.ReplayThere || !_course.MetricsThere)
        {
            return;
        }

        if (!_course.TakenUp)
        {
            if (_course.TakingUp is null && _course.Update is null)
            {
                var order = NewOrder();
                _course = _course with { TakingUp = order };
                _effects.Add(Tell(RoleNames.Replay, new TakeUpEpisodes(order, _course.State!)));
            }

            return;
        }

        Start();
        if (_course.Save is not null || (!parts.Overlapped && !_course.Unnoted.IsEmpty))
        {
            return;
        }

        if (_course.Interrupted || _course.SaveDue)
        {
            Save();
        }

        if (_course.Interrupted)
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
        _course.Warnings.ForEach(warning => Say(new RunWarning(_course.Progress, warning)));
        _course = _course with { Warnings = [] };
        if (!_course.Started)
        {
            Say(new RunStarted(_course.Progress, _course.Checkpoint));
            _course = _course with { Started = true };
        }

        _course.Incidents.ForEach(incident => Say(new RunIncident(_course.Progress, incident.Who, incident.Message) { DroppedEpisodes = incident.Dropped }));
        _course = _course with { Incidents = [] };
    }

    private void Save()
    {
        // Nothing of what a checkpoint holds may be missing from the metrics, and the learner must stand where the state says.
        if (!_course.Unnoted.IsEmpty || _course.Update is { WithLearner: true })
        {
            return;
        }

        _course = _course with { SaveDue = false };
        if (_course.Progress.Step != _course.SavedStep)
        {
            var order = NewOrder();
            _course = _course with { Save = new SaveOrder(order) };
            _effects.Add(Tell(RoleNames.Learner, new SaveCheckpoint(order, _course.State!)));
        }
    }

    private void GoOnInLockstep()
    {
        if (_course.Save is not null || _course.Update is not null || _course.Collect is not null || _course.Evaluate is not null)
        {
            return;
        }

        var step = Schedule.Next(Experiment, _course.Progress);
        switch (step)
        {
            case RunStep.Update:
                BeginUpdate(Schedule.Next(Experiment, Schedule.After(_course.Progress, step)) == RunStep.Update);
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
        var progress = _course.Progress;
        if (_course.Collect is null)
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

        if (_course.Evaluate is null && Overlap.MayEvaluate(Experiment, progress))
        {
            BeginEvaluation();
        }

        if (_course.Update is null && _course.Save is null && !_course.SaveDue && Overlap.MayUpdate(Experiment, progress))
        {
            BeginUpdate(Overlap.MayUpdate(Experiment, Schedule.After(progress, RunStep.Update)));
        }

        if (_course is { Save: null, Update: null, Collect: null, Evaluate: null, SaveDue: false })
        {
            Finish(complete: true);
        }
    }

    private void BeginUpdate(bool another)
    {
        var index = _course.Progress.Updates;
        if (_course.Ahead is { } ahead && ahead.Index == index)
        {
            _course = _course with { Ahead = null, Update = new UpdateOrder(ahead.Id, index, WithLearner: false) };
            if (ahead.Sampled is { } sampled)
            {
                Learn(_course.Update, sampled);
            }
        }
        else
        {
            var order = NewOrder();
            _course = _course with { Ahead = null, Update = new UpdateOrder(order, index, WithLearner: false) };
            _effects.Add(Tell(RoleNames.Replay, new SampleBatch(order, index)));
        }

        if (another)
        {
            // Drawn while the learner learns from the one before.
            var order = NewOrder();
            _course = _course with { Ahead = new BatchAhead(order, index + 1, Sampled: null) };
            _effects.Add(Tell(RoleNames.Replay, new SampleBatch(order, index + 1)));
        }
    }

    private void Learn(UpdateOrder update, BatchSampled sampled)
    {
        _course = _course with { Update = update with { WithLearner = true } };
        var beside = (_course.Collect is not null && parts.Remote is null ? 1 : 0) + (_course.Evaluate is not null ? 1 : 0);
        _effects.Add(Tell(RoleNames.Learner, new UpdateModel(update.Id, update.Index, sampled.Batch, sampled.Seconds, beside)));
    }

    private void BeginCollection(RunStep step, int count)
    {
        var progress = _course.Progress;
        var (purpose, first) = step switch
        {
            RunStep.CollectSeedEpisode => ("seed episode", progress.SeedEpisodes),
            RunStep.CollectTestEpisode => ("test episode", progress.TestEpisodes),
            _ => ("episode", progress.Collected),
        };
        ulong[] seeds = [.. Enumerable.Range(first, count).Select(index => RandomStream.Derive(parts.Seed, purpose, (ulong)index))];
        if (_course.CollectorThere)
        {
            var order = NewOrder();
            _course = _course with { Collect = new CollectOrder(order, step, progress, first, seeds) };
            _effects.Add(Tell(RoleNames.Replay, new FindEpisodes(order, step, seeds)));
        }
    }

    private void BeginEvaluation()
    {
        if (_course.EvaluatorThere)
        {
            var order = NewOrder();
            _course = _course with { Evaluate = new EvaluateOrder(order, _course.Progress) };
            _effects.Add(Tell(RoleNames.Learner, new PublishWeights(order)));
        }
    }

    private void Finish(bool complete)
    {
        if (_course.Save is not null || _course.Update is { WithLearner: true } || !_course.Unnoted.IsEmpty)
        {
            return;
        }

        if (_course.Progress.Step != _course.SavedStep)
        {
            Save();
            return;
        }

        _course = _course with { Ended = true };
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
        _course = _course with { Orders = _course.Orders + 1 };
        return _course.Orders;
    }

    private void Advance(RunStep step)
    {
        _course = _course with { State = _course.State! with { Progress = Schedule.After(_course.Progress, step) } };
    }

    private void Incident(string who, string message, int dropped = 0)
    {
        _course = _course with { Incidents = _course.Incidents.Add((who, message, dropped)) };
    }

    private void Say(RunEvent happened)
    {
        var number = _course.Events + 1;
        _course = _course with { Events = number, Unnoted = _course.Unnoted.Add(number, happened) };
        if (_course.MetricsThere)
        {
            _effects.Add(Tell(RoleNames.Metrics, new NoteEvent(number, happened)));
        }
    }

    private Tell Tell(string role, object message) => new(context.Child(role), message);
}
