namespace PlaNet.Inspection;

/// <summary>A future that the model imagines: what happens if these actions are executed, one after the other.</summary>
/// <param name="Return">Discounted sum of the rewards, as the planner counts it.</param>
/// <param name="Rewards">Expected reward of each step.</param>
/// <param name="Actions">Action of each step, in [-1, 1] unless the planner does not clip.</param>
/// <param name="Frames">Imagined frame after each step, [steps, size, size, channels] of uint8.</param>
public sealed record ImaginedFuture(double Return, float[] Rewards, float[][] Actions, byte[] Frames);

/// <summary>A decision of an agent, seen from inside.</summary>
/// <param name="Reconstruction">The frame that the model decodes from its filtered state, [size, size, channels] of uint8.</param>
/// <param name="BeliefMean">
/// Mean of the planner's final distribution of each action, [steps][action]; for discrete actions the probability of each choice.
/// </param>
/// <param name="BeliefStddev">Its standard deviation, [steps][action].</param>
/// <param name="PlanReturn">Return of the plan as the planner reports it; NaN if it found none.</param>
/// <param name="Plan">
/// The future under the mean of the distribution, or its most probable choices, without noise. Its first reward is the prediction for the
/// action that is executed.
/// </param>
/// <param name="Elites">
/// The best trajectories that the planner evaluated last, best first, with the noise that it sampled; empty with 0 iterations, or if no
/// return is finite.
/// </param>
public sealed record RecordedDecision(
    byte[] Reconstruction,
    float[][] BeliefMean,
    float[][] BeliefStddev,
    double PlanReturn,
    ImaginedFuture Plan,
    IReadOnlyList<ImaginedFuture> Elites)
{
    /// <summary>Whether actions are choices. Default false.</summary>
    public bool IsDiscrete { get; init; }
}
