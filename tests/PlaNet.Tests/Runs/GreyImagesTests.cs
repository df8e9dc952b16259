using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Watching;
using PlaNet.Tests.Common;
using PlaNet.Tests.Telemetry.Pictures;

namespace PlaNet.Tests.Runs;

/// <summary>Whole runs of agents that observe grey images (<c>task.image_channels=1</c>).</summary>
public sealed class GreyImagesTests
{
    private static readonly Experiment s_grey = SmallRun.Experiment with
    {
        Task = SmallRun.Experiment.Task with { ImageChannels = 1, ImageSize = 32 },
    };

    [Fact]
    public void A_run_learns_from_them_shows_them_and_resumes_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["whole"], experiment: s_grey);
        Assert.True(complete);
        Assert.Empty(events.OfType<RunWarning>());
        Assert.All(events.OfType<UpdateDone>(), update => Assert.True(update.Metrics.Image > 0));
        Assert.True(File.Exists(Path.Combine(folder["whole"], "videos", "prediction-00005.gif")));
        var store = EpisodeStore.Open(new RunFolder(folder["whole"]).TrainEpisodes, 0, readOnly: true);
        foreach (var entry in store.List())
        {
            var episode = store.Load(entry.Name);
            Assert.Equal(new ImageShape(32, 32, 1), episode.ImageShape);
            Assert.Equal(episode.Length * 32 * 32, episode.Image.Length);
            Assert.True(episode.Image.Distinct().Count() > 20);
        }

        using (var watched = new WatchSession(
            new WatchOptions(folder["whole"], EvaluationTasks.All(s_grey.Task), s_grey.Planner, Seed: 1, torch.CPU) { Elites = 1 }))
        {
            watched.Forward();
            var shown = watched.History.Shown;
            var (frame, reconstruction) = (Decoders.Png(shown.Frame), Decoders.Png(shown.Reconstruction));
            Assert.Equal((32, 32, 1), (frame.Height, frame.Width, frame.Channels));
            Assert.Equal((32, 32, 1), (reconstruction.Height, reconstruction.Width, reconstruction.Channels));
            Assert.Equal(3 * 32, Decoders.Png(shown.Decision!.Plan.Strip).Width);
        }

        SmallRun.AssertResumes(folder, s_grey);
    }

    [Fact]
    public void They_are_the_luma_of_the_images_in_colour_also_from_an_environment_process()
    {
        using var colour = Tasks.Create(s_grey.Task with { ImageChannels = 3 });
        using var grey = Tasks.Create(s_grey.Task);
        using var other = Tasks.Create(s_grey.Task with { Isolation = EnvironmentIsolation.Process });
        var (rgb, seen) = (colour.Reset(3).Image!, grey.Reset(3).Image!);
        Assert.Equal(seen, other.Reset(3).Image);
        Assert.Equal((1, 1), (grey.Spec.Image!.Channels, other.Spec.Image!.Channels));
        Assert.Equal(rgb.Length / 3, seen.Length);
        Assert.All(
            rgb.Chunk(3).Zip(seen),
            pixel => Assert.Equal(
                (0.299 * pixel.First[0]) + (0.587 * pixel.First[1]) + (0.114 * pixel.First[2]), pixel.Second, 0.5001));
        Assert.True(seen.Distinct().Count() > 20);
    }

    [Theory]
    [InlineData(1, 3, "has grey images of 32x32, but task.image_channels is 3. Set task.image_channels=1")]
    [InlineData(3, 1, "has images of 32x32, but task.image_channels is 1. Set task.image_channels=3, or change the program to draw images with 1")]
    [InlineData(1, 1, null)]
    public void A_program_with_other_channels_is_refused_with_the_remedy(int shown, int wanted, string? refusal)
    {
        var worker = EnvironmentWorker.Of(s_grey.Task with { ImageChannels = shown }, actionSize: 1);
        var task = s_grey.Task with
        {
            Command = string.Join(' ', worker.Arguments.Prepend(worker.Program).Select(word => $"\"{word}\"")),
            ImageChannels = wanted,
        };
        if (refusal is null)
        {
            Assert.Equal(1, Tasks.Describe(task).Image!.Channels);
        }
        else
        {
            Assert.Contains(refusal, Assert.Throws<RunException>(() => Tasks.Describe(task)).Message);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void Other_numbers_of_channels_are_refused(int channels)
    {
        var problem = Assert.Single(ExperimentValidation.Validate(new Experiment { Task = new TaskOptions { ImageChannels = channels } }));
        Assert.Equal($"task.image_channels is {channels}: it must be a whole number, 1 or 3; the default is 3", problem.ToString());
    }

    [Fact]
    public void The_default_has_no_part_in_the_hash()
    {
        var experiment = new Experiment();
        string HashWith(int channels) => ExperimentHash.Of(experiment with { Task = experiment.Task with { ImageChannels = channels } });
        Assert.Equal(ExperimentHash.Of(experiment), HashWith(3));
        Assert.NotEqual(ExperimentHash.Of(experiment), HashWith(1));
    }

    [Fact]
    public void An_agent_takes_them_and_refuses_images_in_colour()
    {
        SmallRun.UseOneThread();
        using var learner = new Learner(s_grey, 1, torch.CPU, seed: 1);
        using var agent = new Agent(learner.Model, s_grey.Planner, 1, torch.CPU, explorationNoise: 0, seed: 1);
        Assert.InRange(Assert.Single(agent.Act([new Percept(new byte[32 * 32], [])])[0]), -1, 1);
        Assert.Contains(
            "has 3072 bytes, but the agent takes 32x32 grey images of 1024 bytes",
            Assert.Throws<ArgumentException>(() => agent.Act([new Percept(new byte[32 * 32 * 3], [])])).Message);
    }
}
