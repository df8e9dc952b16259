using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Planning;

namespace PlaNet.Runs.Oracle;

/// <summary>
/// Plans the actions of one environment with the true simulator, starting at the true state of the environment: the performance of planning
/// with a perfect model.
/// </summary>
/// <param name="environment">The environment to act in. Its state is read and not changed.</param>
/// <param name="dynamics">Simulators of the same task; not disposed by this policy.</param>
/// <param name="options">Options of the planner. Planners that need gradients of the model are not supported.</param>
/// <param name="seed">Seed of the planner's noise: the same state and seed give the same plan, bit for bit.</param>
public sealed class OraclePolicy(
    IRestorableEnvironment environment, SimulatorDynamics dynamics, PlannerOptions options, ulong seed) : IPolicy
{
    private readonly IPlanner _planner = Planners.Create(options);
    private readonly Generator _generator = new(seed, CPU);
    private PlannerMemory? _memory;

    /// <inheritdoc/>
    public float[][] Act(IReadOnlyList<Percept> percepts)
    {
        using var scope = NewDisposeScope();
        var start = dynamics.Begin(environment.SaveState());
        var plan = _planner.Plan(dynamics, start, new GeneratorNoise(_generator, ScalarType.Float64), _memory);
        _memory?.Dispose();
        _memory = plan.Memory?.DetachFromDisposeScope();
        return [plan.Mean.select(1, 0).to(ScalarType.Float32).contiguous().data<float>().ToArray()];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory?.Dispose();
        _generator.Dispose();
    }
}
