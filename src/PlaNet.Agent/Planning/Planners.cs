using PlaNet.Experiments;

namespace PlaNet.Planning;

/// <summary>Makes the planner of an experiment.</summary>
public static class Planners
{
    /// <summary>The planner of <see cref="PlannerOptions.Method"/>.</summary>
    /// <param name="options">Valid options (see <see cref="ExperimentValidation"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException">The method is unknown.</exception>
    public static IPlanner Create(PlannerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Method switch
        {
            PlannerMethod.Cem => new CrossEntropyMethod(options),
            PlannerMethod.RandomShooting => new RandomShooting(options),
            PlannerMethod.Icem => new ImprovedCrossEntropyMethod(options),
            PlannerMethod.Mppi => new PathIntegralControl(options),
            PlannerMethod.CemGradient => new GradientRefinement(options),
            _ => throw new ArgumentOutOfRangeException(
                nameof(options),
                options.Method,
                $"Unknown planner: planner.method is one of {string.Join(", ", Enum.GetNames<PlannerMethod>())}."),
        };
    }
}
