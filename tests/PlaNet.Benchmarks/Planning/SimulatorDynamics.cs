using PlaNet.Environments;
using PlaNet.MuJoCo;
using PlaNet.Planning;

namespace PlaNet.Benchmarks.Planning;

/// <summary>
/// The true simulator as planners see a model: a state is the number under which a saved state is kept, and the reward that led to it. What
/// planners reach with it does not depend on how well anything was learnt.
/// </summary>
/// <param name="simulator">A simulator that no episode runs in.</param>
internal sealed class SimulatorDynamics(IRestorableEnvironment simulator) : ILatentDynamics
{
    private readonly List<EnvironmentState?> _saved = [];

    /// <inheritdoc/>
    public long ActionSize => simulator.Spec.Action.Size;

    /// <inheritdoc/>
    public long NoiseSize => 0;

    /// <summary>Forgets everything and begins a decision.</summary>
    /// <param name="state">Where the episode is.</param>
    /// <returns>[1, 2].</returns>
    public Tensor Begin(EnvironmentState state)
    {
        _saved.Clear();
        _saved.Add(state);
        return zeros([1, 2], dtype: ScalarType.Float64);
    }

    /// <inheritdoc/>
    public Tensor Transition(Tensor state, Tensor action, Tensor noise)
    {
        var before = state.data<double>().ToArray();
        var actions = action.to(ScalarType.Float32).contiguous().data<float>().ToArray();
        var after = new double[before.Length];
        for (var row = 0; row < before.Length / 2; row++)
        {
            after[2 * row] = _saved.Count;
            var (next, reward) = Step(_saved[(int)before[2 * row]], actions.AsSpan(row * (int)ActionSize, (int)ActionSize));
            _saved.Add(next);
            after[(2 * row) + 1] = reward;
        }

        return tensor(after, state.shape);
    }

    /// <inheritdoc/>
    public Tensor Reward(Tensor state) => state.select(1, 1);

    // Beyond the end of the episode there is no state, and nothing is earned.
    private (EnvironmentState? Next, double Reward) Step(EnvironmentState? from, ReadOnlySpan<float> action)
    {
        if (from is null)
        {
            return (null, 0);
        }

        try
        {
            simulator.RestoreState(from);
            var result = simulator.Step(action);
            return (result.Ended ? null : simulator.SaveState(), result.Reward);
        }
        catch (MuJoCoException)
        {
            return (null, double.NaN);
        }
    }
}
