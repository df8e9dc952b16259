namespace PlaNet.Planning;

/// <summary>
/// Chooses actions by trying them in a model. Planners are pure: equal arguments give equal plans, and whatever one carries from decision to
/// decision is a value that its plan returns and the next call is given.
/// </summary>
public interface IPlanner
{
    /// <summary>Plans for one or many agents in one batch; agents never see one another's states.</summary>
    /// <param name="dynamics">The model in which candidates are tried.</param>
    /// <param name="state">The state of each agent, [agents, state]; left untouched.</param>
    /// <param name="noise">Source of randomness.</param>
    /// <param name="memory">
    /// What the plan before in the same episodes returned; null at the start of episodes. Left untouched. Planners that carry nothing
    /// ignore it.
    /// </param>
    /// <param name="starts">Samples start states; needed only where the options ask for a start per candidate.</param>
    /// <returns>The plan, owned by the caller. With 0 iterations all actions are 0.</returns>
    /// <exception cref="ArgumentException">A start per candidate is asked for, but there is nothing to sample it from.</exception>
    Plan Plan(ILatentDynamics dynamics, Tensor state, INoiseSource noise, PlannerMemory? memory = null, StartSampler? starts = null);
}

/// <summary>Samples states in which trajectories start, from the posterior of each agent.</summary>
/// <param name="candidates">Samples for each agent.</param>
/// <param name="noise">Source of randomness: one draw of <see cref="INoiseSource.Dynamics"/>.</param>
/// <returns>[agents * candidates, state]; candidate j of agent b is row b * candidates + j.</returns>
public delegate Tensor StartSampler(long candidates, INoiseSource noise);
