using PlaNet.Inspection;
using PlaNet.Common;
using PlaNet.Replay;
using PlaNet.Runs.Checkpoints;

namespace PlaNet.Runs.Results;

/// <summary>What a run recorded and never learned from, and the mean image of what it did learn from.</summary>
public sealed class HeldOutData
{
    private readonly EpisodeStore _test;
    private readonly EpisodeStore _train;
    private readonly RunState _state;

    private HeldOutData(EpisodeStore test, EpisodeStore train, RunState state, IReadOnlyList<Episode> episodes)
    {
        _test = test;
        _train = train;
        _state = state;
        Episodes = episodes;
    }

    /// <summary>The held-out episodes, in the order in which they were recorded.</summary>
    public IReadOnlyList<Episode> Episodes { get; }

    /// <summary>Opens a run's episodes, as its newest checkpoint lists them.</summary>
    /// <param name="run">The run directory.</param>
    /// <param name="state">The checkpoint's state.</param>
    /// <exception cref="RunException">The run holds nothing out, or a listed episode cannot be read.</exception>
    public static HeldOutData Open(string run, RunState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var folder = new RunFolder(Path.GetFullPath(run));
        if (state.TestEpisodes.Count == 0)
        {
            throw new RunException(
                $"{folder.Path} holds no episode out: its schedule.test_episodes is 0. Train with at least one to judge what the model has not seen.");
        }

        const long Memory = 256L << 20;
        var test = EpisodeStore.Open(folder.TestEpisodes, Memory, readOnly: true);
        var train = EpisodeStore.Open(folder.TrainEpisodes, Memory, readOnly: true);
        return new HeldOutData(test, train, state, [.. state.TestEpisodes.Select(episode => Load(test, episode))]);
    }

    /// <summary>Sequences spread evenly over the held-out episodes, the first of each episode at its beginning.</summary>
    /// <param name="count">Number of sequences; at least 1.</param>
    /// <param name="length">Frames that each must have.</param>
    /// <exception cref="RunException">The episodes are shorter than that.</exception>
    public IReadOnlyList<Sequence> Sequences(int count, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var shortest = Episodes.Min(episode => episode.Length);
        if (shortest < length)
        {
            throw new RunException($"The shortest held-out episode has {shortest} frames, but {length} are asked for. Lower --context or --horizon.");
        }

        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                var episode = Episodes[i % Episodes.Count];
                var ofEpisode = ((count - (i % Episodes.Count) - 1) / Episodes.Count) + 1;
                var room = episode.Length - length;
                return new Sequence(episode, ofEpisode == 1 ? 0 : room * (i / Episodes.Count) / (ofEpisode - 1));
            }),
        ];
    }

    /// <summary>A batch of chunks of the held-out episodes.</summary>
    /// <param name="batchSize">Chunks, B.</param>
    /// <param name="chunkLength">Rows in a chunk, L.</param>
    /// <param name="seed">Decides which.</param>
    public ChunkBatch Batch(int batchSize, int chunkLength, ulong seed)
    {
        return new ChunkSampler(
            _test, batchSize, chunkLength, RandomStream.Fork(seed, "held out"), Episodes.Select(episode => episode.Name)).Sample();
    }

    /// <summary>
    /// Mean squared error of predicting the training episodes' mean frame, by the number of steps since the last seen frame: what knowing
    /// the scene and nothing of the moment gives. In the units of <see cref="PredictionErrors"/>.
    /// </summary>
    /// <param name="prediction">Whose true frames are to be predicted.</param>
    /// <param name="bits">Bits to which images are quantised.</param>
    /// <param name="episodes">Training episodes whose frames are averaged, at most. Default 50, the newest.</param>
    public IReadOnlyList<double> MeanImageErrors(OpenLoopPrediction prediction, int bits, int episodes = 50)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        var mean = MeanImage(bits, episodes);
        return
        [
            .. Enumerable.Range(prediction.Context, prediction.Length - prediction.Context).Select(time => prediction.Truth.Average(frames =>
            {
                var frame = frames.AsSpan(time * mean.Length, mean.Length);
                var sum = 0.0;
                for (var i = 0; i < mean.Length; i++)
                {
                    var difference = Centre(frame[i], bits) - mean[i];
                    sum += difference * difference;
                }

                return sum / mean.Length;
            })),
        ];
    }

    private double[] MeanImage(int bits, int episodes)
    {
        double[]? sum = null;
        var frames = 0L;
        foreach (var listed in _state.TrainEpisodes.TakeLast(episodes))
        {
            var episode = Load(_train, listed);
            var size = episode.ImageShape.Bytes;
            sum ??= new double[size];
            for (var i = 0; i < episode.Image.Length; i++)
            {
                sum[i % size] += Centre(episode.Image[i], bits);
            }

            frames += episode.Length;
        }

        return [.. (sum ?? throw new RunException("The run has collected no episode yet.")).Select(value => value / frames)];
    }

    // The centre of the bin to which a pixel is quantised, in units of the full range.
    private static double Centre(byte pixel, int bits)
    {
        return ((pixel >> (8 - bits)) + 0.5) / (1 << bits);
    }

    private static Episode Load(EpisodeStore store, EpisodeReference episode)
    {
        return store.Contains(episode.Name)
            ? store.Load(episode.Name)
            : throw new RunException($"The checkpoint lists the episode {episode.Name}, which {store.Folder} does not hold in readable form. Put the file back from a copy.");
    }
}
