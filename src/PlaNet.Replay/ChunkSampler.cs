using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>Where a chunk was cut: rows <paramref name="Start"/> to <paramref name="Start"/> + L - 1 of an episode.</summary>
/// <param name="Episode">Name of the episode.</param>
/// <param name="Start">First row.</param>
public readonly record struct ChunkOrigin(string Episode, int Start);

/// <summary>A training batch of B chunks of L rows each, in plain arrays (C order).</summary>
/// <param name="BatchSize">Chunks, B.</param>
/// <param name="ChunkLength">Rows in a chunk, L.</param>
/// <param name="ImageShape">Size of the images.</param>
/// <param name="ActionSize">Numbers in an action, A.</param>
/// <param name="Images">Images <c>[B, L, height, width, 3]</c>, RGB.</param>
/// <param name="Actions">Actions <c>[B, L, A]</c>; the first of a chunk led to the chunk's first image.</param>
/// <param name="Rewards">Rewards <c>[B, L]</c>, each earned by the action of its row.</param>
/// <param name="Origins">Where each chunk was cut, <c>[B]</c>.</param>
public sealed record ChunkBatch(
    int BatchSize,
    int ChunkLength,
    ImageShape ImageShape,
    int ActionSize,
    byte[] Images,
    float[] Actions,
    float[] Rewards,
    ChunkOrigin[] Origins);

/// <summary>
/// Draws training batches, by default the episode uniform with replacement and the start uniform over all that fit; a chunk never crosses
/// the end of an episode (spec 1.7). What is drawn depends only on the ordered list of episodes, the state of the generator and, for a
/// selection in periods, the number of the batch: save them to resume exactly.
/// </summary>
/// <remarks>
/// <see cref="Draw"/> and <see cref="Add"/> belong to one thread. <see cref="Gather"/> may run on others: drawing ahead and gathering in
/// the background gives the same batches as <see cref="Sample"/>.
/// </remarks>
public sealed class ChunkSampler
{
    private readonly IEpisodeSource _source;
    private readonly RandomStream _random;
    private readonly ChunkSelection _selection;
    private readonly List<(string Name, int Starts, long Batch)> _episodes = [];
    private readonly List<long> _startsUpTo = [];
    private (long Number, int[] Order)? _period;

