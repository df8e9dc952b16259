using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>Origin of a chunk: rows <paramref name="Start"/> to <paramref name="Start"/> + L - 1 of an episode.</summary>
/// <param name="Episode">Name of the episode.</param>
/// <param name="Start">First row.</param>
public readonly record struct ChunkOrigin(string Episode, int Start);

/// <summary>A training batch of B chunks of L rows each, in plain arrays (C order).</summary>
/// <param name="BatchSize">Number of chunks, B.</param>
/// <param name="ChunkLength">Rows in a chunk, L.</param>
/// <param name="ImageShape">Shape of the images; <see cref="ImageShape.None"/> without images.</param>
/// <param name="ActionSize">Action dimensions, A.</param>
/// <param name="Images">Images <c>[B, L, height, width, channels]</c>; empty without images.</param>
/// <param name="Actions">Actions <c>[B, L, A]</c>; the action of a row led to the image of that row.</param>
/// <param name="Rewards">Rewards <c>[B, L]</c>, each earned by the action of its row.</param>
/// <param name="Origins">Origin of each chunk, <c>[B]</c>.</param>
public sealed record ChunkBatch(
    int BatchSize,
    int ChunkLength,
    ImageShape ImageShape,
    int ActionSize,
    byte[] Images,
    float[] Actions,
    float[] Rewards,
    ChunkOrigin[] Origins)
{
    /// <summary>
    /// State vectors <c>[B, L, S]</c>: those that the sampler was made for, one after the other. Null if it was made for none.
    /// </summary>
    public float[]? States { get; init; }

    /// <summary>
    /// Whether the row is a terminal state, <c>[B, L]</c>. Null if the sampler was not made for episodes that end early.
    /// </summary>
    public bool[]? Terminated { get; init; }

    /// <summary>
    /// Rows of each chunk that belong to its episode, <c>[B]</c>; the rows after them are padding, all zero. Null if the sampler was not
    /// made for episodes that end early: all chunks are complete.
    /// </summary>
    public int[]? Lengths { get; init; }
}

/// <summary>
/// Samples training batches: by default the episode uniformly with replacement, then the start uniformly over all valid starts. A chunk
/// never crosses the end of an episode, so episodes shorter than a chunk are listed but never sampled. The result depends only on the
/// ordered list of episodes, the state of the generator and, for <see cref="ChunkSelection.Periods"/>, the number of the batch: save these
/// to resume exactly.
/// </summary>
/// <remarks>
/// <para>
/// Made for episodes that end early, the sampler pads shorter episodes to the length of a chunk, and it draws terminal rows as often as
/// rows in the middle. Otherwise only the last of all starts would show the end: one row in the middle is in L chunks, the last in one. So
/// starts are drawn from all rows of a terminated episode, and those from which no whole chunk follows become the last valid start.
/// </para>
/// <para>
/// <see cref="Draw"/> and <see cref="Add"/> are not thread-safe. <see cref="Gather"/> may run on any thread, so batches can be drawn ahead
/// and gathered in the background; they equal those of <see cref="Sample"/>.
/// </para>
/// </remarks>
public sealed class ChunkSampler
{
    private readonly IEpisodeSource _source;
    private readonly RandomStream _random;
    private readonly ChunkSelection _selection;
    private readonly bool _earlyEnds;
    private readonly StateShape[] _states;
    private readonly List<(string Name, int Draws, int LastStart, long Batch)> _episodes = [];
    private readonly List<string> _names = [];
    private readonly List<long> _cumulativeDraws = [];
    private (long Number, int[] Order)? _period;
    private int _longest;

