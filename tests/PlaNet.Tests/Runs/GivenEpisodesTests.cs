using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry.Reports;
using PlaNet.Tests.Common;
using PlaNet.Tests.Replay;

namespace PlaNet.Tests.Runs;

/// <summary>Runs that learn from episodes of a folder.</summary>
public sealed class GivenEpisodesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // Of the sizes of cartpole with images of 32x32; one is shorter than a chunk.
    public GivenEpisodesTests()
    {
        Write(Recordings.Random("b", 6, side: 32, actionSize: 1));
        Write(Recordings.Random("a", 8, side: 32, actionSize: 1, seed: 2));
        Write(Recordings.Random("c", 2, side: 32, actionSize: 1, seed: 3));
        File.WriteAllText(Path.Combine(Episodes, "README.md"), "Other files are ignored.");
    }

    private string Episodes => Directory.CreateDirectory(_folder["episodes"]).FullName;

    private static Experiment Offline { get; } = SmallRun.Experiment with
    {
        Name = "offline",
        Task = SmallRun.Experiment.Task with { ImageSize = 32 },
        Schedule = SmallRun.Experiment.Schedule with { Collect = CollectionPolicy.None, UpdatesAfterCollection = 7 },
    };

    private static Experiment Online { get; } = SmallRun.Experiment with
    {
        Task = SmallRun.Experiment.Task with { ImageSize = 32 },
        Schedule = SmallRun.Experiment.Schedule with { Episodes = 4 },
    };

    public void Dispose()
    {
        _folder.Dispose();
    }

    [Fact]
    public void A_run_learns_from_the_episodes_of_a_folder_and_then_from_its_own()
    {
        var experiment = From(Episodes, Online);
        Assert.Equal(3, experiment.Schedule.SeedEpisodes);
        var (complete, events) = SmallRun.Run(_folder["run"], experiment: experiment);
        Assert.True(complete);
        Assert.Equal(
            [RunStep.CollectTestEpisode, RunStep.Collect], events.OfType<EpisodeCollected>().Select(collected => collected.Step));
        Assert.Single(
            events.OfType<RunWarning>(),
            warning => warning.Message.Contains("fewer rows than replay.chunk_length", StringComparison.Ordinal));
        var state = Newest("run");
        Assert.Equal(["a-given", "b-given", "c-given"], state.TrainEpisodes.Take(3).Select(episode => episode.Name));
        Assert.Equal(4, state.TrainEpisodes.Count);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(Episodes, "a.npz")), File.ReadAllBytes(_folder["run/episodes/train/a-given.npz"]));

        var learnt = Assert.Single(RunReport.FromFolder(_folder["run"]).Highlights, fact => fact.Name == "learnt from").Value;
        Assert.Equal($"3 episode(s) of 16 steps in {Episodes}, sha256 {experiment.Replay.EpisodesHash}", learnt);
    }

    [Fact]
    public void The_names_of_this_runs_own_episodes_are_no_episodes_that_it_has_recorded()
    {
        // The same seed gives the same names.
        Assert.True(SmallRun.Run(_folder["first"], experiment: Online).Complete);
        var experiment = From(_folder["first/episodes/train"], Online with { Schedule = Online.Schedule with { Episodes = 6 } });
        Assert.True(SmallRun.Run(_folder["second"], experiment: experiment).Complete);
        var names = Newest("second").TrainEpisodes.Select(episode => episode.Name).ToArray();
        Assert.Equal(6, names.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal([true, true, true, true, false, false], names.Select(name => name.EndsWith("-given", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("learner.update@1=crash")]
    [InlineData("learner.update@5=crash")]
    [InlineData("replay.sample@3=crash")]
    [InlineData("checkpoint.write@1=crash")]
    public void A_run_without_an_environment_updates_only_and_ends_the_same_after_a_crash(string fault)
    {
        var experiment = From(Episodes, Offline);
        var (complete, events) = SmallRun.Run(_folder["whole"], experiment: experiment);
        Assert.True(complete);
        Assert.Equal(7, events.OfType<UpdateDone>().Count());
        Assert.DoesNotContain(events, happened => happened is EpisodeCollected or EvaluationDone or DecisionMade or RunIncident);
        Assert.Equal(new RunProgress(SeedEpisodes: 3, Updates: 7), Newest("whole").Progress);

        var (again, disturbed) = SmallRun.Run(_folder["run"], experiment: experiment, faults: fault);
        Assert.True(again);
        Assert.NotEmpty(disturbed.OfType<RunIncident>());
        Assert.Equal(SmallRun.Fingerprint(_folder["whole"]), SmallRun.Fingerprint(_folder["run"]));
    }

    [Fact]
    public void An_interrupted_run_is_resumed_bit_for_bit_without_the_folder()
    {
        var experiment = From(Episodes, Offline);
        Assert.True(SmallRun.Run(_folder["whole"], experiment: experiment).Complete);
        foreach (var (index, stop) in ((Predicate<RunEvent>[])
            [happened => happened is RunStarted, happened => happened is UpdateDone { Progress.Updates: 4 }]).Index())
        {
            var run = $"run-{index}";
            var (complete, _) = SmallRun.Run(_folder[run], Stop(stop), experiment);
            Assert.False(complete);

            // As after a kill.
            if (index == 0 && Directory.Exists(_folder[$"{run}/checkpoints"]))
            {
                Directory.Delete(_folder[$"{run}/checkpoints"], recursive: true);
            }

            Directory.Move(Episodes, _folder["moved"]);
            Assert.True(SmallRun.Run(_folder[run], experiment: experiment).Complete);
            Assert.Equal(SmallRun.Fingerprint(_folder["whole"]), SmallRun.Fingerprint(_folder[run]));

            // Another path with the same content is the same run.
            var moved = From(_folder["moved"], experiment);
            Assert.True(SmallRun.Run(_folder[run], experiment: moved).Complete);
            Assert.Equal(_folder["moved"], RunDirectory.Read(_folder[run]).Experiment.Replay.EpisodesFrom);
            Directory.Move(_folder["moved"], _folder["episodes"]);
        }
    }

    [Fact]
    public void A_run_that_was_ended_while_it_copied_the_episodes_copies_the_rest()
    {
        var experiment = From(Episodes, Offline);
        SmallRun.Run(_folder["run"], Stop(happened => happened is RunStarted), experiment);
        File.Delete(_folder["run/given.sha256"]);
        File.Delete(_folder["run/episodes/train/b-given.npz"]);
        File.WriteAllText(_folder["run/episodes/train/a-given.npz"], "torn");
        Assert.True(SmallRun.Run(_folder["run"], experiment: experiment).Complete);

        File.Delete(_folder["run/given.sha256"]);
        Directory.Delete(Episodes, recursive: true);
        var refusal = Assert.Throws<RunException>(() => SmallRun.Run(_folder["run"], experiment: experiment)).Message;
        Assert.Contains("given.sha256 is missing: give the folder", refusal);
    }

    [Fact]
    public void Reading_reports_each_episode()
    {
        var read = new List<(int Done, int Total)>();
        Assert.Equal(3, GivenEpisodes.Take(Episodes, (done, total) => read.Add((done, total))).Count);
        Assert.Equal([(1, 3), (2, 3), (3, 3)], read);
    }

    [Fact]
    public void A_folder_with_other_content_is_refused()
    {
        var experiment = From(Episodes, Offline);
        SmallRun.Run(_folder["run"], Stop(happened => happened is RunStarted), experiment);
        Write(Recordings.Random("d", 6, side: 32, actionSize: 1));
        var refusal = Assert.Throws<RunException>(() => GivenEpisodes.Complete(experiment, null)).Message;
        Assert.StartsWith($"replay.episodes_hash is {experiment.Replay.EpisodesHash}, but the episodes of {Episodes} have ", refusal);
        Assert.Throws<RunException>(() => SmallRun.Run(_folder["run"], experiment: experiment));

        var other = From(Episodes, Offline);
        refusal = Assert.Throws<RunException>(() => SmallRun.Run(_folder["run"], experiment: other)).Message;
        Assert.Contains($"replay.episodes_hash {experiment.Replay.EpisodesHash} -> {other.Replay.EpisodesHash}", refusal);
        refusal = Assert.Throws<RunException>(() => SmallRun.Run(_folder["run"], experiment: other, allowChanges: true)).Message;
        Assert.Contains("(the run has started from its episodes)", refusal);

        File.Delete(Path.Combine(Episodes, "d.npz"));
        var online = experiment with { Schedule = experiment.Schedule with { Collect = CollectionPolicy.Planner } };
        refusal = Assert.Throws<RunException>(() => SmallRun.Run(_folder["run"], experiment: online, allowChanges: true)).Message;
        Assert.Contains("schedule.collect none -> planner (a run plays", refusal);
    }

    [Fact]
    public void A_file_that_is_no_episode_is_named_with_the_reason_and_nothing_is_written()
    {
        var good = File.ReadAllBytes(Path.Combine(Episodes, "a.npz"));
        Refused("torn", good[..^100], "is not a readable episode");
        var flipped = (byte[])good.Clone();
        flipped[good.Length / 2] ^= 0xff;
        Refused("flipped", flipped, "cannot be used: ");
        Refused("far", EpisodeFile.ToBytes(With(2f, 0.5f)), "action 0 of row 1 is 2, but actions must lie in [-1, 1].");
        Refused("reset", EpisodeFile.ToBytes(Recordings.Random("reset", 0, 32, 1)), "it has 1 rows, but must have at least 2");
        Refused("a b", good, "is not a valid name of an episode");
        Refused(new string('n', 91), good, "its name has 91 characters, but must have at most 90.");
        Refused("noreward", Npz(
            ("image", NpyArray.From(new byte[2 * 32 * 32 * 3], 2, 32, 32, 3)),
            ("action", NpyArray.From(new float[2], 2, 1))), "it has no array 'reward'");
        Refused("nan", Npz(
            ("image", NpyArray.From(new byte[2 * 32 * 32 * 3], 2, 32, 32, 3)),
            ("action", NpyArray.From(new float[2], 2, 1)),
            ("reward", NpyArray.From([0f, float.NaN], 2))), "reward holds NaN at position 1");

        void Refused(string name, byte[] content, string reason)
        {
            var file = Path.Combine(Episodes, name + ".npz");
            File.WriteAllBytes(file, content);
            var refusal = Assert.Throws<RunException>(() => GivenEpisodes.Take(Episodes)).Message;
            Assert.StartsWith($"replay.episodes_from: {file} cannot be used: ", refusal);
            Assert.Contains(reason.Replace("is not a readable episode", "", StringComparison.Ordinal), refusal);
            Assert.Contains("move it out of the folder", refusal);
            Assert.Equal(content, File.ReadAllBytes(file));
            File.Delete(file);
        }

        static Episode With(float action, float reward) => new(
            "far", new ImageShape(32, 32), 1, new byte[2 * 32 * 32 * 3], [0, action], [0, reward]);

        static byte[] Npz(params (string Name, NpyArray Array)[] arrays)
        {
            using var stream = new MemoryStream();
            NpzFile.Write(stream, arrays.Select(array => KeyValuePair.Create(array.Name, array.Array)));
            return stream.ToArray();
        }
    }

    [Fact]
    public void Episodes_that_do_not_fit_the_experiment_are_refused_before_anything_is_written()
    {
        Refused(
            Offline with { Task = Offline.Task with { ImageSize = 64 } },
            "its images are 32x32, but task.image_size is 64. Set task.image_size=32.");
        Refused(
            Offline with { Task = Offline.Task with { ImageChannels = 1 } },
            "its images have 3 channel(s), but task.image_channels is 1. Set task.image_channels=3.");
        Refused(
            Offline with { Task = Offline.Task with { Name = "cheetah_run" } },
            "its actions have 1 numbers, but those of the task cheetah_run have 6.");
        Refused(Offline with { Replay = Offline.Replay with { ChunkLength = 10 } }, "the longest episode of");
        var fewer = From(Episodes, Offline);
        var refusal = Assert.Throws<RunException>(() => SmallRun.Run(
            _folder["run"], experiment: fewer with { Schedule = fewer.Schedule with { SeedEpisodes = 2 } })).Message;
        Assert.Contains("Set schedule.seed_episodes=3.", refusal);
        Assert.False(Directory.Exists(_folder["run"]));
        Assert.Contains("there is no folder", Assert.Throws<RunException>(() => From(_folder["none"], Offline)).Message);
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Contains("has no .npz file", Assert.Throws<RunException>(() => From(_folder["empty"], Offline)).Message);

        // More than the run is to have.
        Assert.Contains(
            "schedule.episodes is 2: it must be at least schedule.seed_episodes, which is 3",
            Assert.Throws<ExperimentException>(
                () => From(Episodes, Online with { Schedule = Online.Schedule with { SeedEpisodes = 1, Episodes = 2 } })).Message);

        void Refused(Experiment experiment, string reason)
        {
            Assert.Contains(
                reason, Assert.Throws<RunException>(() => SmallRun.Run(_folder["run"], experiment: From(Episodes, experiment))).Message);
            Assert.False(Directory.Exists(_folder["run"]));
        }
    }

    [Fact]
    public void Episodes_of_state_vectors_are_learnt_from_by_agents_that_observe_them_and_refused_by_others()
    {
        var states = Online with { Task = Online.Task with { Observations = ObservationKind.State } };
        Assert.True(SmallRun.Run(_folder["first"], experiment: states).Complete);
        var recorded = _folder["first/episodes/train"];
        Experiment Observing(ObservationKind kind) => Offline with { Task = Offline.Task with { Observations = kind } };
        var (complete, events) = SmallRun.Run(_folder["run"], experiment: From(recorded, Observing(ObservationKind.State)));
        Assert.True(complete);
        Assert.Equal(7, events.OfType<UpdateDone>().Count());
        Assert.All(events.OfType<UpdateDone>(), update => Assert.True(update.Metrics is { Image: null, State: > 0 }));

        string Refusal(string episodes, ObservationKind kind) => Assert.Throws<RunException>(
            () => SmallRun.Run(_folder["refused"], experiment: From(episodes, Observing(kind)))).Message;
        Assert.Contains("it has no images, but task.observations is image, which needs", Refusal(recorded, ObservationKind.Image));
        Assert.Contains("it has images of 32x32 pixels, but task.observations is state", Refusal(Episodes, ObservationKind.State));
        Assert.Contains(
            "its state vector position has 2 numbers, but must have 3", Refusal(Episodes, ObservationKind.ImageAndState));
        Assert.False(Directory.Exists(_folder["refused"]));
    }

    [Fact]
    public void A_task_that_exists_only_as_episodes_has_the_size_of_their_actions()
    {
        Directory.CreateDirectory(_folder["robot"]);
        File.WriteAllBytes(_folder["robot/a.npz"], EpisodeFile.ToBytes(Recordings.Random("a", 8, side: 32, actionSize: 3)));
        var experiment = From(_folder["robot"], Offline with { Task = Offline.Task with { Name = "my_robot", ActionSize = 3 } });
        Assert.True(SmallRun.Run(_folder["run"], experiment: experiment).Complete);
        using var trained = TrainedModel.Load(_folder["run"], torch.CPU, Assert.Fail);
        Assert.Equal("my_robot", trained.Experiment.Task.Name);
        var refusal = Assert.Throws<RunException>(() => PlaNet.Runs.Playing.Tasks.Create(experiment.Task)).Message;
        Assert.Contains("my_robot exists only as recorded episodes", refusal);
    }

    [Fact]
    public void Options_that_contradict_recorded_episodes_are_refused()
    {
        var given = Offline with { Replay = Offline.Replay with { EpisodesFrom = "x" } };
        Assert.Empty(ExperimentValidation.Validate(given));
        Refused(Offline, "schedule.collect");
        Refused(given with { Schedule = given.Schedule with { UpdatesAfterCollection = 0 } }, "schedule.updates_after_collection");
        Refused(given with { Task = given.Task with { Command = "python3 env.py" } }, "task.command");
        Refused(Online with { Task = Online.Task with { ActionSize = 2 } }, "task.action_size");
        Refused(Online with { Replay = Online.Replay with { EpisodesHash = new string('0', 64) } }, "replay.episodes_hash");
        Refused(given with { Task = given.Task with { Others = "reacher_easy:100" } }, "replay.episodes_from");

        // Hashes of experiments without these options stay as they were.
        Assert.Equal(
            ExperimentHash.Of(given), ExperimentHash.Of(given with { Replay = given.Replay with { EpisodesFrom = "another place" } }));

        static void Refused(Experiment experiment, string path) =>
            Assert.Equal(path, Assert.Single(ExperimentValidation.Validate(experiment)).Path);
    }

    private static Experiment From(string folder, Experiment experiment) => GivenEpisodes.Complete(
        experiment with { Replay = experiment.Replay with { EpisodesFrom = folder } }, run: null).Experiment;

    private static Action<RunEvent, CancellationTokenSource> Stop(Predicate<RunEvent> at) => (happened, interrupt) =>
    {
        if (at(happened))
        {
            interrupt.Cancel();
        }
    };

    private RunState Newest(string run) => new CheckpointStore(_folder[$"{run}/checkpoints"], 2)
        .FindNewest((damaged, reason) => Assert.Fail($"{damaged}: {reason}"))!.Value.State;

    private void Write(Episode episode) =>
        File.WriteAllBytes(Path.Combine(Episodes, episode.Name + EpisodeFile.Extension), EpisodeFile.ToBytes(episode));
}
