using PlaNet.Inspection;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs.Checkpoints;

namespace PlaNet.Runs.Results;

/// <summary>Held-out episodes of a run, and the mean image of its training episodes as a baseline of predictions.</summary>
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
        Longest = episodes.Max(episode => episode.Length);
    }

    /// <summary>The held-out episodes, in the order in which they were recorded.</summary>
    public IReadOnlyList<Episode> Episodes { get; }

    /// <summary>Frames of the longest held-out episode.</summary>
    public int Longest { get; }

    /// <summary>Opens the episodes of a run that its newest checkpoint lists.</summary>
    /// <param name="run">The run directory, absolute or relative to the working directory.</param>
    /// <param name="schedule">Schedule of the run's experiment.</param>
    /// <param name="state">State of the checkpoint.</param>
    /// <exception cref="RunException">
    /// The run has no held-out or no training episodes yet, or a listed episode cannot be read.
    /// </exception>
    public static HeldOutData Open(string run, ScheduleOptions schedule, RunState state)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(state);
        var folder = new RunFolder(Path.GetFullPath(run));
        if (!schedule.Plays)
        {
            throw new RunException(
                $"{folder.Path} has no held-out episodes: its schedule.collect is none. Train a run that plays episodes, with "
                + "schedule.test_episodes=1 or more, to test the model on unseen episodes.");
        }

        if (schedule.TestEpisodes == 0 && state.TestEpisodes.Count == 0)
        {
            throw new RunException(
                $"{folder.Path} has no held-out episodes: its schedule.test_episodes is 0. " +
                "Train a run with schedule.test_episodes=1 or more to test the model on unseen episodes.");
        }

        if (state.TestEpisodes.Count == 0 || state.TrainEpisodes.Count == 0)
        {
            throw new RunException(
                $"{folder.Path} has {state.TrainEpisodes.Count} training and {state.TestEpisodes.Count} held-out episodes in its newest " +
                "checkpoint, but at least one of each is needed. Let 'planet train' collect them first.");
        }

        foreach (var episodes in new[] { folder.TestEpisodes, folder.TrainEpisodes }.Where(episodes => !Directory.Exists(episodes)))
        {
            throw new RunException($"There is no folder {episodes}, but the checkpoint lists episodes in it. Put it back from a copy.");
        }

        const long Memory = 256L << 20;
        var test = EpisodeStore.Open(folder.TestEpisodes, Memory, readOnly: true);
        var train = EpisodeStore.Open(folder.TrainEpisodes, Memory, readOnly: true);
        return new HeldOutData(test, train, state, [.. state.TestEpisodes.Select(episode => Load(test, episode))]);
    }

    /// <summary>
    /// Sequences spread evenly over the held-out episodes that are long enough. The first one of each episode starts at the first frame.
    /// </summary>
    /// <param name="count">Number of sequences; at least 1.</param>
    /// <param name="context">Frames that the model sees; at least 1.</param>
    /// <param name="horizon">Frames that the model predicts; at least 1.</param>
    /// <exception cref="RunException">Every episode is too short.</exception>
    public IReadOnlyList<Sequence> Sequences(int count, int context, int horizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(context, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        var length = (long)context + horizon;
        if (Longest < length)
        {
            var remedy = Longest > context ? $"Lower --horizon to {Longest - context} or less."
                : Longest > 1 ? $"Lower --context to {Longest - 1} or less, and --horizon to what is left."
                : "Train a run with longer episodes.";
            throw new RunException(
                $"The longest of the {Episodes.Count} held-out episodes has {Longest} frames, but --context {context} and " +
                $"--horizon {horizon} need {length}. {remedy}");
        }

        return Spread([.. Episodes.Where(episode => episode.Length >= length)], count, (int)length);
    }

    /// <summary>
    /// Sequences spread evenly over training episodes that are long enough: of the newest fourth, and of those before them.
    /// </summary>
    /// <param name="episodes">Maximum number of episodes; the newest are used.</param>
    /// <param name="count">Number of sequences of the newest; at least 1. There are three times as many of the others.</param>
    /// <param name="length">Frames of a sequence.</param>
    /// <returns>None if fewer than four episodes are long enough.</returns>
    public (IReadOnlyList<Sequence> Older, IReadOnlyList<Sequence> Newest) TrainingSequences(int episodes, int count, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Episode[] listed =
            [.. _state.TrainEpisodes.TakeLast(episodes).Select(name => Load(_train, name)).Where(episode => episode.Length >= length)];
        var newest = listed.Length / 4;
        return newest == 0 ? ([], []) : (Spread(listed[..^newest], 3 * count, length), Spread(listed[^newest..], count, length));
    }

    private static Sequence[] Spread(Episode[] episodes, int count, int length)
    {
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                var episode = episodes[i % episodes.Length];
                var ofEpisode = ((count - (i % episodes.Length) - 1) / episodes.Length) + 1;
                var room = episode.Length - length;
                return new Sequence(episode, ofEpisode == 1 ? 0 : room * (i / episodes.Length) / (ofEpisode - 1));
            }),
        ];
    }

    /// <summary>Samples a batch of chunks from the held-out episodes.</summary>
    /// <param name="batchSize">Number of chunks, B.</param>
    /// <param name="chunkLength">Rows of a chunk, L.</param>
    /// <param name="seed">Seed of the sampling.</param>
    /// <param name="states">State vectors that the agent observes. Default none.</param>
    /// <exception cref="RunException">
    /// Every held-out episode is shorter than a chunk; those of tasks that can terminate are padded instead.
    /// </exception>
    public ChunkBatch Batch(int batchSize, int chunkLength, ulong seed, IReadOnlyList<StateShape>? states = null)
    {
        var earlyEnds = Episodes.Any(episode => episode.End is not null);
        if (Longest < chunkLength && !earlyEnds)
        {
            throw new RunException(
                $"The longest of the {Episodes.Count} held-out episodes has {Longest} frames, but a chunk has {chunkLength} " +
                $"(replay.chunk_length). Train a run with replay.chunk_length={Longest} or less, or with more schedule.test_episodes.");
        }

        return new ChunkSampler(
            _test,
            batchSize,
            chunkLength,
            RandomStream.Fork(seed, "held out"),
            Episodes.Select(episode => episode.Name),
            earlyEnds: earlyEnds,
            states: states).Sample();
    }

    /// <summary>
    /// Mean squared error of predicting the mean frame of the training episodes, for each step after the context: a baseline without
    /// information about the current state. In the units of <see cref="PredictionErrors"/>.
    /// </summary>
    /// <param name="prediction">The prediction to compare with; its true frames are the targets.</param>
    /// <param name="bits">Bits to which images are quantised.</param>
    /// <param name="episodes">Maximum number of training episodes in the mean; the newest are used. Default 50.</param>
    public IReadOnlyList<double> MeanImageErrors(OpenLoopPrediction prediction, int bits, int episodes = 50)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        var mean = MeanImage(bits, episodes);
        return
        [
            .. Enumerable.Range(prediction.Context, prediction.Length - prediction.Context)
                .Select(time => prediction.Truth.Average(
                    frames => SquaredError(frames.AsSpan(time * mean.Length, mean.Length), mean, bits))),
        ];
    }

    private static double SquaredError(ReadOnlySpan<byte> frame, double[] mean, int bits)
    {
        var sum = 0.0;
        for (var i = 0; i < mean.Length; i++)
        {
            var difference = Centre(frame[i], bits) - mean[i];
            sum += difference * difference;
        }

        return sum / mean.Length;
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

        return [.. sum!.Select(value => value / frames)];
    }

    // Centre of the quantisation bin of a pixel, as a fraction of the full range.
    private static double Centre(byte pixel, int bits)
    {
        return ((pixel >> (8 - bits)) + 0.5) / (1 << bits);
    }

    private static Episode Load(EpisodeStore store, EpisodeReference episode)
    {
        try
        {
            if (store.Contains(episode.Name))
            {
                return store.Load(episode.Name);
            }
        }
        catch (Exception exception) when (exception is EpisodeFileException or IOException or UnauthorizedAccessException)
        {
            throw new RunException(
                $"The checkpoint lists the episode {episode.Name}, but its file in {store.Folder} cannot be read: " +
                $"{(exception is EpisodeFileException unreadable ? unreadable.Reason : exception.Message)} Put the file back from a copy.",
                exception);
        }

        throw new RunException(
            $"The checkpoint lists the episode {episode.Name}, but {store.Folder} contains no readable file of it. " +
            "Put the file back from a copy.");
    }
}
