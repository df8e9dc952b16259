using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Planning;

namespace PlaNet.Runs.Oracle;

/// <summary>
/// Acts in one environment by planning with the true simulator from the state that the environment is in: what planning could reach if the
/// model were perfect.
/// </summary>
/// <param name="environment">The environment that is acted in; read, never changed.</param>
/// <param name="dynamics">Simulators of the same task; the caller owns them.</param>
/// <param name="options">The planner; one that needs derivatives of the model cannot be used.</param>
/// <param name="seed">Decides the noise: the same state and seed give the same plan, bit for bit.</param>
public sealed class OraclePolicy(IRestorableEnvironment environment, SimulatorDynamics dynamics, PlannerOptions options, ulong seed) : IPolicy
{
    private readonly IPlanner _planner = Planners.Create(options);
    private readonly Generator _generator = new(seed, CPU);
    private PlannerMemory? _memory;

    /// <inheritdoc/>
    public float[][] Act(IReadOnlyList<byte[]> images)
    {
        using var scope = NewDisposeScope();
        var plan = _planner.Plan(dynamics, dynamics.Begin(environment.SaveState()), new GeneratorNoise(_generator, ScalarType.Float64), _memory);
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
