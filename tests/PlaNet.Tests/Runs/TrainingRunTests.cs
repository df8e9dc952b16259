using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry;
using PlaNet.Tests.Common;
using PlaNet.Tests.Replay;

namespace PlaNet.Tests.Runs;

public sealed class TrainingRunTests
{
    private static readonly Lazy<IReadOnlyList<string>> s_uninterrupted = new(() => Uninterrupted(SmallRun.Experiment));

    /// <summary>Random actions, chunks sampled as in the original code, and updates after the last episode.</summary>
    private static readonly Experiment s_offline = SmallRun.Experiment with
    {
        Replay = SmallRun.Experiment.Replay with { Sampling = ReplaySampling.Reference },
        Schedule = SmallRun.Experiment.Schedule with
        {
            Collect = CollectionPolicy.Random,
            ExplorationNoise = 1,
            ExplorationNoiseRamp = -20,
            UpdatesAfterCollection = 7,
        },
    };

    private static readonly Lazy<IReadOnlyList<string>> s_uninterruptedOffline = new(() => Uninterrupted(s_offline));

    [Fact]
    public void A_run_follows_the_schedule_and_a_second_start_does_nothing()
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["run"]);
        Assert.True(complete);
        Assert.Equal("SSTUUUUCUUUCEUUUCE", string.Concat(events.Select(Letter)));
        Assert.Equal(10, new RunSchedule(SmallRun.Experiment).Updates);
        var evaluations = events.OfType<EvaluationDone>().ToArray();
        Assert.All(evaluations, evaluation => Assert.Equal(2, evaluation.Returns.Distinct().Count()));
        Assert.All(evaluations, evaluation => Assert.True(new FileInfo(evaluation.Video).Length > 0));
        Assert.All(evaluations, evaluation => Assert.NotNull(evaluation.Test));
        Assert.True(File.Exists(Path.Combine(folder["run"], "videos", "prediction-00005.gif")));
        Assert.All(
            events.OfType<CheckpointSaved>().Zip(events.OfType<CheckpointSaved>().Skip(1)),
            pair => Assert.True(pair.First.Progress.Step < pair.Second.Progress.Step));
        Assert.Empty(SmallRun.Unfinished(folder["run"]));

        var before = SmallRun.Fingerprint(folder["run"]);
        var (completeAgain, secondEvents) = SmallRun.Run(folder["run"]);
        Assert.True(completeAgain);
        Assert.IsType<RunStarted>(Assert.Single(secondEvents));
        Assert.Equal(before, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void Equal_seeds_give_equal_runs_to_the_last_bit_and_other_options_do_not()
    {
        Assert.Equal(s_uninterrupted.Value, Uninterrupted(SmallRun.Experiment));
        var other = SmallRun.Experiment with { Optimizer = SmallRun.Experiment.Optimizer with { LearningRate = 2e-3 } };
        Assert.NotEqual(s_uninterrupted.Value.Single(IsModel), Uninterrupted(other).Single(IsModel));
    }

    [Theory]
    [InlineData(1, "S")]
    [InlineData(6, "U")]
    [InlineData(12, "C")]
    [InlineData(13, "E")]
    public void A_run_interrupted_after_any_step_and_resumed_ends_like_an_uninterrupted_one(int step, string kind)
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["run"], (happened, interrupt) =>
        {
            if (happened.Progress.Step == step && Letter(happened) == kind)
            {
                interrupt.Cancel();
            }
        });
        Assert.False(complete);
        Assert.Equal(step, events[^1].Progress.Step);
        Assert.Contains(events, happened => Letter(happened) == kind && happened.Progress.Step == step);

        var (resumed, rest) = SmallRun.Run(folder["run"]);
        Assert.True(resumed);
        var started = Assert.IsType<RunStarted>(rest[0]);
        Assert.Equal(step, started.Progress.Step);
        Assert.Equal(Path.Combine(folder["run"], "checkpoints", $"{step:D9}"), started.Checkpoint);
        Assert.Equal(s_uninterrupted.Value, SmallRun.Fingerprint(folder["run"]));
        Assert.Empty(SmallRun.Unfinished(folder["run"]));
    }

    [Fact]
    public void A_run_with_every_term_and_a_warm_up_resumes_like_an_uninterrupted_one()
    {
        using var folder = new TemporaryFolder();
        var (complete, _) = SmallRun.Run(
            folder["run"],
            (happened, interrupt) =>
            {
                if (happened.Progress.Updates == 5)
                {
                    interrupt.Cancel();
                }
            },
            SmallRun.EveryTerm);
        Assert.False(complete);
        Assert.True(SmallRun.Run(folder["run"], experiment: SmallRun.EveryTerm).Complete);
        var fingerprint = SmallRun.Fingerprint(folder["run"]);
        Assert.Equal(Uninterrupted(SmallRun.EveryTerm), fingerprint);
        Assert.Contains(fingerprint, line => line.Contains("objectives/overshooting=", StringComparison.Ordinal));
        Assert.Contains(fingerprint, line => line.Contains("optimizer/learning_rate=", StringComparison.Ordinal));
        Assert.Contains(fingerprint, line => line.Contains("test/objectives/overshooting=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(RunStep.Collect, 7, 2)]
    [InlineData(RunStep.Evaluate, 12, 4)]
    public void A_run_interrupted_in_the_middle_of_an_episode_or_an_evaluation_drops_it_and_plays_it_again(
        RunStep during, int saved, int episodes)
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(
            folder["run"],
            (happened, interrupt) =>
            {
                if (happened is DecisionMade { Decision: 3 } decision && decision.Step == during)
                {
                    interrupt.Cancel();
                }
            });
        Assert.False(complete);
        Assert.Equal(saved, events[^1].Progress.Step);
        Assert.Equal(episodes, Directory.GetFiles(Path.Combine(folder["run"], "episodes", "train")).Length);

        Assert.True(SmallRun.Run(folder["run"]).Complete);
        Assert.Equal(s_uninterrupted.Value, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void An_episode_that_was_written_after_the_last_checkpoint_is_reused_and_not_played_again()
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["run"], (happened, interrupt) =>
        {
            if (happened is EpisodeCollected { Step: RunStep.Collect })
            {
                interrupt.Cancel();
            }
        });
        var episodes = Directory.GetFiles(Path.Combine(folder["run"], "episodes", "train"));
        Assert.Equal(3, episodes.Length);
        Directory.Delete(Path.Combine(folder["run"], "checkpoints", "000000008"), recursive: true);

        var (complete, events) = SmallRun.Run(folder["run"]);
        Assert.True(complete);
        Assert.Equal(3, Assert.IsType<RunStarted>(events[0]).Progress.Step);
        Assert.Superset(
            new HashSet<string>(episodes), new HashSet<string>(Directory.GetFiles(Path.Combine(folder["run"], "episodes", "train"))));
        Assert.Equal(s_uninterrupted.Value, SmallRun.Fingerprint(folder["run"]));
    }

    [Theory]
    [InlineData(9, 8)]
    [InlineData(19, 17)]
    [InlineData(22, 21)]
    [InlineData(25, 24)]
    public void A_killed_run_of_random_data_and_further_updates_ends_like_an_undisturbed_one(int step, int checkpoint)
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(
            folder["run"],
            (happened, interrupt) =>
            {
                if (happened.Progress.Step == step)
                {
                    interrupt.Cancel();
                }
            },
            s_offline);

        // A killed process would not have written the checkpoint that an interrupted run writes at its end.
        Directory.Delete(Path.Combine(folder["run"], "checkpoints", $"{step:D9}"), recursive: true);
        var (complete, events) = SmallRun.Run(folder["run"], experiment: s_offline);
        Assert.True(complete);
        Assert.Equal(checkpoint, Assert.IsType<RunStarted>(events[0]).Progress.Step);
        Assert.Equal(s_uninterruptedOffline.Value, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void A_run_of_the_smallest_sizes_is_complete()
    {
        using var folder = new TemporaryFolder();
        var experiment = SmallRun.Experiment with
        {
            Task = SmallRun.Experiment.Task with { ActionRepeat = 600 },
            Planner = new PlannerOptions { Horizon = 1, Iterations = 1, Candidates = 1, Elites = 1 },
            Replay = new ReplayOptions { BatchSize = 1, ChunkLength = 2 },
            Schedule = new ScheduleOptions { SeedEpisodes = 1, TestEpisodes = 0, Episodes = 2, CollectInterval = 1 },
            Evaluation = new EvaluationOptions { Episodes = 1, Every = 1 },
        };
        var (complete, events) = SmallRun.Run(folder["run"], experiment: experiment);
        Assert.True(complete);
        Assert.All(events.OfType<EpisodeCollected>(), collected => Assert.True(double.IsFinite(collected.Return)));
        Assert.Single(events.OfType<EvaluationDone>());
        SmallRun.Run(folder["planless"], experiment: experiment with { Planner = experiment.Planner with { Iterations = 0 } });
    }

    [Fact]
    public void A_run_of_random_data_plans_only_when_it_is_evaluated()
    {
        using var folder = new TemporaryFolder();
        var (_, events) = SmallRun.Run(folder["run"], experiment: s_offline);
        Assert.Equal("SSTUUUUCUUUCEUUUCUUUEUUUUE", string.Concat(events.Select(Letter)));
        var store = EpisodeStore.Open(Path.Combine(folder["run"], "episodes", "train"), 1 << 20, readOnly: true);
        var episodes = store.List().Select(entry => store.Load(entry.Name)).ToArray();
        Assert.Equal(5, episodes.Length);
        Assert.All(episodes, episode => Assert.Null(episode.WeightsVersion));

        // Normal noise with a standard deviation that falls from 1 is sometimes clipped to a bound; uniform actions never are.
        Assert.Contains(episodes, episode => episode.Action.Any(action => Math.Abs(action) == 1));
    }

    [Fact]
    public void An_evaluation_logs_its_mean_its_median_and_its_percentiles()
    {
        using var folder = new TemporaryFolder();
        using (var metrics = new RunMetrics(folder["metrics.jsonl"]))
        {
            metrics.Write(new EvaluationDone(new RunProgress(2, 0, 9, 3, 1), [50, 10, 30, 20, 90], Test: null, "film.gif", 1)
            {
                Evaluated = new RunProgress(2, 0, 3, 1, 0),
            });
        }

        var (step, values) = Assert.Single(MetricsLog.Read(folder["metrics.jsonl"]));
        Assert.Equal((3, 3.0, 15.0), (step, values[MetricTags.Episodes], values[RunTags.ScheduleStep]));
        Assert.Equal(
            [40, 30, 12, 82],
            new[] { MetricTags.EvaluationReturn, MetricTags.EvaluationMedian, MetricTags.EvaluationLow, MetricTags.EvaluationHigh }
                .Select(tag => Math.Round(values[tag], 9)));
        Assert.Equal(90, values[MetricTags.EvaluationReturn + "/4"]);
    }

    [Fact]
    public void A_damaged_checkpoint_is_named_in_a_warning_and_the_older_one_is_used()
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["run"], (happened, interrupt) =>
        {
            if (happened is EpisodeCollected && happened.Progress.Collected == 2)
            {
                interrupt.Cancel();
            }
        });
        var newest = Path.Combine(folder["run"], "checkpoints", "000000012");
        var model = Path.Combine(newest, "model.safetensors");
        var bytes = File.ReadAllBytes(model);
        bytes[^1] ^= 1;
        File.WriteAllBytes(model, bytes);

        var (complete, events) = SmallRun.Run(folder["run"]);
        Assert.True(complete);
        Assert.Equal(8, Assert.IsType<RunStarted>(events[0]).Progress.Step);
        var warning = Assert.IsType<RunWarning>(events[1]);
        Assert.Contains(newest, warning.Message);
        Assert.Contains("model.safetensors differs from its hash", warning.Message);
        Assert.Equal(s_uninterrupted.Value, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void A_missing_or_changed_episode_of_the_checkpoint_stops_the_run_and_is_named()
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["run"], (happened, interrupt) =>
        {
            if (happened.Progress.Step == 3)
            {
                interrupt.Cancel();
            }
        });
        var files = Directory.GetFiles(Path.Combine(folder["run"], "episodes", "train"));
        var changed = File.ReadAllBytes(files[0]);
        File.Copy(files[1], files[0], overwrite: true);
        Assert.Contains(
            $"{Path.GetFileNameWithoutExtension(files[0])} in",
            Assert.Throws<RunException>(() => SmallRun.Run(folder["run"])).Message);
        File.WriteAllBytes(files[0], changed);
        var torn = File.ReadAllBytes(files[1]);
        File.WriteAllBytes(files[1], torn[..^200]);
        var unreadable = Assert.Throws<RunException>(() => SmallRun.Run(folder["run"])).Message;
        Assert.Contains(
            $"1 episodes that the checkpoint lists cannot be read in {Path.GetDirectoryName(files[1])}: {Path.GetFileName(files[1])} (",
            unreadable);
        File.Delete(files[1]);
        var gone = Assert.Throws<RunException>(() => SmallRun.Run(folder["run"])).Message;
        Assert.Contains($"1 of the 2 episodes that the checkpoint lists are missing in {Path.GetDirectoryName(files[1])}", gone);
        Assert.Contains(Path.GetFileNameWithoutExtension(files[1]), gone);
        Assert.Contains("Put them back from a copy", gone);
    }

    [Fact]
    public void Foreign_and_torn_episode_files_are_named_and_left_where_they_are()
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["run"], (happened, interrupt) =>
        {
            if (happened.Progress.Step == 3)
            {
                interrupt.Cancel();
            }
        });
        var episodes = Path.Combine(folder["run"], "episodes", "train");
        string[] foreign = [Path.Combine(episodes, "notes.txt"), Path.Combine(episodes, "20180101T000000-torn.npz")];
        File.WriteAllText(foreign[0], "mine");
        File.WriteAllBytes(foreign[1], File.ReadAllBytes(Directory.GetFiles(episodes, "*.npz")[0])[..500]);
        var (_, events) = SmallRun.Run(folder["run"], (happened, interrupt) =>
        {
            if (happened is UpdateDone)
            {
                interrupt.Cancel();
            }
        });
        Assert.IsType<UpdateDone>(events[^2]);
        Assert.All(
            foreign,
            path => Assert.Contains(
                events.OfType<RunWarning>(), warning => warning.Message.Contains(path, StringComparison.Ordinal)));
        Assert.All(foreign, path => Assert.True(File.Exists(path)));
    }

    [Fact]
    public void Damaged_files_of_the_next_episode_are_named_once_and_it_is_played_again()
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["run"], (happened, interrupt) =>
        {
            if (happened is EpisodeCollected { Step: RunStep.Collect })
            {
                interrupt.Cancel();
            }
        });
        var episodes = Path.Combine(folder["run"], "episodes", "train");
        var store = EpisodeStore.Open(episodes, 0, readOnly: true);
        var good = store.Load(store.List()[0].Name);
        var ending = EpisodeName.EndingOf(RunSchedule.SeedOf(3, RunStep.Collect, 1));
        string[] damaged =
        [
            .. DamagedEpisode.Kinds.Select((_, index) => Path.Combine(episodes, $"202001{index + 1:D2}T000000-{ending}.npz"))
        ];
        foreach (var (path, kind) in damaged.Zip(DamagedEpisode.Kinds))
        {
            File.WriteAllBytes(path, DamagedEpisode.Bytes(good, kind.Kind));
        }

        // A role that is replaced says nothing again.
        var (complete, events) = SmallRun.Run(folder["run"], faults: "replay.sample@2=crash");
        Assert.True(complete);
        Assert.All(
            damaged,
            path => Assert.Single(
                events.OfType<RunWarning>(), warning => warning.Message.Contains(path, StringComparison.Ordinal)));
        Assert.Equal(
            damaged.Length,
            events.OfType<RunWarning>().Count(warning => warning.Message.Contains(" is not used: ", StringComparison.Ordinal)));
        Assert.Equal(damaged.Length, File.ReadAllLines(Path.Combine(folder["run"], "unused.txt")).Length);

        // Nor does a run that is started again.
        Assert.IsType<RunStarted>(Assert.Single(SmallRun.Run(folder["run"]).Events));
        Array.ForEach(damaged, File.Delete);
        Assert.Equal(s_uninterrupted.Value, SmallRun.Fingerprint(folder["run"]));
    }

    private static IReadOnlyList<string> Uninterrupted(Experiment experiment)
    {
        using var folder = new TemporaryFolder();
        Assert.True(SmallRun.Run(folder["run"], experiment: experiment).Complete);
        return SmallRun.Fingerprint(folder["run"]);
    }

    private static bool IsModel(string line) => line.StartsWith("model ", StringComparison.Ordinal);

    private static string Letter(RunEvent happened) => happened switch
    {
        EpisodeCollected { Step: RunStep.CollectSeedEpisode } => "S",
        EpisodeCollected { Step: RunStep.CollectTestEpisode } => "T",
        EpisodeCollected => "C",
        UpdateDone => "U",
        EvaluationDone => "E",
        _ => "",
    };
}
