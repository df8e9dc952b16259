using PlaNet.Environments;
using PlaNet.MuJoCo;
using PlaNet.Planning;

namespace PlaNet.Runs.Oracle;

/// <summary>
/// The true simulator as planners see a model: a state is the number of a saved state and the reward that led to it. Number 0 is where the
/// decision starts, number 1 + row what row of the last transition led to; rows are shared out among simulators on several threads, on which
/// the result does not depend.
/// </summary>
public sealed class SimulatorDynamics : ILatentDynamics, IDisposable
{
    private readonly IRestorableEnvironment[] _simulators;
    private readonly CancellationToken _cancellation;
    private EnvironmentState? _start;
    private EnvironmentState?[] _reached = [];

    /// <summary>Makes the simulators.</summary>
    /// <param name="make">Makes one simulator: the task as it is acted in, action repeat included.</param>
    /// <param name="simulators">Simulators that run at once, each on a core; at least 1.</param>
    /// <param name="cancellation">Ends a search early: a transition then throws <see cref="OperationCanceledException"/>.</param>
    public SimulatorDynamics(Func<IRestorableEnvironment> make, int simulators, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(make);
        ArgumentOutOfRangeException.ThrowIfLessThan(simulators, 1);
        _simulators = [.. Enumerable.Range(0, simulators).Select(_ => make())];
        _cancellation = cancellation;
    }

    /// <inheritdoc/>
    public long ActionSize => _simulators[0].Spec.Action.Size;

    /// <inheritdoc/>
    public long NoiseSize => 0;

    /// <summary>Begins a decision.</summary>
    /// <param name="state">Where the episode is.</param>
    /// <returns>[1, 2] of float64: numbers of saved states must not be rounded.</returns>
    public Tensor Begin(EnvironmentState state)
    {
        (_start, _reached) = (state, []);
        return zeros([1, 2], dtype: ScalarType.Float64);
    }

    /// <inheritdoc/>
    public Tensor Transition(Tensor state, Tensor action, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(action);
        var before = state.contiguous().data<double>().ToArray();
        var actions = action.to(ScalarType.Float32).contiguous().data<float>().ToArray();
        var (rows, size) = (before.Length / 2, (int)ActionSize);
        var reached = new EnvironmentState?[rows];
        var after = new double[before.Length];
        var next = -1;
        Parallel.For(
            0,
            _simulators.Length,
            new ParallelOptions { MaxDegreeOfParallelism = _simulators.Length, CancellationToken = _cancellation },
            worker =>
            {
                for (var row = Interlocked.Increment(ref next); row < rows; row = Interlocked.Increment(ref next))
                {
                    _cancellation.ThrowIfCancellationRequested();
                    var number = (int)before[2 * row];
                    var from = number == 0 ? _start : _reached[number - 1];
                    (reached[row], after[(2 * row) + 1]) = Step(_simulators[worker], from, actions.AsSpan(row * size, size));
                    after[2 * row] = 1 + row;
                }
            });
        _reached = reached;
        return tensor(after, state.shape);
    }

    /// <inheritdoc/>
    public Tensor Reward(Tensor state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.select(1, 1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_simulators, simulator => simulator.Dispose());
    }

    // Beyond the end of the episode there is no state and nothing is earned. Actions that break the simulation earn what is not a number,
    // which no planner follows.
    private static (EnvironmentState? Next, double Reward) Step(IRestorableEnvironment simulator, EnvironmentState? from, ReadOnlySpan<float> action)
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
