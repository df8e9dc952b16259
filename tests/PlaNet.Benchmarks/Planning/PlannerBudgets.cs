using PlaNet.Experiments;

namespace PlaNet.Benchmarks.Planning;

/// <summary>The options with which planners are compared: as many trajectories a decision as fit a budget.</summary>
internal static class PlannerBudgets
{
    private const int Iterations = 5;

    /// <summary>Options of a method that try at most so many trajectories a decision.</summary>
    /// <param name="method">The method.</param>
    /// <param name="trajectories">The budget.</param>
    /// <param name="horizon">Decisions ahead.</param>
    /// <param name="temperature">Of path integrals, in units of the return.</param>
    public static PlannerOptions Options(PlannerMethod method, int trajectories, int horizon, double temperature)
    {
        var options = new PlannerOptions
        {
            Method = method,
            Horizon = horizon,
            Iterations = Iterations,
            Mppi = new MppiOptions { Temperature = temperature, NoiseStddev = 0.5 },

            // A fifth of the budget goes to the ascent: eleven evaluations, in one sample or more.
            Gradient = new GradientOptions { Steps = 10, Samples = Math.Max(1, trajectories / 55) },
        };
        PlannerOptions With(int candidates) => options with { Candidates = candidates, Elites = Math.Max(2, candidates / 10) };
        return Enumerable.Range(4, trajectories).Select(With).Last(choice => choice.Trajectories <= trajectories);
    }
}
