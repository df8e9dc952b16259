using PlaNet.Experiments;

namespace PlaNet.Planning;

/// <summary>
/// The best of one batch of candidates drawn from N(0, 1) (figure 5 of the paper): the cross-entropy method with one iteration and one
/// elite. Nothing is carried over.
/// </summary>
/// <param name="options">Horizon and candidates; iterations and elites are not read.</param>
public sealed class RandomShooting(PlannerOptions options) : IPlanner
{
    private readonly CrossEntropyMethod _search = new(options with { Iterations = Math.Min(options.Iterations, 1), Elites = 1 });

    /// <inheritdoc/>
    public Plan Plan(ILatentDynamics dynamics, Tensor state, INoiseSource noise, PlannerMemory? memory = null, StartSampler? starts = null)
    {
        return _search.Plan(dynamics, state, noise, memory, starts);
    }
}
