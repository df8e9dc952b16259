using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Planning;

/// <summary>
/// The cross-entropy method, followed by gradient ascent on the expected return through the model (Adam, Kingma and Ba 2015). The return is
/// the mean over a few trajectories. Their starts and noise are the same in every step, so that returns are comparable. The best plan is
/// kept: by this measure the result is never worse than the initial plan. There is no memory.
/// </summary>
/// <param name="options">Options of the cross-entropy method, and <see cref="PlannerOptions.Gradient"/>.</param>
public sealed class GradientRefinement(PlannerOptions options) : IPlanner
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly CrossEntropyMethod _search = new(options);
    private readonly GradientOptions _ascent = options.Gradient;

    /// <inheritdoc/>
    public Plan Plan(ILatentDynamics dynamics, Tensor state, INoiseSource noise, PlannerMemory? memory = null, StartSampler? starts = null)
    {
        if (options.Iterations == 0)
        {
            return _search.Plan(dynamics, state, noise, memory, starts);
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var found = _search.Plan(dynamics, state, noise, memory, starts);
        var imagination = new Imagination(options, dynamics, state, starts);
        var samples = _ascent.Samples;
        var start = imagination.Start(samples, noise);
        var repeated = RepeatedNoise.Draw(noise, options.Horizon, [imagination.Agents, samples, dynamics.NoiseSize]);
        var actions = found.Mean.transpose(0, 1).unsqueeze(2).contiguous();
        var best = actions;
        var bestReturn = full([imagination.Agents], Scalars.Of(double.NegativeInfinity), dtype: state.dtype, device: state.device);
        var (first, second) = (zeros_like(actions), zeros_like(actions));
        for (var step = 0; step <= _ascent.Steps; step++)
        {
            using var inner = NewDisposeScope();
            var (value, gradient) = Evaluate(imagination, start, actions, repeated, withGradient: step < _ascent.Steps);

            // NaN compares as false and infinity is excluded, so a plan without a finite return is never kept.
            var better = value.gt(bestReturn).logical_and(value.isfinite());
            best = where(better.view(1, -1, 1, 1), actions, best);
            bestReturn = where(better, value, bestReturn);
            best.MoveToOuterDisposeScope();
            bestReturn.MoveToOuterDisposeScope();
            if (gradient is null)
            {
                break;
            }

            first = (Scalars.Of(Beta1) * first).Plus(Scalars.Of(1 - Beta1) * gradient);
            second = (Scalars.Of(Beta2) * second).Plus(Scalars.Of(1 - Beta2) * gradient.Squared());
            var (rate, scale) = (_ascent.LearningRate / (1 - Math.Pow(Beta1, step + 1)), 1 - Math.Pow(Beta2, step + 1));
            var change = Scalars.Of(rate) * first / (second / Scalars.Of(scale)).sqrt().Plus(Scalars.Of(Epsilon));
            actions = imagination.Clip(actions.Plus(change));
            first.MoveToOuterDisposeScope();
            second.MoveToOuterDisposeScope();
            actions.MoveToOuterDisposeScope();
        }

        var known = bestReturn.masked_fill(bestReturn.isfinite().logical_not(), Scalars.Of(double.NaN));
        return Planning.Plan.Of(best, found.Stddev.transpose(0, 1).unsqueeze(2), known);
    }

    /// <summary>The expected return of each plan, [agents], and its gradient in the plan's shape, with 0 for NaN and infinity.</summary>
    private (Tensor Value, Tensor? Gradient) Evaluate(
        Imagination imagination, Tensor start, Tensor actions, RepeatedNoise noise, bool withGradient)
    {
        using var scope = NewDisposeScope();
        noise.Rewind();
        if (!withGradient)
        {
            return (ExpectedReturn(imagination, start, actions, noise).MoveToOuterDisposeScope(), null);
        }

        using var withGrad = enable_grad();
        var leaf = actions.detach().requires_grad_();
        var value = ExpectedReturn(imagination, start, leaf, noise);

        // backward() would leave gradients in the model's weights. The term 0 * leaf makes the result depend on the actions in any model:
        // libtorch ends the process if the gradient of an unused input is requested.
        var gradient = autograd.grad([value.sum().Plus((Scalars.Of(0) * leaf).sum())], [leaf])[0];
        return (
            value.detach().MoveToOuterDisposeScope(),
            gradient.masked_fill(gradient.isfinite().logical_not(), Scalars.Of(0)).detach().MoveToOuterDisposeScope());
    }

    private Tensor ExpectedReturn(Imagination imagination, Tensor start, Tensor actions, INoiseSource noise)
    {
        var expanded = actions.expand(-1, -1, _ascent.Samples, -1);
        return imagination.Returns(start, expanded, noise).mean([1L]);
    }

    /// <summary>Replays recorded draws in their order; <see cref="Rewind"/> starts again from the first.</summary>
    private sealed class RepeatedNoise(Tensor[] draws) : INoiseSource
    {
        private int _next;

        public static RepeatedNoise Draw(INoiseSource noise, int count, long[] shape) =>
            new([.. Enumerable.Range(0, count).Select(_ => noise.Dynamics(shape))]);

        public void Rewind() => _next = 0;

        public Tensor Actions(long[] shape) => throw new NotSupportedException("Gradient ascent does not sample candidates.");

        public Tensor Dynamics(long[] shape) => draws[_next++];
    }
}
