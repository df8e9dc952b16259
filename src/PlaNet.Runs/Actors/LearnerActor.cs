using PlaNet.Common;
using PlaNet.Inspection;
using PlaNet.Objectives;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Results;
using PlaNet.Tensors;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Owns the model, its optimiser and the checkpoints. Every incarnation starts from the newest intact checkpoint, and the run resumes from
/// there.
/// </summary>
public static class LearnerActor
{
    private const string Role = "learner";

    /// <summary>Creates the behaviour.</summary>
    /// <param name="parts">Dependencies of the role.</param>
    public static Behavior Create(RunParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var thread = parts.TensorThread(Role);
        return Behavior.Of<Owned?>(
            _ => Next.With<Owned?>(null, new Run(thread, lifetime => Owned.Make(parts, lifetime))),
            (owned, message, context) => message switch
            {
                Owned made => Next.With<Owned?>(made, new Tell(context.Parent, made.Ready)),

                // Orders to an earlier incarnation. The run supervisor repeats them when this one is ready.
                UpdateModel or PublishWeights or TestModel or SaveCheckpoint or ReloadModel when owned is null => Next.With<Owned?>(null),
                UpdateModel order => Next.With<Owned?>(owned, Do(context, () => owned.Update(order))),
                PublishWeights order => Next.With<Owned?>(owned, Do(context, () => new WeightsPublished(order.Order, owned.Publish()))),
                TestModel order => Next.With<Owned?>(owned, Do(context, () => owned.Test(order))),
                ReloadModel => Next.With<Owned?>(null, new Run(thread, lifetime =>
                {
                    owned.Dispose();
                    return Owned.Make(parts, lifetime);
                })),
                SaveCheckpoint order => Next.With<Owned?>(owned, Do(context, () => owned.Save(order))),
                _ => Next.With<Owned?>(owned),
            },
            owned => owned is null
                ? []
                : [new Run(thread, _ =>
                {
                    owned.Dispose();
                    return null;
                })]);

        Run Do(RoleContext context, Func<object> work) => new(thread, _ => work()) { To = context.Parent };
    }

    /// <summary>Model, optimiser and checkpoints. Only the learner's thread accesses them.</summary>
    private sealed class Owned : IDisposable
    {
        private readonly RunParts _parts;
        private readonly Learner _learner;
        private readonly CheckpointStore _checkpoints;
        private readonly CancellationToken _lifetime;
        private readonly double _secondsBefore;
        private readonly long _start;

        private Fault? _torn;
        private int _threads;

        private Owned(RunParts parts, Learner learner, LearnerReady ready, CancellationToken lifetime)
        {
            (_parts, _learner, Ready, _lifetime) = (parts, learner, ready, lifetime);
            _checkpoints = Store(parts, () => _torn = parts.Faults.Reach(FaultPoint.CheckpointWrite, lifetime));
            (_secondsBefore, _start) = (ready.State.Seconds, parts.Time.GetTimestamp());
        }

        public LearnerReady Ready { get; }

        public static Owned Make(RunParts parts, CancellationToken lifetime)
        {
            parts.UseThreads(learner: true);
            var learner = new Learner(
                parts.Experiment,
                parts.ActionSize,
                parts.Device,
                RandomStream.Derive(parts.Seed, "weights"),
                parts.Terminates,
                parts.StateSize);
            try
            {
                var warnings = new List<string>();
                var checkpoints = Store(parts);
                checkpoints.DeleteStrays();
                var newest = checkpoints.FindNewest((folder, reason) => warnings.Add(
                    $"The checkpoint {folder} is damaged ({reason}); an older one is used if there is one."));
                if (newest is var (found, _))
                {
                    CheckpointStore.Load(found, learner);
                }
                else if (parts.Experiment.Model.InitialWeights is { Length: > 0 } taken)
                {
                    InitialWeights.Load(parts.Folder.InitialWeightsFile, taken, learner.Model);
                }

                var hash = Experiments.ExperimentHash.Of(parts.Experiment);
                var state = (newest?.State ?? RunState.Start(parts.Seed, hash, Given(parts))) with { ExperimentHash = hash };
                return new Owned(parts, learner, new LearnerReady(state, newest?.Folder, warnings), lifetime);
            }
            catch
            {
                learner.Dispose();
                throw;
            }
        }

        public object Update(UpdateModel order)
        {
            var start = _parts.Time.GetTimestamp();
            if (_parts.UpdateThreads(order.Beside) is var threads && threads != _threads)
            {
                set_num_threads(threads);
                _threads = threads;
            }

            var injectNaN = _parts.Faults.Reach(FaultPoint.LearnerUpdate, _lifetime) is not null;
            IReadOnlyList<TensorHistogram> histograms = [];
            Action<ObjectiveTerms>? inspect = _parts.Settings.Telemetry.ShowsHistograms(order.Index)
                ? terms => histograms = UpdateHistograms.Of(_learner.Model, terms)
                : null;
            try
            {
                var seed = RandomStream.Derive(_parts.Seed, "update", (ulong)order.Index);
                var metrics = _learner.Update(order.Batch, seed, injectNaN, inspect);
                var seconds = order.Seconds + _parts.Time.GetElapsedTime(start).TotalSeconds;
                return new ModelUpdated(order.Order, metrics, seconds) { Histograms = histograms };
            }
            catch (NonFiniteLossException refused)
            {
                return new UpdateRefused(order.Order, refused, RefusedBatch.Save(_parts.Folder, order.Index, order.Batch));
            }
        }

        public Weights Publish()
        {
            _parts.Faults.Reach(FaultPoint.LearnerPublish, _lifetime);
            using var scope = NewDisposeScope();
            using var content = new MemoryStream();
            Safetensors.Write(content, _learner.Model.state_dict());
            return new Weights(_learner.Optimizer.Steps, content.GetBuffer().AsMemory(0, (int)content.Length));
        }

        public ModelTested Test(TestModel order)
        {
            return new ModelTested(order.Order, _learner.Test(order.Batch, RandomStream.Derive(_parts.Seed, "test", (ulong)order.Index)));
        }

        public CheckpointDone Save(SaveCheckpoint order)
        {
            var start = _parts.Time.GetTimestamp();
            var state = order.State with { Seconds = _secondsBefore + _parts.Time.GetElapsedTime(_start).TotalSeconds };
            var folder = _checkpoints.Save(_learner, state);
            if (_torn is { } torn)
            {
                FaultInjector.Tear(Path.Combine(folder, "optimizer.safetensors"), torn);
            }

            return new CheckpointDone(order.Order, state, folder, _parts.Time.GetElapsedTime(start).TotalSeconds);
        }

        public void Dispose() => _learner.Dispose();

        private static IReadOnlyList<Replay.EpisodeReference> Given(RunParts parts) =>
            parts.Experiment.Replay.EpisodesHash is { Length: > 0 } hash ? GivenEpisodes.Of(parts.Folder, hash) : [];

        private static CheckpointStore Store(RunParts parts, Action? writing = null) =>
            new(parts.Folder.Checkpoints, parts.Settings.CheckpointsKept, writing);
    }
}
