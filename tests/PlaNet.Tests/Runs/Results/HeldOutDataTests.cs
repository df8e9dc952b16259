using PlaNet.Inspection;
using PlaNet.Common;
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

    [Fact]
    public void Sequences_begin_at_an_episodes_start_and_spread_to_its_end()
    {
        using var folder = new TemporaryFolder();
        var data = HeldOutData.Open(folder["run"], Record(folder["run"], trainPixels: [0], test: 2, length: 21));
        var sequences = data.Sequences(count: 5, length: 11);
        Assert.Equal([0, 0, 5, 10, 10], sequences.Select(sequence => sequence.Start));
        Assert.Equal([0, 1, 0, 1, 0], sequences.Select(sequence => data.Episodes.ToList().IndexOf(sequence.Episode)));
        Assert.Equal(0, Assert.Single(data.Sequences(count: 1, length: 21)).Start);
        Assert.Contains("21 frames, but 22", Assert.Throws<RunException>(() => data.Sequences(1, 22)).Message);
    }

    [Fact]
    public void The_mean_image_error_compares_the_mean_training_frame_with_the_truth()
    {
        // Frames of one colour: bins 0 and 2 of 32 on average bin 1, and the truth is bin 4.
        using var folder = new TemporaryFolder();
        var data = HeldOutData.Open(folder["run"], Record(folder["run"], trainPixels: [0, 16], test: 1, length: 4));
        var truth = Enumerable.Repeat((byte)(4 * 8), 3 * Shape.Bytes).ToArray();
        var prediction = new OpenLoopPrediction(1, 3, [truth, truth], [truth, truth], new PredictionErrors([], [], [], []));
        var errors = data.MeanImageErrors(prediction, Bits);
        Assert.Equal(2, errors.Count);
        Assert.All(errors, error => Assert.Equal(9.0 / (32 * 32), error, 12));
    }

    [Fact]
    public void A_run_without_its_held_out_episodes_is_refused_with_a_remedy()
    {
        using var folder = new TemporaryFolder();
        var state = Record(folder["run"], trainPixels: [0], test: 1, length: 4);
        var none = Assert.Throws<RunException>(() => HeldOutData.Open(folder["run"], state with { TestEpisodes = [] }));
        Assert.Contains("schedule.test_episodes", none.Message);
        File.Delete(Directory.GetFiles(new RunFolder(folder["run"]).TestEpisodes)[0]);
        Assert.Contains("Put the file back", Assert.Throws<RunException>(() => HeldOutData.Open(folder["run"], state)).Message);
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
                var name = EpisodeName.Create(TimeProvider.System, new RandomStream((ulong)index));
                var image = Enumerable.Repeat(pixel, length * Shape.Bytes).ToArray();
                store.Add(new Episode(name, Shape, 1, image, new float[length], new float[length]));
                return new EpisodeReference(name, store.Sha256(name));
            }),
        ];
    }
}
