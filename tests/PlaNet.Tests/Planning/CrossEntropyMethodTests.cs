using PlaNet.Experiments;
using PlaNet.Planning;
using static TorchSharp.torch;

namespace PlaNet.Tests.Planning;

public sealed class CrossEntropyMethodTests : IDisposable
{
    private static readonly PlannerOptions Small = new() { Horizon = 3, Iterations = 4, Candidates = 8, Elites = 3 };

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(0, CPU);

    [Fact]
    public void Property_39_agents_in_one_batch_get_the_plans_they_get_alone()
    {
        const int agents = 3;
        var recorded = new Recorder(_generator);
        var states = randn([agents, 2], generator: _generator);
        var together = Plan(Small, states, recorded);
        for (var agent = 0; agent < agents; agent++)
        {
            var alone = Plan(Small, states.narrow(0, agent, 1), recorded.Of(agent));
            Assert.Equal(together.Mean.select(0, agent).data<float>().ToArray(), alone.Mean.select(0, 0).data<float>().ToArray());
            Assert.Equal(together.Stddev.select(0, agent).data<float>().ToArray(), alone.Stddev.select(0, 0).data<float>().ToArray());
            Assert.Equal(together.Return.data<float>()[agent], alone.Return.data<float>()[0]);
        }

        Assert.NotEqual(together.Mean.select(0, 0).data<float>().ToArray(), together.Mean.select(0, 1).data<float>().ToArray());
    }

    [Fact]
    public void A_plan_approaches_the_reward_and_stays_within_the_bounds()
    {
        var plan = Plan(Small with { Candidates = 200, Elites = 20, Iterations = 10 }, zeros([1, 2]), new GeneratorNoise(_generator));
        var actions = plan.Mean.data<float>().ToArray();
        Assert.All(actions, action => Assert.InRange(action, -1, 1));

        // The reward is largest at (1, 1), and half of the way is left after a full first step.
        Assert.All(actions.Take(2), action => Assert.True(action > 0.9, $"the first action is {action}"));
    }

    [Fact]
    public void Property_38_without_iterations_the_plan_is_zero()
    {
        var plan = Plan(Small with { Iterations = 0 }, zeros([2, 2]), new GeneratorNoise(_generator));
        Assert.Equal([2, 3, 2], plan.Mean.shape);
        Assert.All(plan.Mean.data<float>().ToArray(), action => Assert.Equal(0, action));
    }

    [Fact]
    public void Property_38_with_a_constant_reward_the_plan_stays_near_zero()
    {
        var options = new PlannerOptions { Horizon = 12, Iterations = 1, Candidates = 1000, Elites = 100 };
        var plan = new CrossEntropyMethod(options).Plan(new Drift(_ => 1), zeros([1, 2]), new GeneratorNoise(_generator));
        Assert.All(plan.Mean.data<float>().ToArray(), action => Assert.InRange(action, -0.5, 0.5));
        Assert.All(plan.Stddev.data<float>().ToArray(), deviation => Assert.InRange(deviation, 0.5, 1));
        Assert.Equal(12, plan.Return.item<float>());
    }

    [Fact]
    public void Property_41_a_candidate_whose_return_is_not_a_number_is_never_an_elite()
    {
        // The reward of a positive position is not a number; of the others, the largest is best.
        var plan = new CrossEntropyMethod(Small with { Horizon = 1, Iterations = 1, Candidates = 64, Elites = 8 })
            .Plan(new Drift(position => position > 0 ? double.NaN : position), zeros([1, 2]), new GeneratorNoise(_generator));
        Assert.InRange(plan.Mean.data<float>()[0, 0, 0], -0.5, 0);
        Assert.True(plan.Stddev.data<float>()[0, 0, 0] < 0.2);
        Assert.True(float.IsFinite(plan.Return.item<float>()));
    }

