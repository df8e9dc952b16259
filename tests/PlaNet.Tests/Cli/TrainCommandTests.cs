using System.Globalization;
using System.Text.Json;
using PlaNet.Cli;
using PlaNet.Runs;
using PlaNet.Runs.Results;
using PlaNet.Runs.Settings;
using PlaNet.Telemetry;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary>Whole runs through <c>planet train</c>: killed, interrupted and resumed.</summary>
public sealed class TrainCommandTests
{
    [Fact]
    public async Task A_run_that_is_killed_repeatedly_ends_like_one_that_was_never_killed()
    {
        using var folder = new TemporaryFolder();
        string[] Train(string run) => ["train", .. SmallRun.Words, "--seed", "3", "--out", folder[run]];
        var (whole, wholeOutput, error) = await PlanetProcess.Run(Train("whole"));
        Assert.True(whole == ExitCode.Success, error);
        Assert.DoesNotContain("resuming", wholeOutput);
        Assert.DoesNotContain('\u001b', wholeOutput + error);
        Assert.DoesNotContain('\r', wholeOutput + error);
        Assert.Equal("DONE\n", File.ReadAllText(folder["whole/state"]));

        // Numbers of threads and a locale with a decimal comma and other capitals do not change the result.
        (string, string)[] elsewhere = [("OMP_NUM_THREADS", "7"), ("LC_ALL", "tr_TR.UTF-8")];

        // During the seed episodes, the first updates, the collection of an episode, and the evaluation. The evaluation hangs, so that
        // the run cannot end before a late kill.
        foreach (var step in new[] { 1, 5, 7, 12 })
        {
            using var planet = PlanetProcess.Start([.. Train("killed"), "--fault=evaluator.evaluate@1=hang"], elsewhere);
            await planet.Logged(folder["killed"], line => line.Values[RunTags.ScheduleStep] >= step);
            await planet.Kill();
            Assert.Equal("RUNNING\n", File.ReadAllText(folder["killed/state"]));
        }

        var (code, output, _) = await PlanetProcess.Run(Train("killed"), elsewhere);
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("resuming from the checkpoint " + folder["killed/checkpoints"], output);
        Assert.Equal("DONE\n", File.ReadAllText(folder["killed/state"]));
        Assert.Equal(SmallRun.Fingerprint(folder["whole"]), SmallRun.Fingerprint(folder["killed"]));
        Assert.Empty(SmallRun.Unfinished(folder["killed"]));

        // Other programs read the files as strict JSON and with aligned numbers.
        Assert.All(File.ReadLines(folder["killed/metrics.jsonl"]), line => JsonDocument.Parse(line).Dispose());
        Assert.All(
            Directory.GetFiles(folder["killed/checkpoints"], "*.safetensors", SearchOption.AllDirectories),
            file => Assert.Equal(0UL, BitConverter.ToUInt64(File.ReadAllBytes(file)) % 8));

        var page = File.ReadAllText(folder["killed/report/index.html"]);
        Assert.Contains("<b>DONE</b><span>state</span>", page);
        Assert.Contains("evaluation-00005.gif", page);
        Assert.Contains("prediction-00005.png", page);
        Assert.Contains(">evaluation (mean, least to best)<", page);
        Assert.Contains(">Image loss<", page);
        Assert.Contains(">Updates per second<", page);
    }

    [Fact]
    public async Task A_run_starts_with_weights_of_another_one_and_its_record_resumes_it()
    {
        using var folder = new TemporaryFolder();
        Assert.True(SmallRun.Run(folder["source"], experiment: ShortRun.Experiment).Complete);
        string[] words = ["train", .. SmallRun.Words, "--out", folder["run"], "--init-from", folder["source"], "--parts", "encoder, reward"];
        var (code, _, error) = await PlanetProcess.Run(words);
        Assert.True(code == ExitCode.Success, error);
        var record = File.ReadAllText(folder["run/experiment.json"]);
        Assert.Contains($"encoder, reward of {folder["source/checkpoints"]}", record);

        Directory.Delete(folder["source"], recursive: true);
        (code, var output, error) = await PlanetProcess.Run(
            ["train", "--experiment", folder["run/experiment.json"], "--out", folder["run"]]);
        Assert.True(code == ExitCode.Success, error);
        Assert.Contains("resuming from the checkpoint", output);
        Assert.Equal(record, File.ReadAllText(folder["run/experiment.json"]));
    }

