using PlaNet.Experiments;

namespace PlaNet.Planning;

/// <summary>
/// Random shooting: the best of one batch of candidates drawn from N(0, 1) (figure 5 of the paper), or from equally probable choices, as a
/// cross-entropy method with one iteration and one elite. There is no memory.
/// </summary>
/// <param name="options">Horizon and candidates; elites are ignored, and iterations above 1 count as 1.</param>
/// <param name="discrete">Whether actions are choices. Default false.</param>
public sealed class RandomShooting(PlannerOptions options, bool discrete = false) : IPlanner
{
    private readonly IPlanner _search = Planners.Create(
        options with { Method = PlannerMethod.Cem, Iterations = Math.Min(options.Iterations, 1), Elites = 1 }, discrete);

    /// <inheritdoc/>
    public Plan Plan(ILatentDynamics dynamics, Tensor state, INoiseSource noise, PlannerMemory? memory = null, StartSampler? starts = null)
    {
        return _search.Plan(dynamics, state, noise, memory, starts);
    }
}
