using PlaNet.Environments;
using PlaNet.MuJoCo;
using PlaNet.Planning;

namespace PlaNet.Runs.Oracle;

/// <summary>
/// The true simulator as latent dynamics for planners. A latent state consists of the number of a saved simulator state and the reward of
/// the transition to it: number 0 is the start of the decision, number 1 + row is the result of that row in the latest transition. Rows
/// are distributed over simulators on several threads; the result does not depend on their number.
/// </summary>
public sealed class SimulatorDynamics : ILatentDynamics, IDisposable
{
    private readonly IRestorableEnvironment[] _simulators;
    private readonly CancellationToken _cancellation;
    private EnvironmentState? _start;
    private EnvironmentState?[] _reached = [];

    /// <summary>Creates the simulators.</summary>
    /// <param name="make">Creates one simulator of the task to act in, action repeat included.</param>
    /// <param name="simulators">Number of simulators that run in parallel, at least 1.</param>
    /// <param name="cancellation">When cancelled, transitions throw <see cref="OperationCanceledException"/>. Default: never.</param>
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

    /// <summary>Null: the rewards after the end of an episode are 0 already.</summary>
    public Func<Tensor, Tensor>? Continuation => null;

    /// <summary>Begins a decision.</summary>
    /// <param name="state">Current state of the episode.</param>
    /// <returns>Latent state [1, 2] of float64, because numbers of saved states must not be rounded.</returns>
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

    // After the end of the episode the state is null and the reward 0. Actions that make the simulation diverge have the reward NaN, so
    // that planners reject them.
    private static (EnvironmentState? Next, double Reward) Step(
        IRestorableEnvironment simulator, EnvironmentState? from, ReadOnlySpan<float> action)
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
