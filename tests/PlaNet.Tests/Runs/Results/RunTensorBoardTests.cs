using System.Diagnostics;
using System.Text;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Schedule;
using PlaNet.Runs.Settings;
using PlaNet.Telemetry;
using PlaNet.Tests.Common;
using PlaNet.Tests.Telemetry.TensorBoard;

namespace PlaNet.Tests.Runs.Results;

/// <summary>The event files of whole runs. <see cref="SmallRun.Fingerprint"/> compares their scalars with the metrics.</summary>
public sealed class RunTensorBoardTests
{
    private static readonly HoconSettings s_off = With(new TelemetrySettings { Tensorboard = false });

    private static readonly HoconSettings s_every = With(new TelemetrySettings { HistogramUpdates = 1 });

    [Fact]
    public void A_run_shows_its_metrics_its_histograms_its_videos_and_its_options()
    {
        using var folder = new TemporaryFolder();
        Assert.True(SmallRun.Run(folder["run"], settings: With(new TelemetrySettings { HistogramUpdates = 4 })).Complete);
        EventFiles.AreThoseOf(folder["run"]);
        var events = EventFileParser.Read(EventFiles.Only(folder["run"]));

        // Updates 1, 5 and 9 of 10.
        var histograms = events.Where(parsed => parsed.Values.Any(value => value.Histogram is not null)).ToArray();
        Assert.Equal([1, 5, 9], histograms.Select(parsed => parsed.Step));
        Assert.All(histograms, parsed => Assert.Equal(
            [
                "latent/posterior_mean", "latent/posterior_stddev", "latent/prior_mean", "latent/prior_stddev",
                "gradients/encoder", "gradients/dynamics", "gradients/decoder", "gradients/reward",
            ],
            parsed.Values.Where(value => value.Histogram is not null).Select(value => value.Tag)));
        Assert.All(
            histograms.SelectMany(parsed => parsed.Values).Where(value => value.Histogram is not null),
            value =>
            {
                var histogram = value.Histogram!;
                Assert.Equal(histogram.Count, histogram.Counts.Sum());
                Assert.Equal(histogram.Limits.Length, histogram.Counts.Length);
                Assert.Equal(histogram.Limits.Order(), histogram.Limits);
                Assert.Equal(double.MaxValue, histogram.Limits[^1]);
            });

        // Batch, time and stochastic size; the standard deviation of the transition model is above 0.1.
        var deviation = histograms[0].Values.Single(value => value.Tag == "latent/posterior_stddev").Histogram!;
        Assert.Equal(2 * 4 * 4, deviation.Count);
        Assert.InRange(deviation.Min, 0.1, deviation.Max);

        // The gradient's norm before clipping is in the metrics.
        Assert.All(histograms, parsed => Assert.Equal(
            parsed.Values.Single(value => value.Tag == MetricTags.GradientNorm).Scalar!.Value,
            Math.Sqrt(parsed.Values
                .Where(value => value.Tag.StartsWith("gradients/", StringComparison.Ordinal))
                .Sum(value => value.Histogram!.SumOfSquares)),
            tolerance: 0.01));

        var evaluations = events.Where(parsed => parsed.Values.Any(value => value.Tag == MetricTags.EvaluationReturn)).ToArray();
        Assert.Equal([7, 10], evaluations.Select(parsed => parsed.Step));
        foreach (var (parsed, episodes) in evaluations.Zip([4, 5]))
        {
            (string Tag, string File)[] expected =
            [
                ("videos/evaluation", $"evaluation-{episodes:D5}.gif"),
                ("videos/prediction", $"prediction-{episodes:D5}.gif"),
                ("videos/prediction_strip", $"prediction-{episodes:D5}.png"),
            ];
            var shown = parsed.Values.Where(value => value.Image is not null).ToDictionary(value => value.Tag, StringComparer.Ordinal);
            Assert.Equal(expected.Select(video => video.Tag), shown.Keys);
            Assert.All(expected, video => Assert.Equal(
                File.ReadAllBytes(folder[$"run/videos/{video.File}"]), shown[video.Tag].Image!.Value.Content));
        }

        // Truth, prediction and their difference, enlarged to twice the size, with gaps of two rows of the original.
        Assert.Equal(
            2 * ((3 * 64) + (2 * 2)), evaluations[0].Values.Single(value => value.Tag == "videos/prediction_strip").Image!.Value.Height);

        var head = events.Single(parsed => parsed.Values.Any(value => value.Plugin is not null)).Values;
        Assert.Equal(
            $"```json\n{File.ReadAllText(folder["run/experiment.json"])}\n```", head.Single(value => value.Tag == "experiment").Text);
        var session = head.Single(value => value.Tag == "_hparams_/session_start_info");
        var names = EventFileParser.Fields(EventFileParser.Fields(session.PluginContent).Single().Bytes)
            .Where(field => field.Number == 1)
            .Select(field => Encoding.UTF8.GetString(EventFileParser.Fields(field.Bytes).Single(entry => entry.Number == 1).Bytes));
        Assert.Equal(["seed", .. ExperimentOptions.All.Where(option => option.DecidesResult).Select(option => option.Path)], names);
    }

