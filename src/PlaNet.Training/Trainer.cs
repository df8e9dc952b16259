using System.Diagnostics;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Randomness;
using PlaNet.Replay;

namespace PlaNet.Training;

/// <summary>
/// Runs Algorithm 1 in lockstep: does what the schedule says next, one step after the other, and saves a checkpoint after every
/// collected episode and when it is interrupted. Deterministic for a seed, bit for bit on the CPU.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly Experiment _experiment;
    private readonly ulong _seed;
    private readonly RunFolder _folder;
    private readonly Device _device;
    private readonly TimeProvider _time;
    private readonly Action<RunEvent> _watch;
    private readonly IReadOnlyList<IEnvironment> _environments;
    private readonly Learner _learner;
    private readonly CheckpointStore _checkpoints;
    private readonly EpisodeStore _train;
    private readonly EpisodeStore _test;
    private readonly RandomStream _trainRandom = new(0);
    private readonly RandomStream _testRandom = new(0);
    private readonly ChunkSampler _trainChunks;
    private readonly ChunkSampler _testChunks;
    private ChunkBatch? _batch;
    private RunState _state;
    private int _savedStep;

    /// <summary>Makes the run's parts, or puts them back as its newest checkpoint holds them.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="folder">The run directory, held by this process.</param>
    /// <param name="device">Where the model lives.</param>
    /// <param name="settings">Settings of the machine.</param>
    /// <param name="time">The clock.</param>
    /// <param name="watch">Told about everything that happens, in order, on the trainer's thread.</param>
    /// <exception cref="RunException">An episode that the checkpoint lists is missing or differs.</exception>
    public Trainer(
        Experiment experiment,
        ulong seed,
        RunFolder folder,
        Device device,
        MachineSettings settings,
        TimeProvider time,
        Action<RunEvent> watch)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(watch);
        _experiment = experiment;
        _seed = seed;
        _folder = folder;
        _device = device;
        _time = time;
        _watch = watch;
        _environments = [.. Enumerable.Range(0, experiment.Task.Count).Select(task => Tasks.Create(experiment.Task, task))];
        _learner = new Learner(experiment, _environments[0].Spec.Action.Size, device, RandomStream.Derive(seed, "weights"));
        _checkpoints = new CheckpointStore(folder.Checkpoints, settings.CheckpointsKept);
        var memory = experiment.Replay.MemoryMebibytes * 1024L * 1024L;
        _train = EpisodeStore.Open(folder.TrainEpisodes, memory);
        _test = EpisodeStore.Open(folder.TestEpisodes, memory / 8);
        var (batch, length) = (experiment.Replay.BatchSize, experiment.Replay.ChunkLength);
        _trainChunks = new ChunkSampler(
            _train,
            batch,
            length,
            _trainRandom,
            selection: experiment.Replay.Sampling switch
            {
                ReplaySampling.Reference => ChunkSelection.Periods(RandomStream.Derive(seed, "replay order")),
                ReplaySampling.Flat => ChunkSelection.Flat,
                _ => ChunkSelection.Uniform,
            });
        _testChunks = new ChunkSampler(_test, batch, length, _testRandom);
        _state = RunState.Start(seed, ExperimentHash.Of(experiment));
        try
        {
            Resume();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How far the run has come.</summary>
    public RunProgress Progress => _state.Progress;

    /// <summary>The world model as it is now; owned by the trainer.</summary>
    public Models.WorldModel Model => _learner.Model;

    /// <summary>Wall-clock seconds that the run took so far, over all processes.</summary>
    public double Seconds => _state.Seconds;

    /// <summary>Goes on until the run is complete or interrupted; either way everything is saved on return.</summary>
    /// <param name="interrupt">Asks the run to stop: the current update is finished, a half-collected episode dropped.</param>
    /// <returns>True when the run is complete, false when it was interrupted.</returns>
    public bool Run(CancellationToken interrupt)
    {
        while (true)
        {
            if (interrupt.IsCancellationRequested)
            {
                Save();
                return false;
            }

            var step = Schedule.Next(_experiment, _state.Progress);
            var clock = Stopwatch.StartNew();
            try
            {
                switch (step)
                {
                    case RunStep.Update:
                        Update(clock);
                        if (Schedule.UpdatesAfterCollection(_experiment, _state.Progress) is > 0 and var after
                            && after % _experiment.Schedule.CollectInterval == 0)
                        {
                            // As often as while episodes are collected.
                            Save();
                        }

                        break;
                    case RunStep.Evaluate:
                        Evaluate(clock, interrupt);
                        Save();
                        break;
                    case RunStep.Done:
                        Save();
                        return true;
                    default:
                        Collect(step, clock, interrupt);
                        Save();
                        break;
                }
            }
            catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
            {
                // The step did not count: it is done anew, from its own seed, when the run goes on.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _learner.Dispose();
        foreach (var environment in _environments)
        {
            environment.Dispose();
        }
    }

    private void Update(Stopwatch clock)
    {
        var index = (ulong)_state.Progress.Updates;
        _trainRandom.State = RandomStream.Fork(_seed, "replay", index).State;
        _batch = _trainChunks.Sample(_batch, _state.Progress.Updates);
        var metrics = _learner.Update(_batch, RandomStream.Derive(_seed, "update", index));
        Advance(RunStep.Update, clock);
        _watch(new UpdateDone(_state.Progress, metrics, clock.Elapsed.TotalSeconds));
    }

    private void Collect(RunStep step, Stopwatch clock, CancellationToken interrupt)
    {
        var (purpose, index, store) = step switch
        {
            RunStep.CollectSeedEpisode => ("seed episode", _state.Progress.SeedEpisodes, _train),
            RunStep.CollectTestEpisode => ("test episode", _state.Progress.TestEpisodes, _test),
            _ => ("episode", _state.Progress.Collected, _train),
        };
        var seed = RandomStream.Derive(_seed, purpose, (ulong)index);
        var environment = _environments[Schedule.TaskOf(_experiment, index)];
        var entry = Recorded(store, seed) ?? store.Add(Play(step, environment, seed, interrupt));
        var reference = new EpisodeReference(entry.Name, store.Sha256(entry.Name));
        if (step == RunStep.CollectTestEpisode)
        {
            _testChunks.Add(entry.Name);
            _state = _state with { TestEpisodes = [.. _state.TestEpisodes, reference] };
        }
        else
        {
            _trainChunks.Add(entry.Name, _state.Progress.Updates);
            _state = _state with { TrainEpisodes = [.. _state.TrainEpisodes, reference], LastReturn = entry.Return };
        }

        Advance(step, clock);
        _watch(new EpisodeCollected(_state.Progress, step, entry.Name, entry.Return, clock.Elapsed.TotalSeconds)
        {
            Task = _environments.Count > 1 ? environment.Spec.Task : null,
        });
    }

    // A process that was killed after it wrote the episode and before it saved a checkpoint leaves the episode: it is taken up.
    private static EpisodeEntry? Recorded(EpisodeStore store, ulong seed)
    {
        var suffix = EpisodeName.Create(TimeProvider.System, EpisodeRunner.NameStream(seed))[^32..];
        return store.List().FirstOrDefault(entry => entry.Name.EndsWith(suffix, StringComparison.Ordinal));
    }

    private Episode Play(RunStep step, IEnvironment environment, ulong seed, CancellationToken interrupt)
    {
        var action = environment.Spec.Action;
        var planned = step == RunStep.Collect && _experiment.Schedule.Collect == CollectionPolicy.Planner;
        var noise = Schedule.ExplorationNoise(_experiment.Schedule, _state.Progress.Updates);
        var announce = Announce(step, environment.Spec.Decisions);
        using IPolicy policy = (step, planned) switch
        {
            (RunStep.Collect, true) => new AnnouncingPolicy(
                new Agent(_learner.Model, _experiment.Planner, 1, _device, noise, RandomStream.Derive(seed, "agent")), announce),
            (RunStep.Collect, false) => new AnnouncingPolicy(new NoisePolicy(action, noise, RandomStream.Fork(seed, "actions")), announce),
            _ => new RandomPolicy(action, RandomStream.Fork(seed, "actions")),
        };
        long? version = planned ? _state.Progress.Updates : null;
        return EpisodeRunner.Run([environment], [seed], policy, _time, version, interrupt)[0];
    }

    private Action<int> Announce(RunStep step, int decisions)
    {
        return decision => _watch(new DecisionMade(_state.Progress, step, decision, decisions));
    }

    private void Evaluate(Stopwatch clock, CancellationToken interrupt)
    {
        var index = (ulong)_state.Progress.Evaluations;
        var episodes = Evaluator.Run(
            _experiment,
            _learner.Model,
            _device,
            _experiment.Evaluation.Episodes,
            RandomStream.Derive(_seed, "evaluation", index),
            Announce(RunStep.Evaluate, _environments.Max(environment => environment.Spec.Decisions)),
            interrupt);
        UpdateMetrics? test = null;
        if (_state.TestEpisodes.Count > 0)
        {
            _testRandom.State = RandomStream.Fork(_seed, "test", index).State;
            test = _learner.Test(_testChunks.Sample(), RandomStream.Derive(_seed, "test", index));
        }

        var video = Path.Combine(_folder.Videos, $"evaluation-{_state.Progress.Episodes:D5}.gif");
        EvaluationVideo.Write(video, episodes, _environments.Count);
        var shown = _environments.Count == 1 ? episodes : EvaluationVideo.FirstOfEach(episodes, _environments.Count);
        if (shown.Min(episode => episode.Length) > OpenLoop.DefaultContext)
        {
            OpenLoop.Write(
                Path.Combine(_folder.Videos, $"prediction-{_state.Progress.Episodes:D5}"),
                OpenLoop.Predict(
                    _learner.Model,
                    _device,
                    [.. shown.Select(episode => new Sequence(episode, Start: 0))],
                    RandomStream.Derive(_seed, "prediction", index)));
        }

        Advance(RunStep.Evaluate, clock);
        double[] returns = [.. episodes.Select(episode => episode.Return)];
        _watch(new EvaluationDone(_state.Progress, returns, test, video, clock.Elapsed.TotalSeconds)
        {
            Tasks = _environments.Count > 1 ? TaskScore.Of(_experiment.Task, returns) : [],
        });
    }

    private void Advance(RunStep step, Stopwatch clock)
    {
        _state = _state with
        {
            Progress = Schedule.After(_state.Progress, step),
            Seconds = _state.Seconds + clock.Elapsed.TotalSeconds,
        };
    }

    private void Save()
    {
        if (_state.Progress.Step == _savedStep)
        {
            return;
        }

        var clock = Stopwatch.StartNew();
        var saved = _checkpoints.Save(_learner, _state);
        _savedStep = _state.Progress.Step;
        _watch(new CheckpointSaved(_state.Progress, saved, clock.Elapsed.TotalSeconds));
    }

    private void Resume()
    {
        _checkpoints.DeleteStrays();
        var newest = _checkpoints.FindNewest((folder, reason) => _watch(new RunWarning(
            _state.Progress, $"The checkpoint {folder} is damaged ({reason}); an older one is used if there is one.")));
        foreach (var store in new[] { _train, _test })
        {
            foreach (var skipped in store.Skipped)
            {
                _watch(new RunWarning(
                    _state.Progress, $"The file {Path.Combine(store.Folder, skipped.FileName)} is not used: {skipped.Reason}"));
            }
        }

        if (newest is var (folder, state))
        {
            CheckpointStore.Load(folder, _learner);
            _state = state;
            _savedStep = state.Progress.Step;
            TakeUp(_train, _trainChunks, state.TrainEpisodes, index => Schedule.UpdatesBefore(_experiment, index));
            TakeUp(_test, _testChunks, state.TestEpisodes, _ => 0);
        }

        _watch(new RunStarted(_state.Progress, newest?.Folder));
    }

    private static void TakeUp(EpisodeStore store, ChunkSampler chunks, IReadOnlyList<EpisodeReference> episodes, Func<int, int> updatesBefore)
    {
        foreach (var (index, episode) in episodes.Index())
        {
            if (!store.Contains(episode.Name))
            {
                throw new RunException(
                    $"The checkpoint lists the episode {episode.Name}, which {store.Folder} does not hold in readable form. " +
                    "Put the file back from a copy; the run cannot go on exactly without it.");
            }

            if (!string.Equals(store.Sha256(episode.Name), episode.Sha256, StringComparison.Ordinal))
            {
                throw new RunException(
                    $"The episode {episode.Name} in {store.Folder} differs from the one that the checkpoint lists. Put the file back from a copy.");
            }

            chunks.Add(episode.Name, updatesBefore(index));
        }
    }
}
