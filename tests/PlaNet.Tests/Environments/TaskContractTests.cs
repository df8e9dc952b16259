using PlaNet.Environments;
using PlaNet.Environments.ControlSuite;
using PlaNet.MuJoCo;
using PlaNet.Common;

namespace PlaNet.Tests.Environments;

/// <summary>The contract that every registered task fulfils.</summary>
public sealed class TaskContractTests
{
    private static readonly TaskSettings FastPixels = new() { Pixels = new ImageSpec(), RenderQuality = RenderQuality.Fast };

    public static TheoryData<string> Tasks => [.. TaskRegistry.All.Select(task => task.Name)];

    public static TheoryData<string> Originals => [.. TaskRegistry.All.Where(task => task.IsOriginal).Select(task => task.Name)];

    [Fact]
    public void The_tasks_of_the_paper_are_registered_with_their_action_repeats()
    {
        var tasks = TaskRegistry.All.ToDictionary(task => task.Name, task => (task.ActionRepeat, task.ActionSize), StringComparer.Ordinal);
        Assert.Equal(
            [
                "cartpole_balance", "cartpole_balance_sparse", "cartpole_survive", "cartpole_swingup", "cartpole_swingup_sparse",
                "cheetah_run", "cup_catch", "finger_spin", "reacher_easy", "reacher_hard", "walker_run", "walker_stand", "walker_walk",
            ],
            tasks.Keys);
        Assert.Equal((8, 1), tasks["cartpole_swingup"]);
        Assert.Equal((4, 2), tasks["reacher_easy"]);
        Assert.Equal((4, 6), tasks["cheetah_run"]);
        Assert.Equal((2, 2), tasks["finger_spin"]);
        Assert.Equal((4, 2), tasks["cup_catch"]);
        Assert.Equal((2, 6), tasks["walker_walk"]);
    }

