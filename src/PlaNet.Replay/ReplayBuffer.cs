using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>Where a <see cref="ReplayBuffer"/> keeps its episodes, and how it draws from them.</summary>
/// <param name="TrainFolder">Folder of the training episodes.</param>
/// <param name="TestFolder">Folder of the held-out episodes.</param>
/// <param name="MemoryBytes">Decoded training episodes that are kept in memory, in bytes; held-out ones get an eighth on top.</param>
/// <param name="BatchSize">Chunks in a batch, B.</param>
/// <param name="ChunkLength">Rows in a chunk, L.</param>
/// <param name="Seed">Every batch is drawn with a generator of its own, which follows from this and the batch's number.</param>
/// <param name="Selection">Which chunks of the training episodes make a batch.</param>
public sealed record ReplayBufferOptions(
    string TrainFolder, string TestFolder, long MemoryBytes, int BatchSize, int ChunkLength, ulong Seed, ChunkSelection Selection);

/// <summary>The episodes of a run, on disk and for drawing: training episodes and those held out. For one thread.</summary>
public sealed class ReplayBuffer
{
    private readonly ReplayBufferOptions _options;
    private readonly EpisodeStore _train;
    private readonly EpisodeStore _test;
    private readonly RandomStream _trainRandom = new(0);
    private readonly RandomStream _testRandom = new(0);
    private ChunkSampler _trainChunks;
    private ChunkSampler _testChunks;
    private ChunkBatch? _batch;
    private ChunkBatch? _spare;
    private int? _prepared;

    /// <summary>Opens the folders. Nothing is drawn before <see cref="Restore"/> or <see cref="Store"/> has named episodes.</summary>
    /// <param name="options">Where the episodes are, and how they are drawn.</param>
    public ReplayBuffer(ReplayBufferOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _train = EpisodeStore.Open(options.TrainFolder, options.MemoryBytes);
        _test = EpisodeStore.Open(options.TestFolder, options.MemoryBytes / 8);
        (_trainChunks, _testChunks) = Samplers();
    }

