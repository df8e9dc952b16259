using PlaNet.Planning;

namespace PlaNet.Benchmarks.Planning;

/// <summary>
/// A model whose return is a separable concave quadratic of the action sequence, with its optimum at a target and 0 there. A state is the
/// number of steps taken and the reward of the last one.
/// </summary>
/// <param name="target">The optimum, <c>[horizon, action]</c>.</param>
internal sealed class QuadraticDynamics(Tensor target) : ILatentDynamics
{
    /// <inheritdoc/>
    public long ActionSize => target.shape[1];

    /// <inheritdoc/>
    public long NoiseSize => 1;

    /// <inheritdoc/>
    public Func<Tensor, Tensor>? Continuation => null;

    /// <inheritdoc/>
    public Tensor Transition(Tensor state, Tensor action, Tensor noise)
    {
        using var scope = NewDisposeScope();
        var step = (long)state[0, 0].item<double>();
        var reward = -(action - target.select(0, step)).square().sum(1L);
        return stack([state.select(1, 0) + 1, reward], 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Reward(Tensor state) => state.select(1, 1);
}
