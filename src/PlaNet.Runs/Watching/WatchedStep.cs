namespace PlaNet.Runs.Watching;

/// <summary>A step of a watched episode: what the agent saw, what the model made of it, and its decision. Pictures are PNG files.</summary>
public sealed record WatchedStep
{
    /// <summary>Number of decisions before this step.</summary>
    public required int Index { get; init; }

    /// <summary>The frame that the agent saw, of the size of the model's images.</summary>
    public required byte[] Frame { get; init; }

    /// <summary>The frame that the model decodes from its state.</summary>
    public required byte[] Reconstruction { get; init; }

    /// <summary>Sum of the rewards before this step.</summary>
    public required double Return { get; init; }

    /// <summary>The decision; null in the last step of an episode.</summary>
    public required WatchedDecision? Decision { get; init; }

    /// <summary>Reward of the decision; null until it has been executed.</summary>
    public double? Reward { get; init; }
}

/// <summary>A decision of a watched episode.</summary>
/// <param name="Action">The action that is executed, in [-1, 1]; one-hot if actions are discrete.</param>
/// <param name="BeliefMean">
/// Mean of the planner's final distribution of each action, [steps][action]; for discrete actions the probability of each choice.
/// </param>
/// <param name="BeliefStddev">Its standard deviation, [steps][action].</param>
/// <param name="PlanReturn">Return of the plan as the planner reports it; NaN if it found none.</param>
/// <param name="Plan">The imagined future of the plan.</param>
/// <param name="Elites">Imagined futures of some elites, best first.</param>
public sealed record WatchedDecision(
    float[] Action,
    float[][] BeliefMean,
    float[][] BeliefStddev,
    double PlanReturn,
    WatchedFuture Plan,
    IReadOnlyList<WatchedFuture> Elites)
{
    /// <summary>Whether actions are choices. Default false.</summary>
    public bool IsDiscrete { get; init; }

    /// <summary>The reward that the model predicts for the action.</summary>
    public double PredictedReward => Plan.Rewards.Length > 0 ? Plan.Rewards[0] : double.NaN;
}

/// <summary>An imagined future.</summary>
/// <param name="Return">Discounted sum of the rewards.</param>
/// <param name="Rewards">Expected reward of each step.</param>
/// <param name="Strip">The imagined frames from left to right, without gaps.</param>
public sealed record WatchedFuture(double Return, float[] Rewards, byte[] Strip);
