using PlaNet.Experiments;

namespace PlaNet.Planning;

/// <summary>Makes the planner of an experiment.</summary>
public static class Planners
{
    /// <summary>The methods that plan discrete actions too. The others average or differentiate actions.</summary>
    public static IReadOnlyList<PlannerMethod> OfChoices { get; } = [PlannerMethod.Cem, PlannerMethod.RandomShooting];

    /// <summary>The planner of <see cref="PlannerOptions.Method"/>.</summary>
    /// <param name="options">Valid options (see <see cref="ExperimentValidation"/>).</param>
    /// <param name="discrete">Whether actions are choices. Default false.</param>
    /// <exception cref="ArgumentOutOfRangeException">The method is unknown.</exception>
    /// <exception cref="ArgumentException">Actions are choices, and the method is not in <see cref="OfChoices"/>.</exception>
    public static IPlanner Create(PlannerOptions options, bool discrete = false)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (discrete && ChoicesRefusal(options) is { } refusal)
        {
            throw new ArgumentException(refusal, nameof(options));
        }

        return options.Method switch
        {
            PlannerMethod.Cem when discrete => new CategoricalCrossEntropyMethod(options),
            PlannerMethod.Cem => new CrossEntropyMethod(options),
            PlannerMethod.RandomShooting => new RandomShooting(options, discrete),
            PlannerMethod.Icem => new ImprovedCrossEntropyMethod(options),
            PlannerMethod.Mppi => new PathIntegralControl(options),
            PlannerMethod.CemGradient => new GradientRefinement(options),
            _ => throw new ArgumentOutOfRangeException(
                nameof(options),
                options.Method,
                $"Unknown planner: planner.method is one of {string.Join(", ", Enum.GetNames<PlannerMethod>())}."),
        };
    }

    /// <summary>Why a planner cannot plan discrete actions; null if it can, or if its method is unknown.</summary>
    /// <param name="options">Options of the planner.</param>
    public static string? ChoicesRefusal(PlannerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return OfChoices.Contains(options.Method) || !Enum.IsDefined(options.Method)
            ? null
            : $"planner.method is {ExperimentOption.Format(options.Method)}, which plans continuous actions only: for discrete actions it must "
                + $"be {string.Join(" or ", OfChoices.Select(method => ExperimentOption.Format(method)))}; set planner.method=cem.";
    }
}
