using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Tensors;
using static TorchSharp.torch;

namespace PlaNet.Tests.Models;

public sealed class RssmTests : IDisposable
{
    private const int Batch = 2;
    private const int Length = 6;
    private const int Embedding = 7;
    private const int Actions = 3;

    private static readonly ModelOptions Sizes = new() { StochasticSize = 4, BeliefSize = 5, HiddenSize = 6 };

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(0, CPU);
    private readonly Rssm _rssm;
    private readonly Tensor _embeddings;
    private readonly Tensor _actions;
    private readonly Tensor _noise;

    public RssmTests()
    {
        _rssm = new Rssm(Sizes, Actions, Embedding, _generator);
        _embeddings = randn([Batch, Length, Embedding], generator: _generator);
        _actions = randn([Batch, Length, Actions], generator: _generator);
        _noise = randn([Batch, Length, Sizes.StochasticSize], generator: _generator);
    }

    [Fact]
    public void Property_49_the_gru_equals_that_of_the_original_code()
    {
        const int inputs = 3, size = 4;
        using var cell = new GruCell(inputs, size, _generator);
        var state = cell.state_dict();
        Assert.Equal(Enumerable.Repeat(1f, 2 * size), state["gates.bias"].data<float>().ToArray());
        state["candidate.bias"].detach().copy_(randn([size], generator: _generator));
        var x = randn([1, inputs], generator: _generator);
        var h = randn([1, size], generator: _generator);
        var actual = cell.forward(x, h).data<float>().ToArray();

        double Dense(string layer, int row, IEnumerable<double> values) => values
            .Select((value, column) => value * state[layer + ".weight"].data<float>()[row, column])
            .Sum() + state[layer + ".bias"].data<float>()[row];
        static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

        var (input, before) = (Doubles(x), Doubles(h));
        var opened = Enumerable.Range(0, 2 * size).Select(row => Sigmoid(Dense("gates", row, input.Concat(before)))).ToArray();
        for (var unit = 0; unit < size; unit++)
        {
            var reset = before.Select((value, index) => opened[index] * value);
            var candidate = Math.Tanh(Dense("candidate", unit, input.Concat(reset)));
            var update = opened[size + unit];
            Assert.Equal((update * before[unit]) + ((1 - update) * candidate), actual[unit], 5);
        }
    }

    [Fact]
    public void An_open_loop_whose_context_is_everything_is_the_closed_loop()
    {
        Same(_rssm.Observe(_embeddings, _actions, _noise).Posterior, _rssm.Predict(_embeddings, _actions, _noise, Length));
    }

    [Fact]
    public void An_open_loop_sees_its_context_and_nothing_after()
    {
        const int context = 2;
        var (seen, _) = _rssm.Observe(_embeddings, _actions, _noise);
        var predicted = _rssm.Predict(_embeddings, _actions, _noise, context);
        Assert.True(seen.Sample.narrow(1, 0, context).SameAs(predicted.Sample.narrow(1, 0, context)));
        Assert.False(allclose(seen.Sample.select(1, context), predicted.Sample.select(1, context)));
        Same(predicted, _rssm.Predict(Changed(_embeddings, context), _actions, _noise, context));

        var state = seen.At(context - 1);
        for (var time = context; time < Length; time++)
        {
            state = _rssm.Transition(state, _actions.select(1, time), _noise.select(1, time));
            Same(state, predicted.At(time));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_posterior_does_not_see_the_images_and_actions_after_it(int from)
    {
        var (before, _) = _rssm.Observe(_embeddings, _actions, _noise);
        var (images, _) = _rssm.Observe(Changed(_embeddings, from), _actions, _noise);
        var (actions, _) = _rssm.Observe(_embeddings, Changed(_actions, from), _noise);
        foreach (var changed in new[] { images, actions })
        {
            for (var time = 0; time < from; time++)
            {
                Same(before.At(time), changed.At(time));
            }
        }

        Assert.False(allclose(before.At(from).Sample, images.At(from).Sample));
        Assert.True(before.At(from).Belief.SameAs(images.At(from).Belief), "an image reaches the belief of its own step");
        Assert.False(allclose(before.At(from).Belief, actions.At(from).Belief));
    }

    [Fact]
    public void Prior_and_posterior_of_a_step_share_their_belief()
    {
        var before = _rssm.Observe(_embeddings, _actions, _noise).Posterior.At(2);
        var (action, draw) = (_actions.select(1, 3), _noise.select(1, 3));
        var prior = _rssm.Transition(before, action, draw);
        var posterior = _rssm.Posterior(before, action, _embeddings.select(1, 3), draw);
        Assert.True(prior.Belief.SameAs(posterior.Belief));
        Assert.False(allclose(prior.Sample, posterior.Sample));
    }

    [Fact]
    public void The_priors_of_a_sequence_are_those_of_its_single_steps()
    {
        var (posterior, priors) = _rssm.Observe(_embeddings, _actions, _noise);
        var state = _rssm.InitialState(Batch);
        for (var time = 0; time < Length; time++)
        {
            var prior = _rssm.Transition(state, _actions.select(1, time), _noise.select(1, time)).Distribution;
            Assert.True(allclose(prior.Mean, priors.Mean.select(1, time), rtol: 1e-4, atol: 1e-6));
            Assert.True(allclose(prior.Stddev, priors.Stddev.select(1, time), rtol: 1e-4, atol: 1e-6));
            state = _rssm.Posterior(state, _actions.select(1, time), _embeddings.select(1, time), _noise.select(1, time));
            Assert.True(allclose(state.Sample, posterior.At(time).Sample, rtol: 1e-4, atol: 1e-6));
        }
    }

    [Fact]
    public void A_sample_is_the_mean_plus_deviation_times_noise_and_the_deviation_has_a_floor()
    {
        var (posterior, prior) = _rssm.Observe(_embeddings, _actions, _noise);
        Assert.True(allclose(posterior.Distribution.Mean + (posterior.Distribution.Stddev * _noise), posterior.Sample));
        Assert.All(Doubles(posterior.Distribution.Stddev).Concat(Doubles(prior.Stddev)), value => Assert.True(value > Sizes.MinStddev));
        Assert.Equal([Batch, Length, Sizes.StochasticSize + Sizes.BeliefSize], _rssm.Features(posterior).shape);
        Assert.True(_rssm.Features(posterior).narrow(2, 0, Sizes.StochasticSize).SameAs(posterior.Sample));
    }

    public void Dispose()
    {
        _rssm.Dispose();
        _generator.Dispose();
        _scope.Dispose();
    }

    private static Tensor Changed(Tensor sequence, int from)
    {
        return cat([sequence.narrow(1, 0, from), sequence.narrow(1, from, Length - from) + 1], 1);
    }

    private static double[] Doubles(Tensor tensor) => [.. tensor.data<float>().ToArray().Select(value => (double)value)];

    private static void Same(LatentState expected, LatentState actual)
    {
        Assert.True(expected.Distribution.Mean.SameAs(actual.Distribution.Mean));
        Assert.True(expected.Distribution.Stddev.SameAs(actual.Distribution.Stddev));
        Assert.True(expected.Sample.SameAs(actual.Sample));
        Assert.True(expected.Belief.SameAs(actual.Belief));
    }
}
