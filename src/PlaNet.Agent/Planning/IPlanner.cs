namespace PlaNet.Planning;

/// <summary>
/// Chooses actions by evaluating candidates in a model. Planners are pure: equal arguments give equal plans. State between decisions is the
/// <see cref="PlannerMemory"/> that a plan returns and the caller passes to the next call.
/// </summary>
public interface IPlanner
{
    /// <summary>Plans for one or many agents in one batch; the agents are independent.</summary>
    /// <param name="dynamics">The model in which candidates are evaluated.</param>
    /// <param name="state">The state of each agent, [agents, state]; not modified.</param>
    /// <param name="noise">Source of randomness.</param>
    /// <param name="memory">
    /// Memory of the previous plan in the same episodes; null at the start of episodes. Not modified; planners without memory ignore it.
    /// </param>
    /// <param name="starts">Samples start states; required only if <c>planner.start</c> is <c>per_candidate</c>.</param>
    /// <returns>The plan, owned by the caller. With 0 iterations all actions are 0.</returns>
    /// <exception cref="ArgumentException"><c>planner.start</c> is <c>per_candidate</c>, but no start sampler is given.</exception>
    Plan Plan(ILatentDynamics dynamics, Tensor state, INoiseSource noise, PlannerMemory? memory = null, StartSampler? starts = null);
}

/// <summary>Samples the start states of trajectories from the posterior of each agent.</summary>
/// <param name="candidates">Samples per agent.</param>
/// <param name="noise">Source of randomness: one draw of <see cref="INoiseSource.Dynamics"/>.</param>
/// <returns>[agents * candidates, state]; candidate j of agent b is row b * candidates + j.</returns>
public delegate Tensor StartSampler(long candidates, INoiseSource noise);