    /// <summary>A sampler over a list of episodes.</summary>
    /// <param name="source">The source of the episodes.</param>
    /// <param name="batchSize">Number of chunks in a batch, B. At least 1.</param>
    /// <param name="chunkLength">Rows in a chunk, L. At least 1.</param>
    /// <param name="random">The random number generator; its state is part of the sampler's state.</param>
    /// <param name="episodes">Names of the first episodes; their order matters. Default none.</param>
    /// <param name="selection">How chunks are selected. Default <see cref="ChunkSelection.Uniform"/>.</param>
    /// <param name="earlyEnds">Whether episodes can end early (see the remarks). Default false.</param>
    /// <param name="states">State vectors to gather, which every episode has, in this order. Default none.</param>
    public ChunkSampler(
        IEpisodeSource source,
        int batchSize,
        int chunkLength,
        RandomStream random,
        IEnumerable<string>? episodes = null,
        ChunkSelection? selection = null,
        bool earlyEnds = false,
        IReadOnlyList<StateShape>? states = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkLength);
        _source = source;
        _random = random;
        _selection = selection ?? ChunkSelection.Uniform;
        _earlyEnds = earlyEnds;
        _states = [.. states ?? []];
        BatchSize = batchSize;
        ChunkLength = chunkLength;
        foreach (var episode in episodes ?? [])
        {
            Add(episode);
        }
    }

    /// <summary>Number of chunks in a batch, B.</summary>
    public int BatchSize { get; }

    /// <summary>Rows in a chunk, L.</summary>
    public int ChunkLength { get; }

    /// <summary>Names of the episodes, in order: part of the state to save.</summary>
    public IReadOnlyList<string> Episodes => [.. _names];

    /// <summary>Number of episodes in the list that are shorter than a chunk and therefore never sampled.</summary>
    public int TooShort => _names.Count - _episodes.Count;

    /// <summary>Whether an episode in the list is long enough for a chunk.</summary>
    public bool CanSample => _episodes.Count > 0;

    /// <summary>State of the random number generator: part of the state to save.</summary>
    public RandomState RandomState => _random.State;

    /// <summary>Appends an episode to the list; the next batch may sample it, unless it is shorter than a chunk.</summary>
    /// <param name="name">Name of an episode of the source, not yet in the list.</param>
    /// <param name="batch">
    /// Number of the first batch that may hold it, which is the number of batches drawn so far. Used by
    /// <see cref="ChunkSelection.Periods"/> only. Default 0.
    /// </param>
    /// <exception cref="ArgumentException">The episode is already in the list.</exception>
    public void Add(string name, long batch = 0)
    {
        var entry = _source.Describe(name);
        var length = entry.Length;
        if (_names.Contains(name))
        {
            throw new ArgumentException(
                $"Episode {name} is already in the sampler's list: add every episode once, so that all are equally likely.");
        }

        _names.Add(name);
        _longest = Math.Max(_longest, length);
        if (length < ChunkLength && !_earlyEnds)
        {
            return;
        }

        var lastStart = Math.Max(0, length - ChunkLength);
        var draws = _earlyEnds && entry.End == EpisodeEnd.Terminated ? length : lastStart + 1;
        _episodes.Add((name, draws, lastStart, batch));
        _cumulativeDraws.Add((_cumulativeDraws.Count == 0 ? 0 : _cumulativeDraws[^1]) + draws);
        _period = null;
    }

    /// <summary>Draws an episode and a start for each chunk of the next batch, without reading episodes.</summary>
    /// <param name="batch">Number of the batch, from 0. Used by <see cref="ChunkSelection.Periods"/> only. Default 0.</param>
    /// <exception cref="InvalidOperationException">The list of episodes is empty.</exception>
    /// <exception cref="InvalidDataException">All episodes are shorter than a chunk. The message gives the remedy.</exception>
    public ChunkOrigin[] Draw(long batch = 0)
    {
        if (_names.Count == 0)
        {
            throw new InvalidOperationException("There are no episodes to sample from: collect at least one (schedule.seed_episodes).");
        }

        if (!CanSample)
        {
            throw new InvalidDataException(
                $"replay.chunk_length is {ChunkLength}, but the longest of the {_names.Count} recorded episodes has {_longest} rows, " +
                $"and a chunk must lie within one episode: lower replay.chunk_length to {_longest} or less.");
        }

        var origins = new ChunkOrigin[BatchSize];
        for (var i = 0; i < origins.Length; i++)
        {
            origins[i] = _selection switch
            {
                ChunkSelection.FlatSelection => DrawFlat(),
                ChunkSelection.PeriodSelection periods => DrawFrom(EpisodeOf(periods, (batch * BatchSize) + i)),
                _ => DrawFrom(_random.NextInt32(_episodes.Count)),
            };
        }

        return origins;
    }

    /// <summary>Copies chunks out of their episodes. Uses no random numbers and may run on any thread.</summary>
    /// <param name="origins">The result of <see cref="Draw"/>.</param>
    /// <param name="reuse">A batch whose arrays may be overwritten and returned. Default null: new arrays are allocated.</param>
    /// <exception cref="InvalidOperationException">The episodes have different image or action sizes.</exception>
    public ChunkBatch Gather(ChunkOrigin[] origins, ChunkBatch? reuse = null)
    {
        ArgumentNullException.ThrowIfNull(origins);
        ArgumentOutOfRangeException.ThrowIfZero(origins.Length);
        var first = _source.Load(origins[0].Episode);
        var batch = Allocate(first, origins, reuse);
        var (imageBytes, actionSize, length) = (first.ImageShape.Bytes, first.ActionSize, ChunkLength);
        for (var i = 0; i < origins.Length; i++)
        {
            var start = origins[i].Start;
            var episode = _source.Load(origins[i].Episode);
            if (episode.ImageShape != first.ImageShape || episode.ActionSize != actionSize)
            {
                throw new InvalidOperationException(
                    $"Episode {episode.Name} has {Describe(episode)}, but episode {first.Name} has {Describe(first)}: " +
                    "all episodes of a batch must have the same sizes. " +
                    "Keep the episodes of different tasks in different folders or pad their actions.");
            }

            var rows = Math.Min(length, episode.Length - start);
            Copy(episode.Image.AsSpan(start * imageBytes, rows * imageBytes), batch.Images.AsSpan(i * length * imageBytes));
            Copy(episode.Action.AsSpan(start * actionSize, rows * actionSize), batch.Actions.AsSpan(i * length * actionSize));
            Copy(episode.Reward.AsSpan(start, rows), batch.Rewards.AsSpan(i * length));
            var offset = 0;
            foreach (var (name, size) in _states)
            {
                CopyState(episode.States[name], size, offset);
                offset += size;
            }

            if (batch is { Lengths: { } lengths, Terminated: { } terminated })
            {
                lengths[i] = rows;
                terminated.AsSpan(i * length, length).Clear();
                terminated[(i * length) + rows - 1] = episode.End == EpisodeEnd.Terminated && start + rows == episode.Length;
            }

            // The vectors of a row lie side by side, so each is copied row by row.
            void CopyState(float[] values, int size, int offset)
            {
                var width = batch.States!.Length / (origins.Length * length);
                for (var row = 0; row < length; row++)
                {
                    var target = batch.States.AsSpan((((i * length) + row) * width) + offset, size);
                    if (row < rows)
                    {
                        values.AsSpan((start + row) * size, size).CopyTo(target);
                    }
                    else
                    {
                        target.Clear();
                    }
                }
            }

            void Copy<T>(ReadOnlySpan<T> values, Span<T> chunk)
            {
                values.CopyTo(chunk);
                chunk[values.Length..(values.Length / rows * length)].Clear();
            }
        }

        return batch;
    }

    /// <summary>The next batch: <see cref="Draw"/>, then <see cref="Gather"/>.</summary>
    /// <param name="reuse">A batch whose arrays may be overwritten and returned. Default null: new arrays are allocated.</param>
    /// <param name="batch">Number of the batch, from 0. Used by <see cref="ChunkSelection.Periods"/> only. Default 0.</param>
    public ChunkBatch Sample(ChunkBatch? reuse = null, long batch = 0)
    {
        return Gather(Draw(batch), reuse);
    }

    private static string Describe(Episode episode) =>
        $"{episode.ImageShape} and actions of {episode.ActionSize} numbers";

    private ChunkOrigin DrawFrom(int index)
    {
        var (name, draws, lastStart, _) = _episodes[index];
        return new ChunkOrigin(name, Math.Min(_random.NextInt32(draws), lastStart));
    }

    private ChunkOrigin DrawFlat()
    {
        var drawn = _random.NextInt32(checked((int)_cumulativeDraws[^1]));
        var found = _cumulativeDraws.BinarySearch(drawn + 1L);
        var index = found < 0 ? ~found : found;
        var (name, draws, lastStart, _) = _episodes[index];
        return new ChunkOrigin(name, Math.Min((int)(drawn - (_cumulativeDraws[index] - draws)), lastStart));
    }

    private int EpisodeOf(ChunkSelection.PeriodSelection periods, long chunk)
    {
        var (number, position) = Math.DivRem(chunk, ChunkSelection.PeriodSelection.Length);
        if (_period?.Number != number)
        {
            _period = (number, periods.Order(number, number == 0 ? 0 : CountAtStartOf(number - 1), CountAtStartOf(number)));
        }

        return _period.Value.Order[position];
    }

    // Number of episodes when a period started. A period that starts inside a batch uses the episodes known when that batch started.
    private int CountAtStartOf(long period)
    {
        var batch = period * ChunkSelection.PeriodSelection.Length / BatchSize;
        var later = _episodes.FindIndex(episode => episode.Batch > batch);
        return later <= 0 ? _episodes.Count : later;
    }

    private ChunkBatch Allocate(Episode template, ChunkOrigin[] origins, ChunkBatch? reuse)
    {
        if (reuse is not null && reuse.BatchSize == origins.Length && reuse.ChunkLength == ChunkLength
            && reuse.ImageShape == template.ImageShape && reuse.ActionSize == template.ActionSize
            && reuse.Lengths is not null == _earlyEnds && reuse.States is not null == _states.Length > 0)
        {
            origins.CopyTo(reuse.Origins, 0);
            return reuse;
        }

        var rows = origins.Length * ChunkLength;
        return new ChunkBatch(
            origins.Length,
            ChunkLength,
            template.ImageShape,
            template.ActionSize,
            GC.AllocateUninitializedArray<byte>(checked(rows * template.ImageShape.Bytes)),
            new float[rows * template.ActionSize],
            new float[rows],
            [.. origins])
        {
            Terminated = _earlyEnds ? new bool[rows] : null,
            Lengths = _earlyEnds ? new int[origins.Length] : null,
            States = _states.Length > 0 ? new float[rows * _states.Sum(state => state.Size)] : null,
        };
    }
}
