using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>Folders, memory and sampling of a <see cref="ReplayBuffer"/>.</summary>
/// <param name="TrainFolder">Folder of the training episodes.</param>
/// <param name="TestFolder">Folder of the held-out episodes.</param>
/// <param name="MemoryBytes">Memory for decoded training episodes, in bytes; held-out episodes get one eighth of it in addition.</param>
/// <param name="BatchSize">Number of chunks in a batch, B.</param>
/// <param name="ChunkLength">Rows in a chunk, L.</param>
/// <param name="Seed">Every batch has its own random number generator, seeded with this and the batch's number.</param>
/// <param name="Selection">How chunks of training episodes are selected; held-out chunks are always selected uniformly.</param>
public sealed record ReplayBufferOptions(
    string TrainFolder, string TestFolder, long MemoryBytes, int BatchSize, int ChunkLength, ulong Seed, ChunkSelection Selection)
{
    /// <summary>
    /// What every episode must satisfy; batches have its state vectors. Default: nothing beyond <see cref="Episode"/>, and no vectors.
    /// </summary>
    public EpisodeRule? Rule { get; init; }

    /// <summary>Whether episodes can end early (<see cref="ChunkSampler"/>, remarks). Default false.</summary>
    public bool EarlyEnds { get; init; }

    /// <summary>
    /// File that lists the unused files which were reported, with the reasons, so that each is reported once, also when the run resumes.
    /// Default null: each is reported once by each buffer.
    /// </summary>
    public string? UnusedFile { get; init; }
}

