using System.Text.Json;
using PlaNet.Environments.ControlSuite;

namespace PlaNet.Tests.Environments;

/// <summary>
/// Control steps against recorded ones. On the processor they were recorded on, results are equal to the last bit; the tolerances
/// allow for another processor's sine and cosine, and for the walker's chaos.
/// </summary>
public sealed class ReferencePhysicsTests
{
    public static TheoryData<string> Domains => [.. Reference.Domains];

    public static TheoryData<string> Rollouts =>
        [.. Reference.Json("physics/rollouts/index.json").EnumerateArray().Select(rollout => rollout.GetProperty("file").GetString()!)];

    [Theory]
    [MemberData(nameof(Domains))]
    public void Single_control_steps_from_varied_states_lead_to_the_recorded_states(string domain)
    {
        var table = Reference.Csv($"physics/transitions/{domain}.csv");
        foreach (var task in Reference.TasksOf(domain))
        {
            using var environment = Reference.Bare(task.Name);
            for (var row = 0; row < table.Rows.Length; row++)
            {
                var target = table.Columns.Contains("target_x")
                    ? (table[row, "target_x"], table[row, "target_y"])
                    : ((double, double)?)null;
                Reference.Place(environment, table.Vector(row, "qpos"), table.Vector(row, "qvel"), target);
                Assert.Equal(table[row, "ncon"], environment.Physics.Data.ContactCount);
                environment.Physics.Step(table.Vector(row, "action"));
                Compare(table, row, "next_", environment, 1e-9, $"{task.Name}, row {row}");
            }

            Assert.Equal(160, table.Rows.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Rollouts))]
    public void Whole_rollouts_stay_on_the_recorded_path(string file)
    {
        var rollout = Reference.Json("physics/rollouts/index.json")
            .EnumerateArray()
            .Single(entry => entry.GetProperty("file").GetString() == file);
        var domain = rollout.GetProperty("domain").GetString()!;
        var table = Reference.Csv($"physics/{file}");
        Assert.Equal(251, table.Rows.Length);
        foreach (var task in Reference.TasksOf(domain))
        {
            using var environment = Reference.Bare(task.Name);
            Assert.Equal(rollout.GetProperty("n_sub_steps").GetInt32(), environment.Physics.PhysicsSteps);
            Place(environment, rollout);
            Compare(table, 0, string.Empty, environment, 1e-9, $"{task.Name}, at the start");
            for (var t = 1; t < table.Rows.Length; t++)
            {
                environment.Physics.Step(table.Vector(t, "action"));
                if (Tolerance(domain, t) is { } tolerance)
                {
                    Compare(table, t, string.Empty, environment, tolerance, $"{task.Name}, step {t}");
                }
            }
        }
    }

    [Fact]
    public void The_settled_cheetah_is_in_the_state_that_the_original_procedure_recorded()
    {
        var table = Reference.Csv("physics/initial_states/cheetah_run.csv");
        using var environment = Reference.Bare("cheetah_run");
        var data = environment.Physics.Data;
        for (var row = 0; row < table.Rows.Length; row++)
        {
            environment.Physics.Reset(() =>
            {
                table.Vector(row, "pre_qpos").CopyTo(data.Qpos);
                data.ControlStep(200);
            });
            AssertNear(table.Vector(row, "qpos"), data.Qpos, 1e-9, $"qpos of row {row}");
            AssertNear(table.Vector(row, "qvel"), data.Qvel, 1e-9, $"qvel of row {row}");
        }
    }

    private static void Place(SuiteEnvironment environment, JsonElement rollout)
    {
        Reference.Place(
            environment,
            Reference.Numbers(rollout.GetProperty("qpos")),
            Reference.Numbers(rollout.GetProperty("qvel")),
            Reference.Target(rollout.GetProperty("model_edits")));
    }

    private static double? Tolerance(string domain, int step)
    {
        return (domain, step) switch
        {
            ("finger", _) => 1e-7,
            ("walker", <= 50) => 1e-9,
            ("walker", <= 75) => 1e-6,
            ("walker", _) => null,
            _ => 1e-9,
        };
    }

    private static void Compare(Reference.Table table, int row, string prefix, SuiteEnvironment environment, double tolerance, string where)
    {
        var data = environment.Physics.Data;
        AssertNear(table.Vector(row, $"{prefix}qpos"), data.Qpos, tolerance, $"qpos of {where}");
        AssertNear(table.Vector(row, $"{prefix}qvel"), data.Qvel, tolerance, $"qvel of {where}");
        for (var i = 0; i < environment.Spec.States.Count; i++)
        {
            var state = environment.Spec.States[i];
            var values = new double[state.Size];
            environment.ReadState(i, values);
            AssertNear(table.Vector(row, $"{prefix}obs_{state.Name}"), values, tolerance, $"{state.Name} of {where}");
        }

        var reward = table[row, $"{prefix}reward_{Reference.Suffix(environment.Spec.Task)}"];
        Assert.True(
            Math.Abs(reward - environment.EvaluateReward()) <= Math.Max(tolerance, 1e-9),
            $"reward of {where}: {reward}, not {environment.EvaluateReward()}");
        Assert.Equal(table[row, $"{prefix}ncon"], data.ContactCount);
    }

    private static void AssertNear(double[] expected, ReadOnlySpan<double> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance,
                $"{what}, value {i}: {expected[i]:R} expected, {actual[i]:R} found");
        }
    }
}
