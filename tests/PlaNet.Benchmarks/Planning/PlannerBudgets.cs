using PlaNet.Experiments;

namespace PlaNet.Benchmarks.Planning;

/// <summary>Options for comparing planners: as many trajectories per decision as fit a budget.</summary>
internal static class PlannerBudgets
{
    private const int Iterations = 5;

    /// <summary>Options of a method with the most trajectories per decision within a budget.</summary>
    /// <param name="method">The planner.</param>
    /// <param name="trajectories">The budget: trajectories per decision. At least 4.</param>
    /// <param name="horizon">Planning horizon, in decisions.</param>
    /// <param name="temperature">Temperature of path integral control, in units of the return.</param>
    public static PlannerOptions Options(PlannerMethod method, int trajectories, int horizon, double temperature)
    {
        var options = new PlannerOptions
        {
            Method = method,
            Horizon = horizon,
            Iterations = Iterations,
            Mppi = new MppiOptions { Temperature = temperature, NoiseStddev = 0.5 },

            // A fifth of the budget goes to the gradient ascent, which evaluates every sample eleven times.
            Gradient = new GradientOptions { Steps = 10, Samples = Math.Max(1, trajectories / 55) },
        };
        PlannerOptions With(int candidates) => options with { Candidates = candidates, Elites = Math.Max(2, candidates / 10) };
        return Enumerable.Range(4, trajectories).Select(With).Last(choice => choice.Trajectories <= trajectories);
    }
}