    [Theory]
    [MemberData(nameof(Originals))]
    public void An_episode_has_1000_control_steps_with_rewards_from_0_to_1_and_ends_by_its_time_limit(string task)
    {
        using var environment = TaskRegistry.Create(task, new TaskSettings { ActionRepeat = 1 });
        Assert.Equal(1000, environment.Spec.Decisions);
        Assert.False(environment.Spec.Terminates);
        var actions = new RandomStream(1);
        environment.Reset(3);
        for (var step = 1; step <= 1000; step++)
        {
            var result = environment.Step(Draw(actions, environment.Spec.Action));
            Assert.InRange(result.Reward, 0, 1);
            Assert.False(result.Terminated);
            Assert.Equal(step == 1000, result.Truncated);
        }
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Observations_conform_to_the_spec(string task)
    {
        using var environment = TaskRegistry.Create(task, FastPixels with { Pixels = new ImageSpec(48, 80) });
        var definition = TaskRegistry.Find(task);
        Assert.Equal(task, environment.Spec.Task);
        Assert.Equal(definition.ActionSize, environment.Spec.Action.Size);
        Assert.Equal(definition.ActionRepeat, environment.Spec.ActionRepeat);
        Assert.Equal((definition.IsOriginal ? 1000 : 250) / definition.ActionRepeat, environment.Spec.Decisions);
        foreach (var seen in new[] { environment.Reset(5), environment.Step(new float[definition.ActionSize]).Observation })
        {
            Assert.Equal(48 * 80 * 3, seen.Image!.Length);
            Assert.True(seen.Image.Distinct().Count() > 10, "the image is blank");
            Assert.Equal(environment.Spec.States.Select(state => state.Name).Order(), seen.States.Keys.Order());
            foreach (var state in environment.Spec.States)
            {
                Assert.Equal(state.Size, seen.States[state.Name].Length);
                Assert.All(seen.States[state.Name], value => Assert.True(float.IsFinite(value)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void The_same_seed_gives_the_same_episode_bit_for_bit(string task)
    {
        using var first = TaskRegistry.Create(task, FastPixels);
        using var second = TaskRegistry.Create(task, FastPixels);
        var expected = Play(first, seed: 11, decisions: 12);
        Play(second, seed: 12, decisions: 3);
        Assert.Equal(expected, Play(second, seed: 11, decisions: 12));
        Assert.Equal(expected, Play(first, seed: 11, decisions: 12));
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Different_seeds_start_different_episodes(string task)
    {
        using var environment = TaskRegistry.Create(task);
        var starts = new HashSet<string>(StringComparer.Ordinal);
        for (ulong seed = 0; seed < 20; seed++)
        {
            Assert.True(starts.Add(Describe(environment.Reset(seed))), $"seed {seed} repeats a start");
        }
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Earlier_observations_are_not_changed_by_later_steps(string task)
    {
        using var environment = TaskRegistry.Create(task, FastPixels);
        var action = Draw(new RandomStream(2), environment.Spec.Action);
        var first = environment.Reset(1);
        var second = environment.Step(action).Observation;
        var (before, between) = (Describe(first), Describe(second));
        environment.Step(action);
        environment.Reset(2);
        Assert.Equal(before, Describe(first));
        Assert.Equal(between, Describe(second));
        Assert.NotSame(first.Image, second.Image);
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Actions_outside_the_box_are_refused_with_the_task_and_its_bounds_and_leave_the_episode_alone(string task)
    {
        using var environment = TaskRegistry.Create(task);
        var size = environment.Spec.Action.Size;
        environment.Reset(1);
        foreach (var bad in new[] { 1.001f, -1.001f, float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var action = new float[size];
            action[^1] = bad;
            var refusal = Assert.Throws<ArgumentException>(() => environment.Step(action));
            Assert.Contains(task, refusal.Message, StringComparison.Ordinal);
            Assert.Contains("[-1, 1]", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => environment.Step(new float[size + 1]));
        Assert.Throws<ArgumentException>(() => environment.Step([]));
        environment.Step(new float[size]);
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Stepping_without_a_running_episode_is_refused(string task)
    {
        using var environment = TaskRegistry.Create(task, new TaskSettings { ActionRepeat = 1000 });
        var action = new float[environment.Spec.Action.Size];
        Assert.Contains(
            "Reset",
            Assert.Throws<InvalidOperationException>(() => environment.Step(action)).Message,
            StringComparison.Ordinal);
        environment.Reset(1);
        Assert.True(environment.Step(action).Ended);
        Assert.Contains(
            "ended",
            Assert.Throws<InvalidOperationException>(() => environment.Step(action)).Message,
            StringComparison.Ordinal);
        environment.Reset(2);
        Assert.True(environment.Step(action).Ended);
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void A_saved_state_is_restored_bit_for_bit_even_in_another_environment(string task)
    {
        using var environment = Reference.Bare(task);
        using var other = Reference.Bare(task);
        var actions = new RandomStream(9);
        environment.Reset(4);

        // Random actions end an episode of a task that terminates sooner.
        for (var i = 0; i < (environment.Spec.Terminates ? 5 : 40); i++)
        {
            environment.Step(Draw(actions, environment.Spec.Action));
        }

        var (saved, drawn) = (environment.SaveState(), actions.State);
        var expected = Continue(environment, new RandomStream(drawn));
        environment.RestoreState(saved);
        Assert.Equal(expected, Continue(environment, new RandomStream(drawn)));
        other.RestoreState(saved);
        Assert.Equal(expected, Continue(other, new RandomStream(drawn)));
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Padded_action_values_have_no_influence(string task)
    {
        using var plain = TaskRegistry.Create(task);
        using var padded = new PadActions(TaskRegistry.Create(task), plain.Spec.Action.Size + 3);
        var (actions, padding) = (new RandomStream(5), new RandomStream(6));
        Assert.Equal(Describe(plain.Reset(8)), Describe(padded.Reset(8)));
        for (var i = 0; i < 40; i++)
        {
            var action = Draw(actions, plain.Spec.Action);
            var wide = padding.NextDouble() < 0.2 ? [.. action, -1, 1, 1] : action.Concat(Draw(padding, ActionSpec.Unit(3))).ToArray();
            var result = plain.Step(action);
            Assert.Equal(Describe(result), Describe(padded.Step(wide)));
            if (result.Ended)
            {
                break;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void A_physics_warning_is_an_error_that_ends_the_episode(string task)
    {
        using var environment = Reference.Bare(task);
        environment.Reset(1);
        environment.Physics.Data.Qvel[0] = double.NaN;
        var action = new float[environment.Spec.Action.Size];
        Assert.Contains("warning", Assert.Throws<MuJoCoException>(() => environment.Step(action)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => environment.Step(action));
        environment.Reset(1);
        Assert.InRange(environment.Step(action).Reward, 0, 1);
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void The_spec_contains_the_length_of_a_control_step(string task)
    {
        using var environment = TaskRegistry.Create(task);
        var seconds = TaskRegistry.Find(task).Domain switch
        {
            _ when task == "cartpole_survive" => 0.04,
            "cartpole" or "cheetah" => 0.01,
            "walker" => 0.025,
            _ => 0.02,
        };
        Assert.Equal(seconds, environment.Spec.ControlSeconds, 1e-12);
    }

    [Fact]
    public void The_cheetahs_fixed_start_is_the_default_pose_at_rest_after_the_settle()
    {
        using var environment = (SuiteEnvironment)TaskRegistry.Find("cheetah_run").Make(new TaskSettings { FixedStart = true });
        environment.Reset(3);
        var (positions, velocities) = (environment.Physics.Data.Qpos.ToArray(), environment.Physics.Data.Qvel.ToArray());
        var data = environment.Physics.Data;
        data.Reset();
        Assert.All(data.Qpos.ToArray(), value => Assert.Equal(0, value));
        data.ForwardWithoutActuation();
        data.ControlStep(200);
        Assert.Equal(positions, data.Qpos.ToArray());
        Assert.Equal(velocities, data.Qvel.ToArray());
    }

    [Fact]
    public void A_fixed_start_is_the_same_for_every_seed_and_refused_for_tasks_without_one()
    {
        using var environment = TaskRegistry.Create("cheetah_run", new TaskSettings { FixedStart = true });
        Assert.Equal(Describe(environment.Reset(1)), Describe(environment.Reset(2)));
        var refusal = Assert.Throws<ArgumentException>(() => TaskRegistry.Create("walker_walk", new TaskSettings { FixedStart = true }));
        Assert.Contains("cheetah_run", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_tasks_and_impossible_settings_are_refused()
    {
        var refusal = Assert.Throws<ArgumentException>(() => TaskRegistry.Create("cartpole_swing"));
        Assert.Contains("cartpole_swingup", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TaskRegistry.Create("cartpole_swingup", new TaskSettings { ActionRepeat = 0 }));
    }

    [Fact]
    public async Task Environments_in_two_threads_do_not_disturb_each_other()
    {
        string[] tasks = ["walker_walk", "finger_spin", "reacher_easy", "cheetah_run"];
        var alone = tasks.Select(PlayAlone).ToArray();
        var together = await Task.WhenAll(tasks.Select(task => Task.Factory.StartNew(
            () => PlayAlone(task), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal(alone, together);
    }

    private static string PlayAlone(string task)
    {
        using var environment = TaskRegistry.Create(task, FastPixels);
        return Play(environment, seed: 21, decisions: 30);
    }

    private static string Play(IEnvironment environment, ulong seed, int decisions)
    {
        var actions = new RandomStream(seed);
        var log = new List<string> { Describe(environment.Reset(seed)) };
        for (var i = 0; i < decisions; i++)
        {
            var result = environment.Step(Draw(actions, environment.Spec.Action));
            log.Add(Describe(result));
            if (result.Ended)
            {
                break;
            }
        }

        return string.Join('\n', log);
    }

    private static string Continue(SuiteEnvironment environment, RandomStream actions)
    {
        var log = new List<string>();
        StepResult result;
        do
        {
            result = environment.Step(Draw(actions, environment.Spec.Action));
            log.Add(Describe(result));
        }
        while (log.Count < 60 && !result.Ended);

        return string.Join('\n', log);
    }

    private static float[] Draw(RandomStream random, ActionSpec action)
    {
        return [.. action.Low.Zip(action.High, (low, high) => (float)random.NextUniform(low, high))];
    }

    private static string Describe(StepResult result)
    {
        return $"{BitConverter.DoubleToInt64Bits(result.Reward):x} {result.Truncated} {result.Terminated} {Describe(result.Observation)}";
    }

    private static string Describe(Observation seen)
    {
        var states = seen.States.Select(
            state => $"{state.Key}={string.Join(',', state.Value.Select(value => $"{BitConverter.SingleToInt32Bits(value):x}"))}");
        var image = seen.Image is null ? "none" : Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(seen.Image));
        return $"{string.Join(' ', states)} {image}";
    }
}
