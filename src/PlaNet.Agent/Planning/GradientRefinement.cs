using PlaNet.Experiments;

namespace PlaNet.Planning;

/// <summary>
/// The cross-entropy method, whose plan is then improved by gradient ascent on the expected return through the model (Adam, Kingma and Ba
/// 2015). The return is averaged over a few trajectories whose starts and noise are the same in every step, so that steps can be
/// compared, and the best plan seen is kept: the result is never worse by that measure than where the ascent began. Nothing is carried over.
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

        using var gradient = no_grad();
        using var scope = NewDisposeScope();
        var found = _search.Plan(dynamics, state, noise, memory, starts);
        var imagination = new Imagination(options, dynamics, state, starts);
        var samples = _ascent.Samples;
        var start = imagination.Start(samples, noise);
        var repeated = RepeatedNoise.Draw(noise, options.Horizon, [imagination.Agents, samples, dynamics.NoiseSize]);
        var actions = found.Mean.transpose(0, 1).unsqueeze(2).contiguous();
        var (best, reached) = (actions, full([imagination.Agents], double.NegativeInfinity, dtype: state.dtype, device: state.device));
        var (first, second) = (zeros_like(actions), zeros_like(actions));
        for (var step = 0; step <= _ascent.Steps; step++)
        {
            using var inner = NewDisposeScope();
            var (value, slope) = Derive(imagination, start, actions, repeated, ascend: step < _ascent.Steps);

            // A comparison with NaN is never true, so a plan without a finite return is never kept.
            var better = value.gt(reached).logical_and(value.isfinite());
            best = where(better.view(1, -1, 1, 1), actions, best);
            reached = where(better, value, reached);
            best.MoveToOuterDisposeScope();
            reached.MoveToOuterDisposeScope();
            if (slope is null)
            {
                break;
            }

            first = (Beta1 * first) + ((1 - Beta1) * slope);
            second = (Beta2 * second) + ((1 - Beta2) * slope.square());
            var (rate, scale) = (_ascent.LearningRate / (1 - Math.Pow(Beta1, step + 1)), 1 - Math.Pow(Beta2, step + 1));
            actions = imagination.Clip(actions + (rate * first / ((second / scale).sqrt() + Epsilon)));
            first.MoveToOuterDisposeScope();
            second.MoveToOuterDisposeScope();
            actions.MoveToOuterDisposeScope();
        }

        var known = reached.masked_fill(reached.isfinite().logical_not(), double.NaN);
        return Planning.Plan.Of(best, found.Stddev.transpose(0, 1).unsqueeze(2), known);
    }

    /// <summary>The expected return of each agent's plan, [agents], and its derivative, of the plan's shape with NaN and infinity as 0.</summary>
    private (Tensor Value, Tensor? Slope) Derive(Imagination imagination, Tensor start, Tensor actions, RepeatedNoise noise, bool ascend)
    {
        using var scope = NewDisposeScope();
        noise.Rewind();
        if (!ascend)
        {
            return (Expected(imagination, start, actions, noise).MoveToOuterDisposeScope(), null);
        }

        using var gradient = enable_grad();
        var leaf = actions.detach().requires_grad_();
        var value = Expected(imagination, start, leaf, noise);

        // Not backward(), which would leave gradients in the model's weights. An input that the result does not depend on would end the
        // process, so that a model without derivatives is tied to the actions by nothing.
        var slope = autograd.grad([value.sum() + (0 * leaf).sum()], [leaf])[0];
        return (
            value.detach().MoveToOuterDisposeScope(),
            slope.masked_fill(slope.isfinite().logical_not(), 0).detach().MoveToOuterDisposeScope());
    }

    private Tensor Expected(Imagination imagination, Tensor start, Tensor actions, INoiseSource noise)
    {
        var everywhere = actions.expand(-1, -1, _ascent.Samples, -1);
        return imagination.Returns(start, everywhere, noise).mean([1L]);
    }

    /// <summary>The same draws again and again, in the order in which they were made.</summary>
    private sealed class RepeatedNoise(Tensor[] draws) : INoiseSource
    {
        private int _next;

        public static RepeatedNoise Draw(INoiseSource noise, int count, long[] shape) =>
            new([.. Enumerable.Range(0, count).Select(_ => noise.Dynamics(shape))]);

        public void Rewind() => _next = 0;

        public Tensor Actions(long[] shape) => throw new NotSupportedException("Gradient ascent draws no candidates.");

        public Tensor Dynamics(long[] shape) => draws[_next++];
    }
}