    [Fact]
    public async Task Ctrl_c_saves_everything_and_the_same_command_resumes()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["train", .. SmallRun.Words, "--out", folder["run"], "--set=schedule.collect_interval=100000"];
        using (var planet = PlanetProcess.Start(words))
        {
            await planet.Logged(folder["run"], line => line.Values.ContainsKey(MetricTags.ImageLoss));
            await planet.Interrupt();
            var (code, output, error) = await planet.End();
            Assert.Equal((ExitCode.Interrupted, ""), (code, error));
            Assert.Contains("interrupted, everything is saved: the same command resumes it", output);
        }

        Assert.Equal("INTERRUPTED\n", File.ReadAllText(folder["run/state"]));
        var last = MetricsLog.Read(folder["run/metrics.jsonl"])
            .Where(line => line.Values.ContainsKey(MetricTags.ImageLoss))
            .Max(line => line.Step);
        using var again = PlanetProcess.Start(words);
        await again.Logged(folder["run"], line => line.Values.ContainsKey(MetricTags.ImageLoss) && line.Step > last);
        await again.Interrupt();
        var (_, resumedOutput, _) = await again.End();
        Assert.Contains($"{last} updates", resumedOutput);
    }

    [Fact]
    public async Task A_run_directory_is_locked_by_one_process_and_its_state_file_records_a_failure()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["train", .. SmallRun.Words, "--out", folder["run"], "--set=schedule.collect_interval=100000"];
        using (var planet = PlanetProcess.Start(words))
        {
            await planet.Logged(folder["run"], line => line.Values.ContainsKey(MetricTags.ImageLoss));
            Refused(await PlanetCommandLine.Run(words), "Another process is running", folder["run"], "--out");
            Refused(await PlanetCommandLine.Run([.. words, "--set=model.depth=2"]), "model.depth 1 -> 2", "--out");
            await planet.Interrupt();
            Assert.Equal(ExitCode.Interrupted, (await planet.End()).Code);
        }

        var episode = Directory.GetFiles(folder["run/episodes/train"])[0];
        File.Delete(episode);
        var failed = await PlanetProcess.Run(words);
        Assert.Equal(ExitCode.UnusableInput, failed.Code);
        Assert.Contains(Path.GetFileNameWithoutExtension(episode), failed.Error);
        Assert.StartsWith("FAILED: ", File.ReadAllText(folder["run/state"]));
        Assert.Contains(Path.GetFileNameWithoutExtension(episode), Assert.Single(File.ReadAllLines(folder["run/state"])));
    }

    [Fact]
    public async Task A_run_resumes_with_other_options_only_with_allow_changes_and_records_the_earlier_ones()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["train", .. SmallRun.Words, "--out", folder["run"]];
        string[] longer = [.. words, "--set=schedule.episodes=5", "--set=optimizer.learning_rate=0.002"];
        Assert.Equal(ExitCode.Success, (await PlanetProcess.Run([.. words, "--set=schedule.episodes=3"])).Code);
        Refused(
            await PlanetCommandLine.Run(longer),
            "optimizer.learning_rate 0.001 -> 0.002, schedule.episodes 3 -> 5", "--out", "--allow-changes");
        Refused(
            await PlanetCommandLine.Run([.. longer, "--allow-changes", "--set=model.depth=2"]),
            "model.depth 1 -> 2 (the model's", "--out");
        var (code, output, error) = await PlanetProcess.Run([.. longer, "--allow-changes"]);
        Assert.True(code == ExitCode.Success, error);
        Assert.Contains("the experiment was changed: optimizer.learning_rate 0.001 -> 0.002, schedule.episodes 3 -> 5", output);
        Assert.Equal("DONE\n", File.ReadAllText(folder["run/state"]));
        var change = Assert.Single(MetricsLog.Read(folder["run/metrics.jsonl"]), line => line.Values.ContainsKey(RunTags.Changes));
        Assert.Equal(2, change.Values[RunTags.Changes]);
        using var record = System.Text.Json.JsonDocument.Parse(File.ReadAllText(folder["run/experiment.json"]));
        var before = Assert.Single(record.RootElement.GetProperty("history").EnumerateArray());
        Assert.Equal(change.Values[RunTags.ScheduleStep], before.GetProperty("until_step").GetDouble());
        Assert.Equal(5, Directory.GetFiles(folder["run/episodes/train"]).Length);
    }

    [Fact]
    public async Task The_settings_of_a_run_are_saved_in_its_directory_and_wrong_ones_are_refused()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["train", .. SmallRun.Words, "--out", folder["run"]];
        File.WriteAllText(folder["planet.conf"], "planet.supervision.max_restarts = -1");
        Refused(
            await PlanetProcess.Run(words, ("PLANET_CONF", folder["planet.conf"])),
            folder["planet.conf"], "supervision.max_restarts is -1", "at least 0");
        File.WriteAllText(folder["planet.conf"], "planet.environment_answer_second = 9");
        Refused(
            await PlanetCommandLine.Run([.. words, "--hocon", folder["planet.conf"]]),
            folder["planet.conf"], "did you mean planet.environment_answer_seconds?");
        Assert.False(Directory.Exists(folder["run"]));
        File.WriteAllText(folder["planet.conf"], "planet { checkpoints_kept = 3 } # the rest by default\nakka.log-dead-letters = on");
        string[] shorter = [.. words, "--set=schedule.episodes=2", "--set=evaluation.episodes=1", "--hocon", folder["planet.conf"]];
        Assert.Equal(ExitCode.Success, (await PlanetProcess.Run(shorter, ("PLANET__SUPERVISION__MAX_RESTARTS", "2"))).Code);
        var settings = HoconSettings.Read([folder["run/settings.conf"]]);
        Assert.Equal(
            new PlanetSettings { CheckpointsKept = 3, Ffmpeg = "", Supervision = new SupervisionSettings { MaxRestarts = 2 } },
            settings.Planet);
        Assert.Equal("on", settings.Akka.GetString("akka.log-dead-letters"));
    }

    [Fact]
    public async Task Restarts_are_counted_and_a_log_is_written_on_request()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["train", .. SmallRun.Words, "--out", folder["run"], "--set=schedule.episodes=3", "--set=evaluation.episodes=1"];
        Refused(await PlanetCommandLine.Run([.. words, "--log", "loud"]), "--log loud", "error, warning, info or debug");
        var (code, output, error) = await PlanetProcess.Run(
            [.. words, "--log", "debug", "--fault", "planner.decide@9=crash"], ("PLANET__SUPERVISION__MIN_BACKOFF_SECONDS", "0"));
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Contains("warning: /run/collector/planner#1: InjectedFaultException: ", output);
        Assert.Contains(
            MetricsLog.Read(folder["run/metrics.jsonl"]),
            line => line.Values.TryGetValue(RunTags.Restarts, out var restarts) && restarts == 1);
        var log = File.ReadAllText(folder["run/run.log"]);
        Assert.Contains(" error /run/collector/planner#1 InjectedFaultException: ", log);
        Assert.Contains(" info /run RunStarted ", log);
        Assert.Contains(" debug ", log);
    }

    [Fact]
    public async Task A_run_can_be_evaluated_and_filmed()
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["run"]);
        string[] words = ["evaluate", "--run", folder["run"], "--episodes", "3", "--seed", "5"];
        var (code, output, error) = await PlanetCommandLine.Run([.. words, "--video", folder["film.gif"]]);
        Assert.Equal((ExitCode.Success, ""), (code, PlanetProcess.WithoutProgress(error)));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("small, 10 updates, 5 episodes collected", lines[0]);
        Assert.Equal(3, lines.Count(line => line.StartsWith("episode ", StringComparison.Ordinal)));
        Assert.Contains("3 episodes: mean ", output);
        Assert.Equal("GIF89a"u8, File.ReadAllBytes(folder["film.gif"]).AsSpan(0, 6));
        Assert.Equal(output.Split("video:")[0], (await PlanetCommandLine.Run(words)).Output);

        var (summed, times, _) = await PlanetCommandLine.Run(["profile", "--run", folder["run"]]);
        Assert.Equal(ExitCode.Success, summed);
        Assert.Matches("learner +updates +10 ", times);
        Assert.Matches("collector +episodes +[0-9]+ ", times);

        var (planned, farther, _) = await PlanetCommandLine.Run([.. words, "--set", "planner.horizon=7"]);
        Assert.Equal(ExitCode.Success, planned);
        Assert.NotEqual(output.Split("video:")[0], farther);
        var (refused, _, reason) = await PlanetCommandLine.Run([.. words, "--set", "planner.horizon=7", "--set", "model.depth=3"]);
        Assert.Equal(ExitCode.UnusableInput, refused);
        Assert.Contains("only options of the planner can be changed", reason);
        Assert.Contains("Give one of the two", (await PlanetCommandLine.Run([.. words, "--random", "--set", "planner.horizon=7"])).Error);
        Assert.Contains(
            "only phases of an experiment can be traced",
            (await PlanetCommandLine.Run(["profile", "--run", folder["run"], "--trace", folder["trace.json"]])).Error);

        var other = await PlanetCommandLine.Run(
            ["view", "--policy", $"run:{folder["run"]}", "--task", "cartpole_balance", "--steps", "2", "--out", folder["other.gif"]]);
        Assert.Equal(ExitCode.UnusableInput, other.Code);
        Assert.Contains("was trained on cartpole_swingup. Leave --task out", other.Error);

        foreach (var checkpoint in Directory.GetDirectories(folder["run/checkpoints"]))
        {
            File.WriteAllText(Path.Combine(checkpoint, "model.safetensors"), "half");
        }

        var damaged = await PlanetCommandLine.Run(words);
        Assert.Equal(ExitCode.UnusableInput, damaged.Code);
        Assert.Contains("has no intact checkpoint (2 damaged; the newest is ", damaged.Error);
        Assert.Contains("repeat the 'planet train' command", damaged.Error);
        Assert.Equal(damaged.Error.Length - 1, damaged.Error.IndexOf('\n'));
    }

    [Fact]
    public async Task A_run_of_several_tasks_is_evaluated_and_shown_in_each()
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(
            folder["run"],
            (happened, interrupt) =>
            {
                if (happened is EpisodeCollected)
                {
                    interrupt.Cancel();
                }
            },
            SmallRun.ThreeTasks);
        var (code, output, error) = await PlanetCommandLine.Run(["evaluate", "--run", folder["run"], "--episodes", "2"]);
        Assert.Equal((ExitCode.Success, ""), (code, PlanetProcess.WithoutProgress(error)));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var task in new[] { "cartpole_swingup", "reacher_easy", "cheetah_run" })
        {
            Assert.Equal(2, lines.Count(line => line.StartsWith($"{task}, episode ", StringComparison.Ordinal)));
            Assert.Contains(lines, line => line.StartsWith($"{task}: mean ", StringComparison.Ordinal));
        }

        Assert.Contains("6 episodes: mean ", output);
        string[] view = ["view", "--policy", "run:" + folder["run"], "--out", folder["film.png"], "--size", "8"];
        Assert.Contains("cheetah_run: 4 decisions", (await PlanetCommandLine.Run([.. view, "--task", "cheetah_run"])).Output);
        Refused(
            await PlanetCommandLine.Run([.. view, "--task", "walker_walk"]),
            "--task walker_walk", "cartpole_swingup, reacher_easy, cheetah_run", "name one of them");
    }

    [Fact]
    public async Task A_run_can_be_inspected()
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["run"]);
        File.WriteAllText(folder["planet.conf"], "planet.ffmpeg = \"\"");
        string[] predict = ["predict", "--run", folder["run"], "--hocon", folder["planet.conf"]];
        var (code, output, error) = await PlanetCommandLine.Run(
            [.. predict, "--horizon", "3", "--sequences", "2", "--out", folder["seen"]]);
        Assert.Equal((ExitCode.Success, ""), (code, PlanetProcess.WithoutProgress(error)));
        Assert.Contains("mean of the first 3: prediction ", output);
        Assert.Equal(
            ["prediction.csv", "prediction.gif", "prediction.png"],
            Directory.GetFiles(folder["seen"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var table = File.ReadAllLines(folder["seen/prediction.csv"]);
        Assert.Equal("distance,image,mean_image,last_frame,reward,divergence", table[0]);
        Assert.Equal(["1", "2", "3"], table[1..].Select(line => line.Split(',')[0]));
        Refused(
            await PlanetCommandLine.Run([.. predict, "--horizon", "50"]),
            "9 frames", "--horizon 50 need 55", "Lower --horizon to 4 or less");
        Refused(await PlanetCommandLine.Run([.. predict, "--context", "0"]), "--context 0", "at least 1");

        var (checkedCode, figures, _) = await PlanetCommandLine.Run(["check", "--run", folder["run"]]);
        Assert.Equal(ExitCode.Success, checkedCode);
        Assert.Contains("of 4 dimensions carry under 0.01 nats", figures);
        Assert.Contains("of 8 units vary by less than 0.001", figures);
        Assert.Contains("encoder    dynamics     decoder      reward", figures);
    }

    [Fact]
    public async Task A_check_says_what_the_state_contains_and_how_well_rewards_of_each_size_are_predicted()
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["run"], experiment: SmallRun.Experiment with
        {
            Task = SmallRun.Experiment.Task with { ActionRepeat = 50 },
            Schedule = SmallRun.Experiment.Schedule with { SeedEpisodes = 4, Episodes = 4 },
        });
        var (code, figures, _) = await PlanetCommandLine.Run(["check", "--run", folder["run"]]);
        Assert.Equal(ExitCode.Success, code);
        string[][] rows = [.. figures.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        bool AreNumbers(string[] words) => Array.TrueForAll(
            words, word => word == "-" || double.TryParse(word, CultureInfo.InvariantCulture, out _));
        int Count(string state) => rows.Count(
            row => row.Length == 7 && row[0].StartsWith($"{state}[", StringComparison.Ordinal) && AreNumbers(row[1..]));
        Assert.Equal((3, 2), (Count("position"), Count("velocity")));
        Assert.Equal(4, rows.Count(row => row is [_, "to", _, _, _, _, _, _, _] && AreNumbers([row[0], .. row[2..]])));
    }

    [Fact]
    public async Task A_run_of_short_episodes_is_inspected_or_refused_with_what_to_change()
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["run"], experiment: SmallRun.Experiment with
        {
            Task = SmallRun.Experiment.Task with { ActionRepeat = 250 },
            Schedule = SmallRun.Experiment.Schedule with { SeedEpisodes = 1, Episodes = 1 },
        });
        Refused(
            await PlanetCommandLine.Run(["check", "--run", folder["run"]]),
            "1 held-out episodes has 5 frames", "at least 6", "longer episodes");
        Refused(await PlanetCommandLine.Run(["predict", "--run", folder["run"]]), "has 5 frames", "Lower --context to 4 or less");
        var (code, output, _) = await PlanetCommandLine.Run(["predict", "--run", folder["run"], "--context", "4", "--horizon", "1"]);
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("mean of the first 1: prediction ", output);
        Assert.Equal(ExitCode.Success, (await PlanetCommandLine.Run(["evaluate", "--run", folder["run"], "--episodes", "1"])).Code);
    }

    [Fact]
    public async Task Missing_devices_folders_and_libraries_are_refused_on_one_line_with_a_remedy()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        string[] train = ["train", .. SmallRun.Words];
        string[] run = [.. train, "--out", folder["run"]];
        Refused(await PlanetCommandLine.Run([.. run, "--device", "tpu"]), "--device tpu", "cpu or cuda");
        Refused(
            await PlanetProcess.Run([.. run, "--device", "cuda"], ("CUDA_VISIBLE_DEVICES", "")),
            "--device cuda", "Use cpu", "-p:TorchBackend=cuda");
        Refused(await PlanetCommandLine.Run([.. train, "--out", "/proc/planet"]), "/proc/planet", "--out");
        Refused(await PlanetCommandLine.Run([.. train, "--out", folder["file"]]), folder["file"], "--out");
        Refused(await PlanetProcess.Run(run, ("PLANET_CONF", "/nowhere/planet.conf")), "/nowhere/planet.conf does not exist");
        Assert.False(Directory.Exists(folder["run"]));
        Refused(
            await PlanetProcess.Run(run, ("PLANET_MUJOCO_SHIM", "/nowhere/shim.so")),
            "MuJoCo", "/nowhere/shim.so", "./build.sh --target=Setup");
    }

    private static void Refused((int Code, string Output, string Error) ended, params string[] parts)
    {
        Assert.True(ended.Code == ExitCode.UnusableInput, $"exit code {ended.Code}: {ended.Output}{ended.Error}");
        Assert.StartsWith("planet: ", ended.Error);
        Assert.Single(ended.Error, character => character == '\n');
        Assert.DoesNotContain("Exception", ended.Error);
        Assert.All(parts, part => Assert.Contains(part, ended.Error));
    }
}
