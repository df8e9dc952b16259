namespace PlaNet.Planning;

/// <summary>Where a planner's randomness comes from.</summary>
public interface INoiseSource
{
    /// <summary>Standard normal numbers for one iteration's candidate actions.</summary>
    /// <param name="shape">[horizon, agents, candidates, action].</param>
    Tensor Actions(long[] shape);

    /// <summary>Standard normal numbers for one step of one iteration's trajectories.</summary>
    /// <param name="shape">[agents, candidates, noise].</param>
    Tensor Dynamics(long[] shape);
}
