using System.Diagnostics;
using PlaNet.Cli;
using PlaNet.Environments;
using PlaNet.Environments.Processes;
using PlaNet.Experiments;
using PlaNet.Common;
using PlaNet.Runs;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs.Playing;

/// <summary>Environments in environment processes play the same episodes, and a lost process loses only its unfinished episode.</summary>
public sealed class IsolationTests
{
    private static readonly Lazy<IReadOnlyList<string>> s_inProcess = new(() =>
    {
        using var folder = new TemporaryFolder();
        Assert.True(SmallRun.Run(folder["run"]).Complete);
        return SmallRun.Fingerprint(folder["run"]);
    });

    [Fact]
    public void A_whole_run_in_worker_processes_equals_one_in_this_process_to_the_last_bit()
    {
        using var folder = new TemporaryFolder();
        Assert.True(SmallRun.Run(folder["run"], experiment: Isolated(SmallRun.Experiment)).Complete);
        Assert.Equal(s_inProcess.Value, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void A_worker_pads_and_repeats_actions_and_renders_as_the_experiment_says()
    {
        var tasks = SmallRun.ThreeTasks.Task;
        for (var task = 0; task < tasks.Count; task++)
        {
            AssertSame(tasks, task);
        }

        AssertSame(SmallRun.Experiment.Task with { Name = "cheetah_run", FixedStart = true, ImageSize = 48, RenderQuality = RenderQuality.Reference }, 0);
    }

    [Theory]
    [InlineData(RunStep.Collect, 124, "environment-0")]
    [InlineData(RunStep.Evaluate, 123, "evaluator")]
    public void A_killed_worker_is_replaced_and_its_unfinished_episode_is_dropped_counted_and_played_again(
        RunStep during, int repeat, string source)
    {
        using var folder = new TemporaryFolder();
        var experiment = SmallRun.Experiment with { Task = SmallRun.Experiment.Task with { ActionRepeat = repeat } };
        SmallRun.Run(folder["whole"], experiment: experiment);
        var killed = false;
        var (complete, events) = SmallRun.Run(
            folder["run"],
            (happened, _) =>
            {
                if (!killed && happened is DecisionMade { Decision: 3 } decision && decision.Step == during)
                {
                    killed = true;
                    foreach (var worker in Workers.Of(repeat))
                    {
                        worker.Kill();
                    }
                }
            },
            Isolated(experiment));
        Assert.True(complete);
        Assert.True(killed);
        Assert.Contains(
            events.OfType<RunIncident>(),
            incident => incident.Source == source && (during == RunStep.Evaluate || incident.DroppedEpisodes == 1));
        Assert.Equal(
            SmallRun.Fingerprint(folder["whole"]),
            SmallRun.Fingerprint(folder["run"]).Where(line => !line.Contains("incidents/", StringComparison.Ordinal)));
        Assert.Empty(Workers.Of(repeat));
    }

    [Fact]
    public void A_worker_that_hangs_is_ended_after_its_time_and_a_fresh_one_plays_the_next_episode()
    {
        var task = SmallRun.Experiment.Task with { ActionRepeat = 122, Isolation = EnvironmentIsolation.Process };
        using var environment = Tasks.Create(task, timeouts: new EnvironmentTimeouts(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(3)));
        var before = environment.Reset(1);
        var hanging = Assert.Single(Workers.Of(122));
        Workers.Signal(hanging, "STOP");
        var failure = Assert.Throws<EnvironmentProcessException>(() => environment.Step([0]));
        Assert.Contains("within 3 s", failure.Message);
        Assert.True(hanging.HasExited);
        Assert.Equal(before.Image, environment.Reset(1).Image);
        Assert.NotEqual(hanging.Id, Assert.Single(Workers.Of(122)).Id);
    }

    [Fact]
    public void A_run_that_is_stopped_does_not_wait_for_an_evaluation_that_hangs()
    {
        using var folder = new TemporaryFolder();
        const int Repeat = 119;
        var experiment = SmallRun.Experiment with { Task = SmallRun.Experiment.Task with { ActionRepeat = Repeat } };
        SmallRun.Run(folder["whole"], experiment: experiment);
        var stopped = 0L;
        var (complete, _) = SmallRun.Run(
            folder["run"],
            (happened, interrupt) =>
            {
                if (stopped == 0 && happened is DecisionMade { Step: RunStep.Evaluate, Decision: 3 })
                {
                    foreach (var worker in Workers.Of(Repeat))
                    {
                        Workers.Signal(worker, "STOP");
                    }

                    stopped = Stopwatch.GetTimestamp();
                    interrupt.Cancel();
                }
            },
            Isolated(experiment));
        var waited = Stopwatch.GetElapsedTime(stopped);
        foreach (var worker in Workers.Of(Repeat))
        {
            worker.Kill();
        }

        // Far below the half minute after which an environment process that hangs is ended.
        Assert.False(complete);
        Assert.InRange(waited, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.True(SmallRun.Run(folder["run"], experiment: experiment).Complete);
        Assert.Equal(SmallRun.Fingerprint(folder["whole"]), SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public async Task Workers_end_when_the_run_is_killed()
    {
        using var folder = new TemporaryFolder();
        using var planet = PlanetProcess.Start(
            [
                "train", .. SmallRun.Words, "--set=task.isolation=process", "--set=task.action_repeat=121",
                "--set=schedule.collect_interval=100000", "--out", folder["run"]
            ]);
        await planet.Logged(folder["run"], line => line.Values[RunTags.ScheduleStep] >= 5);
        var worker = Assert.Single(Workers.Of(121));
        await planet.Kill();
        await worker.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Empty(Workers.Of(121));
    }

    [Theory]
    [InlineData("PLANET_GL", "in_process")]
    [InlineData("PLANET_GL", "process")]
    [InlineData("MUJOCO_GL", "process")]
    public async Task A_wrong_opengl_backend_is_refused_before_the_run_is_made(string variable, string isolation)
    {
        using var folder = new TemporaryFolder();
        var (code, _, error) = await PlanetProcess.Run(
            ["train", .. SmallRun.Words, $"--set=task.isolation={isolation}", "--out", folder["run"]],
            ("PLANET_GL", ""),
            (variable, "glx"));
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.StartsWith($"planet: {variable} is 'glx' but must be egl", error);
        Assert.Equal(error.Length - 1, error.IndexOf('\n'));
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public async Task A_backend_that_environment_processes_cannot_open_ends_the_run_at_once()
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = await PlanetProcess.Run(
            ["train", .. SmallRun.Words, "--set=task.isolation=process", "--out", folder["run"]], ("PLANET_GL", "egl-device:99"));
        Assert.True(code == ExitCode.UnusableInput, output + error);
        Assert.StartsWith("planet: task.isolation is process: ", error);
        Assert.Contains("PLANET_GL is egl-device:99, so no other is tried", error);
        Assert.Equal(error.Length - 1, error.IndexOf('\n'));
        Assert.DoesNotContain("Restart", output);
        Assert.StartsWith("FAILED: task.isolation is process: ", File.ReadAllText(folder["run/state"]));
    }

    [Fact]
    public void Environments_in_processes_take_their_steps_at_the_same_time()
    {
        using var folder = new TemporaryFolder();
        using var first = Waiting(folder["first"], folder["second"]);
        using var second = new NormalizeActions(Waiting(folder["second"], folder["first"]));
        using var policy = new RandomPolicy(ActionSpec.Unit(1), [new RandomStream(1), new RandomStream(2)]);
        var episodes = EpisodePlayer.Record(
            [first, second], [1, 2], policy, TimeProvider.System, weightsVersion: null, TestContext.Current.CancellationToken);
        Assert.All(episodes, episode => Assert.Equal(1, episode.Return));
    }

    // Answers a step only once the other environment has received its step too.
    private static ProcessEnvironment Waiting(string own, string other)
    {
        const string Hello =
            """printf '{"protocol":"planet-environment/1","task":"wait","action":{"low":[-1],"high":[1]},"image":{"height":1,"width":1},"control_steps":1}\n'""";
        var script = $$"""
            {{Hello}}; read line; printf '{"bytes":3}\nabc'; read line; touch {{own}}; while [ ! -e {{other}} ]; do sleep 0.01; done
            printf '{"bytes":3,"reward":1,"terminated":false,"truncated":true}\nabc'; read line
            """;
        return new ProcessEnvironment(new ProcessOptions("/bin/sh", "-c", script));
    }

    private static Experiment Isolated(Experiment experiment) =>
        experiment with { Task = experiment.Task with { Isolation = EnvironmentIsolation.Process } };

    private static void AssertSame(TaskOptions options, int task)
    {
        using var here = Tasks.Create(options, task);
        using var there = Tasks.Create(options with { Isolation = EnvironmentIsolation.Process }, task);
        Assert.IsType<ProcessEnvironment>(there);
        Assert.Equal(
            (here.Spec.Task, here.Spec.Image, here.Spec.Action.Size, here.Spec.Decisions, here.Spec.ActionRepeat),
            (there.Spec.Task, there.Spec.Image, there.Spec.Action.Size, there.Spec.Decisions, there.Spec.ActionRepeat));
        Assert.Equal(here.Spec.States, there.Spec.States);
        AssertSame(here.Reset(5), there.Reset(5));
        var random = new RandomStream(9);
        StepResult expected;
        do
        {
            float[] action = [.. Enumerable.Range(0, here.Spec.Action.Size).Select(_ => (float)random.NextUniform(-1, 1))];
            expected = here.Step(action);
            var step = there.Step(action);
            Assert.Equal((expected.Reward, expected.Terminated, expected.Truncated), (step.Reward, step.Terminated, step.Truncated));
            AssertSame(expected.Observation, step.Observation);
        }
        while (!expected.Ended);
    }

    private static void AssertSame(Observation expected, Observation actual)
    {
        Assert.Equal(expected.Image, actual.Image);
        Assert.Equal(expected.States.Keys, actual.States.Keys);
        Assert.All(expected.States, state => Assert.Equal(state.Value, actual.States[state.Key]));
    }
}
