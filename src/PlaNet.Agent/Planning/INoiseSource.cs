namespace PlaNet.Planning;

/// <summary>The source of a planner's randomness.</summary>
public interface INoiseSource
{
    /// <summary>Standard normal noise for the candidate actions of one iteration.</summary>
    /// <param name="shape">[horizon, agents, candidates, action]; for discrete actions [horizon, agents, candidates, 1].</param>
    Tensor Actions(long[] shape);

    /// <summary>Standard normal noise for one step of the trajectories of one iteration.</summary>
    /// <param name="shape">[agents, candidates, noise].</param>
    Tensor Dynamics(long[] shape);
}
