using PlaNet.MuJoCo;
using PlaNet.Randomness;

namespace PlaNet.Environments.Oracle;

/// <summary>
/// The cross-entropy method with the true simulator in the place of a model: what planning could reach if the model were perfect. Candidates
/// are shared out among simulators on several threads; the noise of each follows from its number, so the plan does not depend on who tried it.
/// </summary>
public sealed class OraclePlanner : IDisposable
{
    private readonly OracleOptions _options;
    private readonly IRestorableEnvironment[] _simulators;
    private readonly int _actionSize;

    /// <summary>Makes the simulators.</summary>
    /// <param name="make">Makes one simulator: the task as it is acted in, action repeat included.</param>
    /// <param name="options">How to search.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public OraclePlanner(Func<IRestorableEnvironment> make, OracleOptions options)
    {
        ArgumentNullException.ThrowIfNull(make);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _simulators = [.. Enumerable.Range(0, options.Simulators).Select(_ => make())];
        _actionSize = _simulators[0].Spec.Action.Size;
    }

    /// <summary>Plans from a state.</summary>
    /// <param name="state">Where the episode is.</param>
    /// <param name="seed">Decides the noise: the same state and seed give the same plan, bit for bit.</param>
    /// <param name="cancellation">Ends the search early.</param>
    /// <returns>The mean of the last elites, <c>[horizon, action]</c>, row-major, in [-1, 1]; its first row is to be executed.</returns>
    /// <exception cref="OperationCanceledException">The search was ended.</exception>
    public double[] Plan(EnvironmentState state, ulong seed, CancellationToken cancellation)
    {
        var distribution = SearchDistribution.Standard(_options.Horizon * _actionSize);
        for (var iteration = 0; iteration < _options.Iterations; iteration++)
        {
            var candidates = new double[_options.Candidates][];
            var returns = new double[_options.Candidates];
            var first = (ulong)iteration * (ulong)_options.Candidates;
            var next = -1;
            Parallel.For(
                0,
                _simulators.Length,
                new ParallelOptions { MaxDegreeOfParallelism = _simulators.Length, CancellationToken = cancellation },
                worker =>
                {
                    for (var i = Interlocked.Increment(ref next); i < candidates.Length; i = Interlocked.Increment(ref next))
                    {
                        cancellation.ThrowIfCancellationRequested();
                        candidates[i] = distribution.Draw(RandomStream.Fork(seed, "candidate", first + (ulong)i));
                        returns[i] = Return(_simulators[worker], state, candidates[i]);
                    }
                });
            distribution = SearchDistribution.Fit(candidates, returns, _options.Elites);
        }

        return distribution.Mean;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Array.ForEach(_simulators, simulator => simulator.Dispose());
    }

    private double Return(IRestorableEnvironment simulator, EnvironmentState state, double[] sequence)
    {
        Span<float> action = stackalloc float[_actionSize];
        try
        {
            simulator.RestoreState(state);
            var sum = 0.0;
            for (var step = 0; step < _options.Horizon; step++)
            {
                for (var i = 0; i < _actionSize; i++)
                {
                    action[i] = (float)sequence[(step * _actionSize) + i];
                }

                var result = simulator.Step(action);
                sum += result.Reward;
                if (result.Ended)
                {
                    // What lies beyond the episode earns nothing.
                    break;
                }
            }

            return sum;
        }
        catch (MuJoCoException)
        {
            // Actions that break the simulation are the worst there are.
            return double.NegativeInfinity;
        }
    }
}