/// <summary>Stores and samples the episodes of a run: training episodes and held-out episodes. Not thread-safe.</summary>
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
    private Dictionary<string, string> _reported = new(StringComparer.Ordinal);

    /// <summary>Opens the folders. The list of episodes to sample is empty until <see cref="Restore"/> or <see cref="Store"/>.</summary>
    public ReplayBuffer(ReplayBufferOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _train = EpisodeStore.Open(options.TrainFolder, options.MemoryBytes, rule: options.Rule);
        _test = EpisodeStore.Open(options.TestFolder, options.MemoryBytes / 8, rule: options.Rule);
        (_trainChunks, _testChunks) = CreateSamplers();
        if (options.UnusedFile is { } list && File.Exists(list))
        {
            foreach (var columns in File.ReadLines(list).Select(line => line.Split('\t')).Where(columns => columns.Length == 2))
            {
                _reported.TryAdd(Path.Combine(FolderOf(list), columns[0]), columns[1]);
            }
        }
    }

    /// <summary>Number of training and held-out episodes to sample that are shorter than a chunk and therefore never sampled.</summary>
    public int TooShort => _trainChunks.TooShort + _testChunks.TooShort;

    /// <summary>One line for each file that is not used, with the reason. Each file is named once.</summary>
    public IReadOnlyList<string> TakeWarnings()
    {
        // A file is forgotten when it is gone or in use. Others may not have been found again yet.
        var known = _reported.Where(file => IsUnused(_train, _trainChunks, file.Key) || IsUnused(_test, _testChunks, file.Key)).ToArray();
        var found = (
            from store in new[] { _train, _test }
            from skipped in store.Skipped
            let file = Path.Combine(store.Folder, skipped.FileName)
            where !_reported.ContainsKey(file) && File.Exists(file)
            select (File: file, skipped.Reason)).ToArray();
        if (found.Length > 0 || known.Length < _reported.Count)
        {
            _reported = new(known, StringComparer.Ordinal);
            Array.ForEach(found, file => _reported.Add(file.File, file.Reason));
            if (_options.UnusedFile is { } list)
            {
                var lines = _reported.Select(
                    file => $"{Path.GetRelativePath(FolderOf(list), file.Key)}\t{file.Value.ReplaceLineEndings(" ")}\n");
                AtomicFile.WriteText(list, string.Concat(lines.Order(StringComparer.Ordinal)));
            }
        }

        return [.. found.Select(file => $"The file {file.File} is not used: {file.Reason}")];
    }

    /// <summary>Replaces the lists of episodes to sample.</summary>
    /// <param name="train">Training episodes, in the order in which they were collected.</param>
    /// <param name="test">Held-out episodes, in the same order.</param>
    /// <param name="updatesBefore">Number of updates before the training episode of an index was collected.</param>
    /// <param name="awaited">
    /// Seeds of the episodes that the run has yet to collect, which may be on disk already. All other files are not used, and
    /// <see cref="TakeWarnings"/> names them. Default null: they are not named.
    /// </param>
    /// <exception cref="InvalidDataException">An episode is missing, unreadable or has another hash.</exception>
    public void Restore(
        IReadOnlyList<EpisodeReference> train,
        IReadOnlyList<EpisodeReference> test,
        Func<int, int> updatesBefore,
        IEnumerable<ulong>? awaited = null)
    {
        _prepared = null;
        (_trainChunks, _testChunks) = CreateSamplers();
        RestoreInto(_train, _trainChunks, train, updatesBefore);
        RestoreInto(_test, _testChunks, test, _ => 0);
        if (awaited is not null)
        {
            SkipOthers(_train, _trainChunks, awaited);
            SkipOthers(_test, _testChunks, awaited);
        }
    }

    /// <summary>The seeds whose episodes are not on disk.</summary>
    /// <param name="heldOut">True for held-out episodes, false for training episodes.</param>
    /// <param name="seeds">Seeds to look for.</param>
    public IReadOnlyList<ulong> Missing(bool heldOut, IReadOnlyList<ulong> seeds)
    {
        return [.. seeds.Where(seed => Find(heldOut ? _test : _train, seed) is null)];
    }

    /// <summary>Stores episodes and adds them to the list of episodes to sample.</summary>
    /// <param name="heldOut">True for held-out episodes, false for training episodes.</param>
    /// <param name="seeds">Seeds of all episodes to add, also of those already on disk.</param>
    /// <param name="episodes">The episodes that are not on disk yet.</param>
    /// <param name="updates">Updates made so far.</param>
    /// <param name="writing">Called before each file is renamed into place. Default none.</param>
    /// <param name="written">Called with the path of each written file. Default none.</param>
    /// <returns>One element per seed, in the order of the seeds.</returns>
    /// <exception cref="InvalidDataException">An episode does not satisfy <see cref="ReplayBufferOptions.Rule"/>.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
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
            // An existing file that is not an episode of the store was truncated by a crash and must be replaced.
            store.Add(episode, replace: !store.Contains(episode.Name), writing);
            written?.Invoke(Path.Combine(store.Folder, episode.Name + EpisodeFile.Extension));
        }

        return
        [
            .. seeds.Select(seed =>
            {
                var entry = Find(store, seed)
                    ?? throw new InvalidOperationException($"No episode of seed {seed} was passed or found in {store.Folder}: pass it.");
                chunks.Add(entry.Name, updates);
                return new StoredEpisode(new EpisodeReference(entry.Name, store.Sha256(entry.Name)), entry.Return) { TooShort = TooShort };
            }),
        ];
    }

    /// <summary>
    /// Samples the batch of an update in advance. The arrays of the batch last returned by <see cref="Sample"/> stay unchanged; those of
    /// the batch before it are reused.
    /// </summary>
    /// <param name="update">Number of the update, from 0.</param>
    /// <exception cref="InvalidDataException">All episodes are shorter than a chunk.</exception>
    public void Prepare(int update)
    {
        _trainRandom.State = RandomStream.Fork(_options.Seed, "replay", (ulong)update).State;
        (_batch, _spare) = (_trainChunks.Sample(_spare, update), _batch);
        _prepared = update;
    }

    /// <summary>
    /// The batch of an update: the prepared one, unless episodes were added after <see cref="Prepare"/>. Its arrays stay unchanged until
    /// the next batch is returned and another one is prepared.
    /// </summary>
    /// <param name="update">Number of the update, from 0.</param>
    /// <exception cref="InvalidDataException">All episodes are shorter than a chunk. The message gives the remedy.</exception>
    public ChunkBatch Sample(int update)
    {
        if (_prepared != update)
        {
            Prepare(update);
        }

        _prepared = null;
        return _batch!;
    }

    /// <summary>The batch of held-out chunks for an evaluation; null without a held-out episode that is long enough.</summary>
    /// <param name="evaluation">Number of the evaluation, from 0.</param>
    public ChunkBatch? SampleTest(int evaluation)
    {
        if (!_testChunks.CanSample)
        {
            return null;
        }

        _testRandom.State = RandomStream.Fork(_options.Seed, "test", (ulong)evaluation).State;
        return _testChunks.Sample();
    }

    private static string FolderOf(string file) => Path.GetDirectoryName(Path.GetFullPath(file))!;

    private static bool IsUnused(EpisodeStore store, ChunkSampler chunks, string file) =>
        string.Equals(Path.GetDirectoryName(file), store.Folder, StringComparison.Ordinal)
        && File.Exists(file)
        && !chunks.Episodes.Contains(Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal);

    private static EpisodeEntry? Find(EpisodeStore store, ulong seed)
    {
        var ending = EpisodeName.EndingOf(seed);
        var named = store.List().Where(entry => entry.Name.EndsWith(ending, StringComparison.Ordinal));
        return named.FirstOrDefault(entry => store.Check(entry.Name, seed));
    }

    private static void RestoreInto(
        EpisodeStore store, ChunkSampler chunks, IReadOnlyList<EpisodeReference> episodes, Func<int, int> updatesBefore)
    {
        RequireAll(store, episodes);
        foreach (var (index, episode) in episodes.Index())
        {
            if (!string.Equals(store.Sha256(episode.Name), episode.Sha256, StringComparison.Ordinal))
            {
                throw new InvalidDataException(
                    $"The episode {episode.Name} in {store.Folder} differs from the one that the checkpoint lists. " +
                    "Put the file back from a copy.");
            }

            chunks.Add(episode.Name, updatesBefore(index));
        }
    }

    private static void SkipOthers(EpisodeStore store, ChunkSampler chunks, IEnumerable<ulong> awaited)
    {
        var listed = chunks.Episodes.ToHashSet(StringComparer.Ordinal);
        var others = store.List().Select(entry => entry.Name).Where(name => !listed.Contains(name)).ToList();

        // Almost always there are none, or all are awaited next. A schedule can have any number of episodes.
        using var seeds = awaited.GetEnumerator();
        while (others.Count > 0 && seeds.MoveNext())
        {
            var ending = EpisodeName.EndingOf(seeds.Current);
            others.RemoveAll(name => name.EndsWith(ending, StringComparison.Ordinal));
        }

        others.ForEach(name => store.Skip(name, "it is no episode that this run has recorded or has yet to record."));
    }

    private static void RequireAll(EpisodeStore store, IReadOnlyList<EpisodeReference> episodes)
    {
        const int MaxListed = 5;
        const string Remedy = "Put them back from a copy; the run cannot be resumed exactly without them.";
        var missing = episodes.Select(episode => episode.Name).Where(name => !store.Contains(name)).ToArray();
        var unreadable = (
            from skipped in store.Skipped
            where missing.Contains(Path.GetFileNameWithoutExtension(skipped.FileName), StringComparer.Ordinal)
            select skipped).ToArray();
        if (unreadable.Length > 0)
        {
            throw new InvalidDataException(
                $"{unreadable.Length} episodes that the checkpoint lists cannot be read in {store.Folder}: " +
                $"{string.Join(", ", unreadable.Take(MaxListed).Select(skipped => $"{skipped.FileName} ({skipped.Reason})"))}" +
                $"{(unreadable.Length > MaxListed ? ", ..." : ".")} {Remedy}");
        }

        if (missing.Length > 0)
        {
            throw new InvalidDataException(
                $"{missing.Length} of the {episodes.Count} episodes that the checkpoint lists are missing in {store.Folder}: " +
                $"{string.Join(", ", missing.Take(MaxListed))}{(missing.Length > MaxListed ? ", ..." : ".")} {Remedy}");
        }
    }

    private (ChunkSampler Train, ChunkSampler Test) CreateSamplers()
    {
        ChunkSampler Over(EpisodeStore store, RandomStream random, ChunkSelection? selection) => new(
            store,
            _options.BatchSize,
            _options.ChunkLength,
            random,
            episodes: null,
            selection,
            _options.EarlyEnds,
            _options.Rule?.States);
        return (Over(_train, _trainRandom, _options.Selection), Over(_test, _testRandom, selection: null));
    }
}