    [Fact]
    public void Property_41_where_no_return_is_a_number_the_plan_is_zero_and_its_return_is_not_a_number()
    {
        var plan = new CrossEntropyMethod(Small).Plan(new Drift(_ => double.NaN), zeros([1, 2]), new GeneratorNoise(_generator));
        Assert.All(plan.Mean.data<float>().ToArray(), action => Assert.Equal(0, action));
        Assert.True(float.IsNaN(plan.Return.item<float>()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Property_36_the_fit_is_the_mean_and_population_deviation_of_the_best(int elites)
    {
        var actions = randn([3, 1, 8, 2], generator: _generator);
        var returns = randn([1, 8], generator: _generator);
        var (mean, stddev, reached) = CrossEntropyMethod.Fit(actions, returns, elites);
        var best = returns.data<float>().ToArray()
            .Select((value, index) => (value, index))
            .OrderByDescending(pair => pair.value)
            .Take(elites)
            .ToArray();
        Assert.Equal(best.Average(pair => pair.value), reached.item<float>(), 5);
        for (var step = 0; step < 3; step++)
        {
            for (var action = 0; action < 2; action++)
            {
                var values = best.Select(pair => (double)actions.data<float>()[step, 0, pair.index, action]).ToArray();
                var average = values.Average();
                Assert.Equal(average, mean.data<float>()[step, 0, 0, action], 5);
                Assert.Equal(
                    Math.Sqrt(values.Average(value => (value - average) * (value - average)) + 1e-6),
                    stddev.data<float>()[step, 0, 0, action],
                    5);
            }
        }
    }

    public void Dispose()
    {
        _generator.Dispose();
        _scope.Dispose();
    }

    private static Plan Plan(PlannerOptions options, Tensor states, INoiseSource noise)
    {
        return new CrossEntropyMethod(options).Plan(new Spring(), states, noise);
    }

    /// <summary>A noisy point that actions push in the plane; the reward is largest at (1, 1).</summary>
    private sealed class Spring : ILatentDynamics
    {
        public long ActionSize => 2;

        public long NoiseSize => 2;

        public Func<Tensor, Tensor>? Continuation => null;

        public Tensor Transition(Tensor state, Tensor action, Tensor noise) => (0.5 * state) + (0.5 * action) + (0.01 * noise);

        public Tensor Reward(Tensor state) => -(state - 1).square().sum(-1);
    }

    /// <summary>A point whose position is its last action; the reward is any function of its first coordinate.</summary>
    private sealed class Drift(Func<double, double> reward) : ILatentDynamics
    {
        public long ActionSize => 2;

        public long NoiseSize => 1;

        public Func<Tensor, Tensor>? Continuation => null;

        public Tensor Transition(Tensor state, Tensor action, Tensor noise) => action;

        public Tensor Reward(Tensor state) =>
            tensor([.. state.select(1, 0).data<float>().ToArray().Select(position => (float)reward(position))]);
    }

    /// <summary>Records the noise that it draws, and replays the part of one agent.</summary>
    private sealed class Recorder(Generator generator) : INoiseSource
    {
        private readonly List<Tensor> _actions = [];
        private readonly List<Tensor> _dynamics = [];

        public Tensor Actions(long[] shape) => Keep(_actions, shape);

        public Tensor Dynamics(long[] shape) => Keep(_dynamics, shape);

        public INoiseSource Of(int agent) => new Share(
            new([.. _actions.Select(draw => draw.narrow(1, agent, 1))]), new([.. _dynamics.Select(draw => draw.narrow(0, agent, 1))]));

        private Tensor Keep(List<Tensor> draws, long[] shape)
        {
            var draw = randn(shape, generator: generator);
            draws.Add(draw.clone().DetachFromDisposeScope());
            return draw;
        }

        private sealed class Share(Queue<Tensor> actions, Queue<Tensor> dynamics) : INoiseSource
        {
            public Tensor Actions(long[] shape) => Next(actions, shape);

            public Tensor Dynamics(long[] shape) => Next(dynamics, shape);

            private static Tensor Next(Queue<Tensor> draws, long[] shape)
            {
                var draw = draws.Dequeue();
                Assert.Equal(shape, draw.shape);
                return draw.clone();
            }
        }
    }
}
