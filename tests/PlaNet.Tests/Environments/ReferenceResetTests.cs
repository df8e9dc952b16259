namespace PlaNet.Tests.Environments;

/// <summary>Starting states follow the distributions of the original resets:
/// two-sample Kolmogorov-Smirnov tests, column by column.</summary>
public sealed class ReferenceResetTests
{
    private const int Samples = 300;

    public static TheoryData<string, string> Tasks =>
        new()
        {
            { "cartpole_balance", "cartpole_balance" },
            { "cartpole_balance_sparse", "cartpole_balance" },
            { "cartpole_swingup", "cartpole_swingup" },
            { "cartpole_swingup_sparse", "cartpole_swingup" },
            { "reacher_easy", "reacher" },
            { "reacher_hard", "reacher" },
            { "cheetah_run", "cheetah_run" },
            { "finger_spin", "finger_spin" },
            { "cup_catch", "ball_in_cup_catch" },
            { "walker_stand", "walker" },
            { "walker_walk", "walker" },
            { "walker_run", "walker" },
        };

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Starting_states_are_distributed_as_recorded(string task, string recorded)
    {
        var table = Reference.Csv($"physics/initial_states/{recorded}.csv");
        using var environment = Reference.Bare(task);
        var model = environment.Physics.Model;
        var drawn = new List<double[]>();
        for (ulong seed = 0; seed < Samples; seed++)
        {
            environment.Reset(seed);
            double[] target = table.Columns.Contains("target_x")
                ? [.. model.Doubles("geom_pos").Row(model.Id(PlaNet.MuJoCo.MjObject.Geom, "target"))[..2]]
                : [];
            drawn.Add([.. target, .. environment.Physics.Data.Qpos, .. environment.Physics.Data.Qvel]);
        }

        var columns = table.Columns.Where(column => column != "seed" && !column.StartsWith("pre_", StringComparison.Ordinal)).ToArray();
        Assert.Equal(columns.Length, drawn[0].Length);
        for (var i = 0; i < columns.Length; i++)
        {
            var expected = Enumerable.Range(0, table.Rows.Length).Select(row => table[row, columns[i]]).ToArray();
            var actual = drawn.Select(state => state[i]).ToArray();
            if (expected.Distinct().Count() == 1)
            {
                Assert.All(actual, value => Assert.Equal(expected[0], value));
            }
            else
            {
                var p = KolmogorovSmirnov(expected, actual);
                Assert.True(p > 1e-4, $"{columns[i]} of {task}: p = {p}");
            }
        }
    }

    [Fact]
    public void The_distribution_test_notices_a_shift_of_half_a_standard_deviation()
    {
        var table = Reference.Csv("physics/initial_states/walker.csv");
        var angles = Enumerable.Range(0, table.Rows.Length).Select(row => table[row, "qpos_2"]).ToArray();
        Assert.True(KolmogorovSmirnov(angles, [.. angles.Select(angle => angle + (0.5 * Math.PI / Math.Sqrt(3)))]) < 1e-4);
    }

    /// <summary>Asymptotic p-value of the two-sample statistic, with Stephens' correction.</summary>
    private static double KolmogorovSmirnov(double[] a, double[] b)
    {
        var distance = a.Concat(b)
            .Max(x => Math.Abs((a.Count(y => y <= x) / (double)a.Length) - (b.Count(y => y <= x) / (double)b.Length)));
        var n = Math.Sqrt(a.Length * b.Length / (double)(a.Length + b.Length));
        var z = (n + 0.12 + (0.11 / n)) * distance;
        if (z < 0.2)
        {
            return 1;
        }

        var sum = 0.0;
        for (var k = 1; k <= 100; k++)
        {
            sum += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2 * k * k * z * z);
        }

        return Math.Clamp(sum, 0, 1);
    }
}
