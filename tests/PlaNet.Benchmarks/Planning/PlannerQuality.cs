using System.Globalization;
using PlaNet.Experiments;
using PlaNet.Planning;
using PlaNet.Common;
using PlaNet.Runs.Oracle;

namespace PlaNet.Benchmarks.Planning;

/// <summary>
/// Quality of planners with equal numbers of trajectories: on quadratics whose optimum is known, and with the true simulator.
/// </summary>
internal static class PlannerQuality
{
    private const int Horizon = 12;
    private const int Targets = 10;
    private const string Task = "cartpole_swingup";

    /// <summary>Prints the tables: <c>planners quadratic</c>, or <c>planners simulator [episodes] [trajectories ...]</c>.</summary>
    /// <param name="words">Arguments after "planners".</param>
    /// <param name="output">Receives the tables.</param>
    /// <returns>0, or 2 for a usage error.</returns>
    public static int Run(string[] words, TextWriter output)
    {
        set_num_threads(1);
        switch (words)
        {
            case ["quadratic"]:
                Quadratic(output);
                return 0;
            case ["simulator"]:
                Simulator(output, 3, [40, 120]);
                return 0;
            case ["simulator", var episodes, .. { Length: > 0 } budgets]:
                int[] trajectories = [.. budgets.Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
                Simulator(output, int.Parse(episodes, CultureInfo.InvariantCulture), trajectories);
                return 0;
            default:
                output.WriteLine("usage: planners quadratic | planners simulator [EPISODES TRAJECTORIES ...]");
                return 2;
        }
    }

    private static void Quadratic(TextWriter output)
    {
        output.WriteLine("| actions | optimum | trajectories | planner | mean of the largest distance | mean return (optimum 0) |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (var (actionSize, kind) in new[] { (1, "rough"), (1, "smooth"), (6, "rough"), (6, "smooth") })
        {
            foreach (var budget in new[] { 1000, 10000 })
            {
                foreach (var method in Enum.GetValues<PlannerMethod>())
                {
                    var options = PlannerBudgets.Options(method, budget, Horizon, temperature: 0.1);
                    var smooth = string.Equals(kind, "smooth", StringComparison.Ordinal);
                    var (distance, reached) = OverTargets(options, actionSize, smooth);
                    Row(output, $"{actionSize}", kind, $"{options.Trajectories}", Name(method), $"{distance:F3}", $"{reached:F3}");
                }
            }
        }
    }

    private static (double Distance, double Return) OverTargets(PlannerOptions options, int actionSize, bool smooth)
    {
        var (distance, reached) = (0.0, 0.0);
        for (var index = 0; index < Targets; index++)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)index, CPU);
            var target = Target(RandomStream.Fork((ulong)index, "target"), actionSize, smooth);
            var state = zeros([1, 2], dtype: ScalarType.Float64);
            var noise = new GeneratorNoise(generator, ScalarType.Float64);
            var plan = Planners.Create(options).Plan(new QuadraticDynamics(target), state, noise);
            var off = plan.Mean.squeeze(0) - target;
            distance += off.abs().max().item<double>() / Targets;
            reached -= off.square().sum().item<double>() / Targets;
        }

        return (distance, reached);
    }

    // Rough: independent numbers. Smooth: one slow wave per action dimension. Both within [-0.8, 0.8].
    private static Tensor Target(RandomStream random, int actionSize, bool smooth)
    {
        var target = new double[Horizon, actionSize];
        for (var action = 0; action < actionSize; action++)
        {
            var (height, phase) = (random.NextUniform(0.4, 0.8), random.NextUniform(0, 2 * Math.PI));
            for (var step = 0; step < Horizon; step++)
            {
                target[step, action] = smooth ? height * Math.Sin(phase + (Math.PI * step / Horizon)) : random.NextUniform(-0.8, 0.8);
            }
        }

        return tensor(target.Cast<double>().ToArray(), [Horizon, actionSize]);
    }

    private static void Simulator(TextWriter output, int episodes, IReadOnlyList<int> budgets)
    {
        output.WriteLine($"{Task}, {episodes} episodes, horizon {Horizon}:");
        output.WriteLine("| trajectories | planner | returns | mean |");
        output.WriteLine("|---|---|---|---|");
        foreach (var budget in budgets)
        {
            // The simulator has no derivatives to ascend along.
            foreach (var method in Enum.GetValues<PlannerMethod>().Where(method => method != PlannerMethod.CemGradient))
            {
                var options = PlannerBudgets.Options(method, budget, Horizon, temperature: 1);
                double[] returns = [.. Enumerable.Range(0, episodes).Select(episode => Play(options, (ulong)episode))];
                var list = string.Join(", ", returns.Select(value => $"{value:F0}"));
                Row(output, $"{options.Trajectories}", Name(method), list, $"{returns.Average():F0}");
            }
        }
    }

    private static double Play(PlannerOptions options, ulong seed) =>
        OracleRun.Play(Task, options, simulators: 1, episodes: 1, seed, _ => { }, CancellationToken.None).Single();

    private static string Name(PlannerMethod method) => ExperimentOption.Format(method);

    private static void Row(TextWriter output, params ReadOnlySpan<string> cells)
    {
        output.WriteLine($"| {string.Join(" | ", cells)} |");
        output.Flush();
    }
}
