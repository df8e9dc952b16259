using PlaNet.Experiments;
using PlaNet.Randomness;
using PlaNet.Replay;
using PlaNet.Training.FaultInjection;

namespace PlaNet.Training;

/// <summary>The episodes of a run, on disk and for drawing: training episodes and those held out. For one thread.</summary>
public sealed class ReplayMemory
{
    private readonly Experiment _experiment;
    private readonly ulong _seed;
    private readonly Faults _faults;
    private readonly EpisodeStore _train;
    private readonly EpisodeStore _test;
    private readonly RandomStream _trainRandom = new(0);
    private readonly RandomStream _testRandom = new(0);
    private ChunkSampler _trainChunks;
    private ChunkSampler _testChunks;
    private ChunkBatch? _batch;
    private ChunkBatch? _spare;

    /// <summary>Opens the folders. Nothing is drawn from until <see cref="TakeUp(RunState)"/> or <see cref="Store"/> says so.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="folder">The run directory, held by this process.</param>
    /// <param name="faults">What is to go wrong; null for nothing.</param>
    public ReplayMemory(Experiment experiment, ulong seed, RunFolder folder, Faults? faults = null)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(folder);
        (_experiment, _seed, _faults) = (experiment, seed, faults ?? Faults.None);
        var memory = experiment.Replay.MemoryMebibytes * 1024L * 1024L;
        _train = EpisodeStore.Open(folder.TrainEpisodes, memory);
        _test = EpisodeStore.Open(folder.TestEpisodes, memory / 8);
        (_trainChunks, _testChunks) = Samplers();
    }

    /// <summary>Files that are not used, and why: one line each.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. from store in new[] { _train, _test }
           from skipped in store.Skipped
           select $"The file {Path.Combine(store.Folder, skipped.FileName)} is not used: {skipped.Reason}",
    ];

    /// <summary>Draws from exactly the episodes of a state from now on.</summary>
    /// <param name="state">The state.</param>
    /// <exception cref="RunException">An episode is missing or differs from what was recorded.</exception>
    public void TakeUp(RunState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (_trainChunks, _testChunks) = Samplers();
        TakeUp(_train, _trainChunks, state.TrainEpisodes, index => Schedule.UpdatesBefore(_experiment, index));
        TakeUp(_test, _testChunks, state.TestEpisodes, _ => 0);
    }

    /// <summary>The seeds whose episodes are not on disk.</summary>
    /// <param name="step">Which kind of episodes.</param>
    /// <param name="seeds">The seeds.</param>
    public IReadOnlyList<ulong> Missing(RunStep step, IReadOnlyList<ulong> seeds)
    {
        return [.. seeds.Where(seed => Find(StoreOf(step), seed) is null)];
    }

    /// <summary>Stores episodes and draws from them from now on.</summary>
    /// <param name="step">Which kind of episodes.</param>
    /// <param name="seeds">Seeds of the episodes.</param>
    /// <param name="episodes">Those that are not on disk.</param>
    /// <param name="updates">Updates done so far.</param>
    /// <param name="life">Ends an injected hang.</param>
    /// <returns>One for each seed.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
    public IReadOnlyList<StoredEpisode> Store(
        RunStep step, IReadOnlyList<ulong> seeds, IReadOnlyList<Episode> episodes, int updates, CancellationToken life)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(episodes);
        var store = StoreOf(step);
        foreach (var episode in episodes)
        {
            // What lies there under its name and is not an episode of the store was torn by a crash.
            Fault? torn = null;
            store.Add(episode, replace: !store.Contains(episode.Name), () => torn = _faults.Reach(FaultPoint.ReplayAppend, life));
            if (torn is not null)
            {
                Faults.Tear(Path.Combine(store.Folder, episode.Name + EpisodeFile.Extension), torn);
            }
        }

        return
        [
            .. seeds.Select(seed =>
            {
                var entry = Find(store, seed) ?? throw new InvalidOperationException($"No episode of the seed {seed} was given or found in {store.Folder}.");
                if (step == RunStep.CollectTestEpisode)
                {
                    _testChunks.Add(entry.Name);
                }
                else
                {
                    _trainChunks.Add(entry.Name, updates);
                }

                return new StoredEpisode(new EpisodeReference(entry.Name, store.Sha256(entry.Name)), entry.Return);
            }),
        ];
    }

    /// <summary>The batch of an update. It stays as it is until the one after the next is drawn.</summary>
    /// <param name="update">Number of the update, from 0.</param>
    public ChunkBatch Sample(int update)
    {
        _trainRandom.State = RandomStream.Fork(_seed, "replay", (ulong)update).State;
        (_batch, _spare) = (_trainChunks.Sample(_spare, update), _batch);
        return _batch;
    }

    /// <summary>The held-out chunks of an evaluation; null where no episodes are held out.</summary>
    /// <param name="evaluation">Number of the evaluation, from 0.</param>
    public ChunkBatch? SampleTest(int evaluation)
    {
        if (_testChunks.Episodes.Count == 0)
        {
            return null;
        }

        _testRandom.State = RandomStream.Fork(_seed, "test", (ulong)evaluation).State;
        return _testChunks.Sample();
    }

    private static EpisodeEntry? Find(EpisodeStore store, ulong seed)
    {
        var suffix = EpisodeName.Create(TimeProvider.System, EpisodePlayer.NameStream(seed))[^32..];
        return store.List().FirstOrDefault(entry => entry.Name.EndsWith(suffix, StringComparison.Ordinal));
    }

    private static void TakeUp(EpisodeStore store, ChunkSampler chunks, IReadOnlyList<EpisodeReference> episodes, Func<int, int> updatesBefore)
    {
        RequireAll(store, episodes);
        foreach (var (index, episode) in episodes.Index())
        {
            if (!string.Equals(store.Sha256(episode.Name), episode.Sha256, StringComparison.Ordinal))
            {
                throw new RunException(
                    $"The episode {episode.Name} in {store.Folder} differs from the one that the checkpoint lists. Put the file back from a copy.");
            }

            chunks.Add(episode.Name, updatesBefore(index));
        }
    }

    private static void RequireAll(EpisodeStore store, IReadOnlyList<EpisodeReference> episodes)
    {
        const int Named = 5;
        const string Remedy = "Put them back from a copy; the run cannot go on exactly without them.";
        var gone = episodes.Select(episode => episode.Name).Where(name => !store.Contains(name)).ToArray();
        var unreadable = (
            from skipped in store.Skipped
            where gone.Contains(Path.GetFileNameWithoutExtension(skipped.FileName), StringComparer.Ordinal)
            select skipped).ToArray();
        if (unreadable.Length > 0)
        {
            throw new RunException(
                $"{unreadable.Length} episodes that the checkpoint lists cannot be read in {store.Folder}: " +
                $"{string.Join(", ", unreadable.Take(Named).Select(skipped => $"{skipped.FileName} ({skipped.Reason})"))}" +
                $"{(unreadable.Length > Named ? ", ..." : ".")} {Remedy}");
        }

        if (gone.Length > 0)
        {
            throw new RunException(
                $"{gone.Length} of the {episodes.Count} episodes that the checkpoint lists have vanished from {store.Folder}: " +
                $"{string.Join(", ", gone.Take(Named))}{(gone.Length > Named ? ", ..." : ".")} {Remedy}");
        }
    }

    private EpisodeStore StoreOf(RunStep step) => step == RunStep.CollectTestEpisode ? _test : _train;

    private (ChunkSampler Train, ChunkSampler Test) Samplers()
    {
        var (batch, length) = (_experiment.Replay.BatchSize, _experiment.Replay.ChunkLength);
        var selection = _experiment.Replay.Sampling switch
        {
            ReplaySampling.Reference => ChunkSelection.Periods(RandomStream.Derive(_seed, "replay order")),
            ReplaySampling.Flat => ChunkSelection.Flat,
            _ => ChunkSelection.Uniform,
        };
        return (new ChunkSampler(_train, batch, length, _trainRandom, selection: selection), new ChunkSampler(_test, batch, length, _testRandom));
    }
}