    /// <summary>A sampler over a list of episodes.</summary>
    /// <param name="source">Where the episodes are.</param>
    /// <param name="batchSize">Chunks in a batch, B. At least 1.</param>
    /// <param name="chunkLength">Rows in a chunk, L. At least 1.</param>
    /// <param name="random">The generator; its state is the sampler's state.</param>
    /// <param name="episodes">Names of the episodes to begin with; their order matters. Default none.</param>
    /// <param name="selection">Which chunks make a batch. Default <see cref="ChunkSelection.Uniform"/>.</param>
    /// <exception cref="ArgumentException">An episode is shorter than a chunk.</exception>
    public ChunkSampler(
        IEpisodeSource source,
        int batchSize,
        int chunkLength,
        RandomStream random,
        IEnumerable<string>? episodes = null,
        ChunkSelection? selection = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkLength);
        _source = source;
        _random = random;
        _selection = selection ?? ChunkSelection.Uniform;
        BatchSize = batchSize;
        ChunkLength = chunkLength;
        foreach (var episode in episodes ?? [])
        {
            Add(episode);
        }
    }

    /// <summary>Chunks in a batch, B.</summary>
    public int BatchSize { get; }

    /// <summary>Rows in a chunk, L.</summary>
    public int ChunkLength { get; }

    /// <summary>The episodes drawn from, in order: part of the state to save.</summary>
    public IReadOnlyList<string> Episodes => [.. _episodes.Select(episode => episode.Name)];

    /// <summary>State of the generator: the rest of the state to save.</summary>
    public RandomState RandomState => _random.State;

    /// <summary>Appends an episode to the list; it is drawn from the next batch on.</summary>
    /// <param name="name">Name of an episode of the source, not yet in the list.</param>
    /// <param name="batch">Number of the first batch that may hold it: batches drawn so far. Only a selection in periods reads it. Default 0.</param>
    /// <exception cref="ArgumentException">The episode is shorter than a chunk, or in the list already.</exception>
    public void Add(string name, long batch = 0)
    {
        var length = _source.Describe(name).Length;
        if (length < ChunkLength)
        {
            throw new ArgumentException(
                $"Episode {name} has {length} rows, but replay.chunk_length is {ChunkLength} and chunks do not cross the end of an episode: lower replay.chunk_length to {length} or less.");
        }

        if (_episodes.Exists(episode => string.Equals(episode.Name, name, StringComparison.Ordinal)))
        {
            throw new ArgumentException($"Episode {name} is in the sampler's list already: every episode is to be equally likely.");
        }

        _episodes.Add((name, length - ChunkLength + 1, batch));
        _startsUpTo.Add((_startsUpTo.Count == 0 ? 0 : _startsUpTo[^1]) + length - ChunkLength + 1);
        _period = null;
    }

    /// <summary>Decides the next batch: for each chunk an episode and a start. Reads no episode.</summary>
    /// <param name="batch">Number of the batch, from 0. Only a selection in periods reads it. Default 0.</param>
    /// <exception cref="InvalidOperationException">The list of episodes is empty.</exception>
    public ChunkOrigin[] Draw(long batch = 0)
    {
        if (_episodes.Count == 0)
        {
            throw new InvalidOperationException("There are no episodes to draw from: collect at least one (schedule.seed_episodes).");
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

    /// <summary>Cuts chunks out of their episodes. Uses no randomness and may run on any thread.</summary>
    /// <param name="origins">What <see cref="Draw"/> returned.</param>
    /// <param name="reuse">A batch whose arrays may be overwritten and returned. Default null: new arrays.</param>
    /// <exception cref="InvalidOperationException">The episodes disagree about the size of images or actions.</exception>
    public ChunkBatch Gather(ChunkOrigin[] origins, ChunkBatch? reuse = null)
    {
        ArgumentNullException.ThrowIfNull(origins);
        ArgumentOutOfRangeException.ThrowIfZero(origins.Length);
        var first = _source.Load(origins[0].Episode);
        var batch = Prepare(first, origins, reuse);
        var (imageBytes, actionSize, length) = (first.ImageShape.Bytes, first.ActionSize, ChunkLength);
        for (var i = 0; i < origins.Length; i++)
        {
            var start = origins[i].Start;
            var episode = _source.Load(origins[i].Episode);
            if (episode.ImageShape != first.ImageShape || episode.ActionSize != actionSize)
            {
                throw new InvalidOperationException(
                    $"Episode {episode.Name} has {episode.ImageShape} and actions of {episode.ActionSize} numbers, episode {first.Name} {first.ImageShape} and {actionSize}: keep the episodes of different tasks in different folders or pad their actions.");
            }

            episode.Image.AsSpan(start * imageBytes, length * imageBytes).CopyTo(batch.Images.AsSpan(i * length * imageBytes));
            episode.Action.AsSpan(start * actionSize, length * actionSize).CopyTo(batch.Actions.AsSpan(i * length * actionSize));
            episode.Reward.AsSpan(start, length).CopyTo(batch.Rewards.AsSpan(i * length));
        }

        return batch;
    }

    /// <summary>The next batch: <see cref="Draw"/>, then <see cref="Gather"/>.</summary>
    /// <param name="reuse">A batch whose arrays may be overwritten and returned. Default null: new arrays.</param>
    /// <param name="batch">Number of the batch, from 0. Only a selection in periods reads it. Default 0.</param>
    public ChunkBatch Sample(ChunkBatch? reuse = null, long batch = 0)
    {
        return Gather(Draw(batch), reuse);
    }

    private ChunkOrigin DrawFrom(int index)
    {
        var (name, starts, _) = _episodes[index];
        return new ChunkOrigin(name, _random.NextInt32(starts));
    }

    private ChunkOrigin DrawFlat()
    {
        var drawn = _random.NextInt32(checked((int)_startsUpTo[^1]));
        var found = _startsUpTo.BinarySearch(drawn + 1L);
        var index = found < 0 ? ~found : found;
        var (name, starts, _) = _episodes[index];
        return new ChunkOrigin(name, (int)(drawn - (_startsUpTo[index] - starts)));
    }

    private int EpisodeOf(ChunkSelection.PeriodSelection periods, long chunk)
    {
        var (number, place) = Math.DivRem(chunk, ChunkSelection.PeriodSelection.Length);
        if (_period?.Number != number)
        {
            _period = (number, periods.Order(number, number == 0 ? 0 : KnownAt(number - 1), KnownAt(number)));
        }

        return _period.Value.Order[place];
    }

    // Episodes that were there when a period began: the first of the list. A period that begins inside a batch sees what the batch sees.
    private int KnownAt(long period)
    {
        var batch = period * ChunkSelection.PeriodSelection.Length / BatchSize;
        var later = _episodes.FindIndex(episode => episode.Batch > batch);
        return later <= 0 ? _episodes.Count : later;
    }

    private ChunkBatch Prepare(Episode like, ChunkOrigin[] origins, ChunkBatch? reuse)
    {
        if (reuse is not null && reuse.BatchSize == origins.Length && reuse.ChunkLength == ChunkLength && reuse.ImageShape == like.ImageShape
            && reuse.ActionSize == like.ActionSize)
        {
            origins.CopyTo(reuse.Origins, 0);
            return reuse;
        }

        var rows = origins.Length * ChunkLength;
        return new ChunkBatch(
            origins.Length,
            ChunkLength,
            like.ImageShape,
            like.ActionSize,
            GC.AllocateUninitializedArray<byte>(checked(rows * like.ImageShape.Bytes)),
            new float[rows * like.ActionSize],
            new float[rows],
            [.. origins]);
    }
}