    [Fact]
    public void A_run_without_event_files_is_bit_equal_to_one_with_histograms_of_every_update()
    {
        using var folder = new TemporaryFolder();
        Assert.True(SmallRun.Run(folder["off"], settings: s_off, experiment: ShortRun.Experiment).Complete);
        Assert.True(SmallRun.Run(folder["on"], settings: s_every, experiment: ShortRun.Experiment).Complete);
        Assert.Empty(EventFiles.Of(folder["off"]));
        Assert.Contains(EventFiles.Lines(folder["on"]), parsed => parsed.Values.Any(value => value.Histogram is not null));
        Assert.Equal(SmallRun.Fingerprint(folder["off"]), SmallRun.Fingerprint(folder["on"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_that_resumes_from_a_checkpoint_has_every_step_once(bool torn)
    {
        using var folder = new TemporaryFolder();
        Assert.False(SmallRun.Run(
            folder["run"],
            (happened, interrupt) =>
            {
                if (happened is UpdateDone { Progress.Updates: 6 })
                {
                    interrupt.Cancel();
                }
            },
            settings: s_every).Complete);

        // A killed process would not have written the checkpoint that an interrupted run writes at its end.
        var checkpoints = Directory.GetDirectories(folder["run/checkpoints"]).Order(StringComparer.Ordinal).ToArray();
        Directory.Delete(checkpoints[^1], recursive: true);
        if (torn)
        {
            using var file = new FileStream(EventFiles.Only(folder["run"]), FileMode.Open);
            file.SetLength(file.Length - 5);
        }

        var (complete, events) = SmallRun.Run(folder["run"], settings: s_every);
        Assert.True(complete);
        Assert.InRange(Assert.IsType<RunStarted>(events[0]).Progress.Updates, 1, 5);
        EventFiles.AreThoseOf(folder["run"]);
        var updates = EventFiles.Lines(folder["run"]).Where(parsed => parsed.Values.Any(value => value.Tag == MetricTags.ImageLoss));
        var histograms = EventFiles.Lines(folder["run"]).Where(parsed => parsed.Values.Any(value => value.Histogram is not null));
        Assert.Equal(Enumerable.Range(1, 10).Select(step => (long)step), updates.Select(parsed => parsed.Step));
        Assert.Equal(Enumerable.Range(1, 10).Select(step => (long)step), histograms.Select(parsed => parsed.Step));
        Assert.Equal(2, EventFiles.Lines(folder["run"]).Count(parsed => parsed.Values.Any(value => value.Tag == "videos/evaluation")));
    }

    [Fact]
    public void A_role_that_returns_the_run_to_its_checkpoint_leaves_no_step_twice_and_keeps_the_incident()
    {
        using var folder = new TemporaryFolder();
        Assert.True(SmallRun.Run(folder["run"], faults: "learner.update@6=crash,metrics.write@9=torn", settings: s_every).Complete);
        EventFiles.AreThoseOf(folder["run"]);
        var lines = EventFiles.Lines(folder["run"]);
        Assert.Contains(lines, parsed => parsed.Values.Any(value => value.Tag == "incidents/learner"));
        Assert.Equal(10, lines.Count(parsed => parsed.Values.Any(value => value.Tag == "gradients/encoder")));
    }

    [Fact]
    public void A_run_that_began_without_event_files_has_all_its_metrics_once_they_are_on()
    {
        using var folder = new TemporaryFolder();
        Assert.False(SmallRun.Run(
            folder["run"],
            (happened, interrupt) =>
            {
                if (happened is UpdateDone { Progress.Updates: 6 })
                {
                    interrupt.Cancel();
                }
            },
            settings: s_off).Complete);
        Assert.Empty(EventFiles.Of(folder["run"]));
        Assert.True(SmallRun.Run(folder["run"]).Complete);
        EventFiles.AreThoseOf(folder["run"]);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_reported_once_and_does_not_end_the_run()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["run"]);
        RunDirectory.Open(folder["run"], SmallRun.Experiment, 3, new Dictionary<string, string>()).Dispose();

        // An earlier file that cannot be read.
        var earlier = folder["run/events.out.tfevents.0000000005.planet"];
        File.CreateSymbolicLink(earlier, folder["nowhere/file"]);
        var (complete, events) = SmallRun.Run(folder["run"]);
        Assert.True(complete);
        var warning = Assert.Single(events.OfType<RunWarning>());
        Assert.Contains("TensorBoard's event file is no longer written: ", warning.Message);
        Assert.Contains("planet.telemetry.tensorboard = off", warning.Message);

        File.Delete(earlier);
        Assert.Empty(SmallRun.Run(folder["run"]).Events.OfType<RunWarning>());
        EventFiles.AreThoseOf(folder["run"]);
    }

    [Fact]
    public void A_disk_that_is_full_at_the_event_file_ends_the_run_and_the_run_resumes_when_there_is_space()
    {
        using var disk = new SmallDisk(kibibytes: 16384);
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["whole"]);
        var videos = Directory.GetFiles(folder["whole/videos"], "*-00004.*").Sum(path => (int)new FileInfo(path).Length);
        var failure = Assert.Throws<StorageException>(() => SmallRun.Run(
            disk["run"],
            (happened, _) =>
            {
                // Room for the videos of the evaluation and for its line, but not for the videos once more.
                if (happened is DecisionMade { Step: RunStep.Evaluate } && !File.Exists(disk["ballast"]))
                {
                    disk.Fill(leave: videos + (videos / 2));
                }
            }));
        Assert.Equal(StorageProblem.Full, failure.Problem);
        Assert.Contains(EventFiles.Only(disk["run"]), failure.Message);
        Assert.StartsWith("FAILED: The disk is full", File.ReadAllText(disk["run/state"]));
        disk.Empty();
        Assert.True(SmallRun.Run(disk["run"]).Complete);
        Assert.Equal(SmallRun.Fingerprint(folder["whole"]), SmallRun.Fingerprint(disk["run"]));
    }

    [Fact]
    public async Task TensorBoard_itself_finds_the_metrics_the_histograms_and_the_videos()
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("tensorboard", ["--inspect", "--logdir", folder["run"]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        Process? started = null;
        try
        {
            Assert.True(SmallRun.Run(folder["run"], experiment: ShortRun.Experiment).Complete);
            started = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("The program tensorboard is not installed here.");
        }

        using var tensorboard = started!;
        var error = tensorboard.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await tensorboard.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await tensorboard.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(tensorboard.ExitCode == 0, await error);
        string[] tags =
            [MetricTags.ImageLoss, MetricTags.EvaluationReturn, "gradients/encoder", "latent/prior_stddev", "videos/evaluation"];
        Assert.All(tags, tag => Assert.Contains(tag, output));
    }

    private static HoconSettings With(TelemetrySettings telemetry) =>
        SmallRun.NoBackoff with { Planet = SmallRun.NoBackoff.Planet with { Telemetry = telemetry } };
}