    /// <summary>Files that are not used, and why: one line each.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. from store in new[] { _train, _test }
           from skipped in store.Skipped
           select $"The file {Path.Combine(store.Folder, skipped.FileName)} is not used: {skipped.Reason}",
    ];

    /// <summary>Draws from exactly these episodes from now on.</summary>
    /// <param name="train">Training episodes, in the order in which they were collected.</param>
    /// <param name="test">Held-out episodes, likewise.</param>
    /// <param name="updatesBefore">Updates that were done when the training episode of an index was collected.</param>
    /// <exception cref="InvalidDataException">An episode is missing or differs from what was recorded.</exception>
    public void Restore(IReadOnlyList<EpisodeReference> train, IReadOnlyList<EpisodeReference> test, Func<int, int> updatesBefore)
    {
        _prepared = null;
        (_trainChunks, _testChunks) = Samplers();
        RestoreInto(_train, _trainChunks, train, updatesBefore);
        RestoreInto(_test, _testChunks, test, _ => 0);
    }

    /// <summary>The seeds whose episodes are not on disk.</summary>
    /// <param name="heldOut">Whether held-out episodes are meant, or training episodes.</param>
    /// <param name="seeds">The seeds.</param>
    public IReadOnlyList<ulong> Missing(bool heldOut, IReadOnlyList<ulong> seeds)
    {
        return [.. seeds.Where(seed => Find(heldOut ? _test : _train, seed) is null)];
    }

    /// <summary>Stores episodes and draws from them from now on.</summary>
    /// <param name="heldOut">Whether they are held out.</param>
    /// <param name="seeds">Seeds of the episodes.</param>
    /// <param name="episodes">Those that are not on disk.</param>
    /// <param name="updates">Updates done so far.</param>
    /// <param name="writing">Called before each file is put in its place. Default nobody.</param>
    /// <param name="written">Called with each file that is in its place. Default nobody.</param>
    /// <returns>One for each seed.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
    public IReadOnlyList<StoredEpisode> Store(
        bool heldOut,
        IReadOnlyList<ulong> seeds,
        IReadOnlyList<Episode> episodes,
        int updates,
        Action? writing = null,
        Action<string>? written = null)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(episodes);
        _prepared = null;
        var (store, chunks) = heldOut ? (_test, _testChunks) : (_train, _trainChunks);
        foreach (var episode in episodes)
        {
            // A file of this name that is not an episode of the store was torn by a crash.
            store.Add(episode, replace: !store.Contains(episode.Name), writing);
            written?.Invoke(Path.Combine(store.Folder, episode.Name + EpisodeFile.Extension));
        }

        return
        [
            .. seeds.Select(seed =>
            {
                var entry = Find(store, seed) ?? throw new InvalidOperationException($"No episode of the seed {seed} was given or found in {store.Folder}.");
                chunks.Add(entry.Name, updates);
                return new StoredEpisode(new EpisodeReference(entry.Name, store.Sha256(entry.Name)), entry.Return);
            }),
        ];
    }

    /// <summary>
    /// Draws the batch of an update before it is asked for. The batch that was asked for last is not changed; the one before it is.
    /// </summary>
    /// <param name="update">Number of the update, from 0.</param>
    public void Prepare(int update)
    {
        _trainRandom.State = RandomStream.Fork(_options.Seed, "replay", (ulong)update).State;
        (_batch, _spare) = (_trainChunks.Sample(_spare, update), _batch);
        _prepared = update;
    }

    /// <summary>
    /// The batch of an update: the one that was prepared, unless episodes have come since then. It stays unchanged until another batch is
    /// asked for and a further one is prepared.
    /// </summary>
    /// <param name="update">Number of the update, from 0.</param>
    public ChunkBatch Sample(int update)
    {
        if (_prepared != update)
        {
            Prepare(update);
        }

        _prepared = null;
        return _batch!;
    }

    /// <summary>The held-out chunks of an evaluation; null where no episodes are held out.</summary>
    /// <param name="evaluation">Number of the evaluation, from 0.</param>
    public ChunkBatch? SampleTest(int evaluation)
    {
        if (_testChunks.Episodes.Count == 0)
        {
            return null;
        }

        _testRandom.State = RandomStream.Fork(_options.Seed, "test", (ulong)evaluation).State;
        return _testChunks.Sample();
    }

    private static EpisodeEntry? Find(EpisodeStore store, ulong seed)
    {
        var ending = EpisodeName.EndingOf(seed);
        return store.List().FirstOrDefault(entry => entry.Name.EndsWith(ending, StringComparison.Ordinal));
    }

    private static void RestoreInto(EpisodeStore store, ChunkSampler chunks, IReadOnlyList<EpisodeReference> episodes, Func<int, int> updatesBefore)
    {
        RequireAll(store, episodes);
        foreach (var (index, episode) in episodes.Index())
        {
            if (!string.Equals(store.Sha256(episode.Name), episode.Sha256, StringComparison.Ordinal))
            {
                throw new InvalidDataException(
                    $"The episode {episode.Name} in {store.Folder} differs from the one that the checkpoint lists. Put the file back from a copy.");
            }

            chunks.Add(episode.Name, updatesBefore(index));
        }
    }

    private static void RequireAll(EpisodeStore store, IReadOnlyList<EpisodeReference> episodes)
    {
        const int Named = 5;
        const string Remedy = "Put them back from a copy; the run cannot be resumed exactly without them.";
        var gone = episodes.Select(episode => episode.Name).Where(name => !store.Contains(name)).ToArray();
        var unreadable = (
            from skipped in store.Skipped
            where gone.Contains(Path.GetFileNameWithoutExtension(skipped.FileName), StringComparer.Ordinal)
            select skipped).ToArray();
        if (unreadable.Length > 0)
        {
            throw new InvalidDataException(
                $"{unreadable.Length} episodes that the checkpoint lists cannot be read in {store.Folder}: " +
                $"{string.Join(", ", unreadable.Take(Named).Select(skipped => $"{skipped.FileName} ({skipped.Reason})"))}" +
                $"{(unreadable.Length > Named ? ", ..." : ".")} {Remedy}");
        }

        if (gone.Length > 0)
        {
            throw new InvalidDataException(
                $"{gone.Length} of the {episodes.Count} episodes that the checkpoint lists have vanished from {store.Folder}: " +
                $"{string.Join(", ", gone.Take(Named))}{(gone.Length > Named ? ", ..." : ".")} {Remedy}");
        }
    }

    private (ChunkSampler Train, ChunkSampler Test) Samplers() => (
        new ChunkSampler(_train, _options.BatchSize, _options.ChunkLength, _trainRandom, selection: _options.Selection),
        new ChunkSampler(_test, _options.BatchSize, _options.ChunkLength, _testRandom));
}
