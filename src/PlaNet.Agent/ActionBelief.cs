namespace PlaNet;

/// <summary>
/// What an agent believed when it chose an action: the planner's final distribution over the next actions, and the rewards that the model
/// imagines for its plan.
/// </summary>
/// <param name="Action">The chosen action, exploration noise included.</param>
/// <param name="Mean">
/// Mean of the distribution at each step of the horizon, one value per dimension of the action; for discrete actions the probability of
/// each choice.
/// </param>
/// <param name="Stddev">Its standard deviations, of the same shape.</param>
/// <param name="Rewards">
/// The rewards of each step in the model, if the chosen action is followed by the means, or most probable choices, of the later steps and
/// every transition takes its most likely state.
/// </param>
public sealed record ActionBelief(
    IReadOnlyList<float> Action, IReadOnlyList<float[]> Mean, IReadOnlyList<float[]> Stddev, IReadOnlyList<float> Rewards)
{
    /// <summary>Whether actions are choices. Default false.</summary>
    public bool IsDiscrete { get; init; }
}

/// <summary>Looks at the decisions of an agent for the first of its environments. It changes no decision.</summary>
public interface IDecisionObserver
{
    /// <summary>Called before each decision.</summary>
    /// <returns>
    /// Whether <see cref="Decided"/> is called after this decision. It costs one imagined trajectory, next to the hundreds of a decision.
    /// </returns>
    bool BeginDecision();

    /// <summary>A decision was made for which <see cref="BeginDecision"/> returned true.</summary>
    /// <param name="belief">Belief and action for the first environment.</param>
    void Decided(ActionBelief belief);
}
