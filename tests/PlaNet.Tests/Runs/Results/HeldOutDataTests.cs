using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Inspection;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Results;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs.Results;

public sealed class HeldOutDataTests
{
    private const int Bits = 5;
    private static readonly ImageShape Shape = new(64, 64);
    private static readonly ScheduleOptions s_schedule = new() { TestEpisodes = 1 };

    [Fact]
    public void Sequences_begin_at_an_episodes_start_and_spread_to_its_end()
    {
        using var folder = new TemporaryFolder();
        var data = HeldOutData.Open(folder["run"], s_schedule, Record(folder["run"], trainPixels: [0], test: 2, length: 21));
        var sequences = data.Sequences(count: 5, context: 5, horizon: 6);
        Assert.Equal([0, 0, 5, 10, 10], sequences.Select(sequence => sequence.Start));
        Assert.Equal([0, 1, 0, 1, 0], sequences.Select(sequence => data.Episodes.ToList().IndexOf(sequence.Episode)));
        Assert.Equal(0, Assert.Single(data.Sequences(count: 1, context: 5, horizon: 16)).Start);
        Assert.Contains(
            "has 21 frames, but --context 5 and --horizon 17 need 22. Lower --horizon to 16",
            Assert.Throws<RunException>(() => data.Sequences(1, 5, 17)).Message);
    }

    [Fact]
    public void The_mean_image_error_compares_the_mean_training_frame_with_the_truth()
    {
        // Frames of one colour: bins 0 and 2 of 32 on average bin 1, and the truth is bin 4.
        using var folder = new TemporaryFolder();
        var data = HeldOutData.Open(folder["run"], s_schedule, Record(folder["run"], trainPixels: [0, 16], test: 1, length: 4));
        var truth = Enumerable.Repeat((byte)(4 * 8), 3 * Shape.Bytes).ToArray();
        var prediction = new OpenLoopPrediction(1, 3, Shape.Height, [truth, truth], [truth, truth], new PredictionErrors([], [], [], []));
        var errors = data.MeanImageErrors(prediction, Bits);
        Assert.Equal(2, errors.Count);
        Assert.All(errors, error => Assert.Equal(9.0 / (32 * 32), error, 12));
    }

    [Fact]
    public void A_run_without_its_held_out_episodes_is_refused_with_a_remedy()
    {
        using var folder = new TemporaryFolder();
        var state = Record(folder["run"], trainPixels: [0], test: 1, length: 4);
        var none = Assert.Throws<RunException>(
            () => HeldOutData.Open(folder["run"], new ScheduleOptions { TestEpisodes = 0 }, state with { TestEpisodes = [] }));
        Assert.Contains("schedule.test_episodes is 0", none.Message);
        var yet = Assert.Throws<RunException>(() => HeldOutData.Open(folder["run"], s_schedule, state with { TestEpisodes = [] }));
        Assert.Contains("1 training and 0 held-out episodes", yet.Message);
        yet = Assert.Throws<RunException>(() => HeldOutData.Open(folder["run"], s_schedule, state with { TrainEpisodes = [] }));
        Assert.Contains("0 training and 1 held-out episodes", yet.Message);
        File.Delete(Directory.GetFiles(new RunFolder(folder["run"]).TestEpisodes)[0]);
        Assert.Contains("Put the file back", Assert.Throws<RunException>(() => HeldOutData.Open(folder["run"], s_schedule, state)).Message);
    }

    [Fact]
    public void Episodes_that_are_too_short_are_left_out_and_refused_with_what_to_lower_if_all_are()
    {
        using var folder = new TemporaryFolder();
        var state = Record(folder["run"], trainPixels: [0], test: 1, length: 4);
        var longer = Add(new RunFolder(folder["run"]).TestEpisodes, [9, 9], length: 7)[1];
        var data = HeldOutData.Open(folder["run"], s_schedule, state with { TestEpisodes = [.. state.TestEpisodes, longer] });
        Assert.Equal((2, 7), (data.Episodes.Count, data.Longest));
        Assert.All(data.Sequences(3, context: 2, horizon: 4), sequence => Assert.Equal(longer.Name, sequence.Episode.Name));
        Assert.All(data.Batch(4, 5, seed: 1).Origins, origin => Assert.Equal(longer.Name, origin.Episode));
        void Refused(Action action, string reason) =>
            Assert.Contains(reason, Assert.Throws<RunException>(action).Message, StringComparison.Ordinal);
        Refused(
            () => data.Sequences(3, 5, 3),
            "The longest of the 2 held-out episodes has 7 frames, but --context 5 and --horizon 3 need 8. Lower --horizon to 2 or less.");
        Refused(() => data.Sequences(3, 7, 1), "Lower --context to 6 or less");
        Refused(() => data.Sequences(1, int.MaxValue, int.MaxValue), "need 4294967294. Lower --context to 6");
        Refused(() => data.Batch(4, 8, seed: 1), "a chunk has 8 (replay.chunk_length). Train a run with replay.chunk_length=7 or less");
    }

    [Fact]
    public void An_episode_that_was_damaged_since_is_named_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        var state = Record(folder["run"], trainPixels: [0], test: 1, length: 4);
        var file = Directory.GetFiles(new RunFolder(folder["run"]).TestEpisodes)[0];
        var bytes = File.ReadAllBytes(file);
        bytes[100] ^= 1;
        File.WriteAllBytes(file, bytes);
        var refused = Assert.Throws<RunException>(() => HeldOutData.Open(folder["run"], s_schedule, state)).Message;
        Assert.Contains(Path.GetFileNameWithoutExtension(file), refused, StringComparison.Ordinal);
        Assert.Contains("Put the file back", refused, StringComparison.Ordinal);
    }

    private static RunState Record(string run, byte[] trainPixels, int test, int length)
    {
        var folder = new RunFolder(run);
        var train = Add(folder.TrainEpisodes, trainPixels, length);
        return RunState.Start(0, "hash") with { TrainEpisodes = train, TestEpisodes = Add(folder.TestEpisodes, new byte[test], length) };
    }

    private static EpisodeReference[] Add(string folder, byte[] pixels, int length)
    {
        var store = EpisodeStore.Open(folder, 1 << 20);
        return
        [
            .. pixels.Select((pixel, index) =>
            {
                var name = EpisodeName.Create(TimeProvider.System, new RandomStream((ulong)((100 * length) + index)));
                var image = Enumerable.Repeat(pixel, length * Shape.Bytes).ToArray();
                store.Add(new Episode(name, Shape, 1, image, new float[length], new float[length]));
                return new EpisodeReference(name, store.Sha256(name));
            }),
        ];
    }
}
