using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Objectives;
using PlaNet.Tensors;
using static TorchSharp.torch;

namespace PlaNet.Tests.Models;

/// <summary>Properties of single transition models; those that all models share are tested in PlaNet.Properties.</summary>
public sealed class TransitionModelTests : IDisposable
{
    private const int Batch = 2;
    private const int Length = 5;
    private const int Embedding = 7;
    private const int Actions = 3;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(0, CPU);
    private readonly Tensor _embeddings;
    private readonly Tensor _actions;

    public TransitionModelTests()
    {
        _embeddings = randn([Batch, Length, Embedding], generator: _generator);
        _actions = randn([Batch, Length, Actions], generator: _generator);
    }

    [Theory]
    [InlineData("rssm", typeof(Rssm), 12)]
    [InlineData("deterministic reference", typeof(Rssm), 12)]
    [InlineData("deterministic belief_only", typeof(DeterministicModel), 8)]
    [InlineData("ssm", typeof(Ssm), 4)]
    [InlineData("drnn", typeof(Drnn), 8)]
    public void The_options_choose_the_model_and_what_its_heads_see(string form, Type type, int features)
    {
        using var model = Create(Forms.All[form]);
        Assert.IsType(type, model);
        Assert.Equal(features, model.FeatureSize);
        var (posterior, prior) = model.Observe(_embeddings, _actions, Noise(model));
        Assert.Equal([Batch, Length, features], model.Features(posterior).shape);
        Assert.Equal([Batch, Length, model.DistributionSize], prior.Mean.shape);
        Assert.Equal([Batch, Length, model.StochasticSize], posterior.Sample.shape);
        Assert.Equal([Batch, Length, model.BeliefSize], posterior.Belief.shape);
    }

    [Theory]
    [InlineData(PriorInput.Belief, true)]
    [InlineData(PriorInput.PreGru, false)]
    public void The_prior_depends_on_the_belief_unless_it_is_computed_before_the_gru(PriorInput input, bool depends)
    {
        using var model = Create(Forms.Small with { PriorInput = input });
        var (sample, action, noise) = (randn([Batch, 4], generator: _generator), _actions.select(1, 0), zeros([Batch, 4]));
        var one = model.Transition(sample, zeros([Batch, 8]), action, noise);
        var other = model.Transition(sample, ones([Batch, 8]), action, noise);
        Assert.False(one.Belief.SameAs(other.Belief));
        Assert.Equal(depends, !one.Distribution.Mean.SameAs(other.Distribution.Mean));
    }

    [Theory]
    [InlineData(DeterministicForm.None, false)]
    [InlineData(DeterministicForm.Reference, true)]
    [InlineData(DeterministicForm.BeliefOnly, true)]
    public void Deterministic_forms_do_not_depend_on_the_noise(DeterministicForm form, bool deterministic)
    {
        using var model = Create(Forms.Small with { Deterministic = form });
        var (one, _) = model.Observe(_embeddings, _actions, Noise(model));
        var (other, _) = model.Observe(_embeddings, _actions, Noise(model));
        Assert.Equal(deterministic, model.Features(one).SameAs(model.Features(other)));
        if (form == DeterministicForm.Reference)
        {
            Assert.True(one.Distribution.Mean.SameAs(one.Sample));
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void In_the_reference_form_the_prior_s_mean_learns_from_the_divergence_alone(double scale, bool untrained)
    {
        var gradients = Gradients(Forms.Small with { Deterministic = DeterministicForm.Reference }, scale);
        Assert.Equal(untrained, gradients["prior_mean.weight"] == 0 && gradients["prior_mean.bias"] == 0);
        Assert.Equal(untrained, gradients["prior_hidden.weight"] == 0);
        Assert.NotEqual(0, gradients["posterior_mean.weight"]);
        Assert.NotEqual(0, gradients["gru.candidate.weight"]);
    }

    [Fact]
    public void With_the_belief_alone_every_weight_learns()
    {
        Assert.All(
            Gradients(Forms.Small with { Deterministic = DeterministicForm.BeliefOnly }, 1),
            gradient => Assert.True(gradient.Value > 0, gradient.Key));
    }

    [Fact]
    public void With_the_belief_alone_the_divergence_is_the_scaled_square_of_the_images_correction()
    {
        using var model = Create(Forms.Small with { Deterministic = DeterministicForm.BeliefOnly });
        var (posterior, prior) = model.Observe(_embeddings, _actions, Noise(model));
        var squares = (posterior.Belief - prior.Mean).square().sum(-1) / (2 * 0.1 * 0.1);
        Assert.True(allclose(squares, DiagonalGaussian.Divergence(posterior.Distribution, prior), rtol: 1e-4, atol: 1e-4));
        Assert.True(squares.min().item<float>() > 0);
    }

    [Fact]
    public void The_stochastic_posterior_sees_the_prior_s_parameters_and_carries_nothing_but_its_sample()
    {
        using var model = Create(Forms.All["ssm"]);
        var start = model.InitialState(Batch);
        var (action, embedding, noise) = (_actions.select(1, 0), _embeddings.select(1, 0), randn([Batch, 4], generator: _generator));
        var prior = model.Transition(start, action, noise).Distribution;
        var state = model.state_dict();
        var hidden = nn.functional.linear(
            cat([prior.Mean, prior.Stddev, embedding], -1), state["posterior_hidden.weight"], state["posterior_hidden.bias"]).elu();
        var mean = nn.functional.linear(hidden, state["posterior_mean.weight"], state["posterior_mean.bias"]);
        var posterior = model.Posterior(start, action, embedding, noise);
        Assert.True(allclose(mean, posterior.Distribution.Mean, rtol: 1e-4, atol: 1e-5));
        Assert.Equal([Batch, 0], posterior.Belief.shape);
    }

    [Fact]
    public void The_doubly_recurrent_prior_is_its_posterior_of_an_embedding_of_zeros()
    {
        using var model = Create(Forms.All["drnn"]);
        var (posterior, prior) = model.Observe(_embeddings, _actions, Noise(model));
        var blind = model.Posterior(
            posterior.At(1), _actions.select(1, 2), zeros([Batch, Embedding]), randn([Batch, 4], generator: _generator));
        Assert.True(allclose(blind.Distribution.Mean, prior.Mean.select(1, 2), rtol: 1e-4, atol: 1e-6));
        Assert.True(allclose(blind.Distribution.Stddev, prior.Stddev.select(1, 2), rtol: 1e-4, atol: 1e-6));
    }

    [Theory]
    [MemberData(nameof(Forms.Names), MemberType = typeof(Forms))]
    public void A_state_can_be_disposed_without_the_one_after_it(string form)
    {
        using var model = Create(Forms.All[form]);
        var start = model.InitialState(Batch);
        var noise = randn([Batch, model.StochasticSize], generator: _generator);
        foreach (var next in new[]
        {
            model.Transition(start, _actions.select(1, 0), noise),
            model.Posterior(start, _actions.select(1, 0), _embeddings.select(1, 0), noise)
        })
        {
            Assert.NotSame(start.Sample, next.Sample);
            Assert.NotSame(start.Belief, next.Belief);
        }
    }

    [Theory]
    [InlineData(Activation.Relu, 0, 2)]
    [InlineData(Activation.Elu, -0.8646647, 2)]
    [InlineData(Activation.Tanh, -0.9640276, 0.9640276)]
    [InlineData(Activation.Swish, -0.2384058, 1.7615942)]
    [InlineData(Activation.Softplus, 0.1269280, 2.1269280)]
    public void Hidden_layers_and_the_reward_head_end_in_the_chosen_activation(Activation activation, double atMinusTwo, double atTwo)
    {
        using var layers = new HiddenLayers(1, 1, 1, activation, _generator);
        using var head = new ScalarHead(1, 1, 1, _generator, activation);
        layers.state_dict()["weight"].detach().fill_(1);
        foreach (var (name, parameter) in head.named_parameters())
        {
            if (name.EndsWith("weight", StringComparison.Ordinal))
            {
                parameter.detach().fill_(1);
            }
        }

        var inputs = tensor([-2f, 2f], [2, 1]);
        foreach (var values in new[] { layers.forward(inputs), head.forward(inputs) })
        {
            Assert.Equal(atMinusTwo, values.reshape(-1).select(0, 0).item<float>(), 6);
            Assert.Equal(atTwo, values.reshape(-1).select(0, 1).item<float>(), 6);
        }
    }

    [Fact]
    public void Encoder_and_decoder_are_relu_whatever_the_activation()
    {
        using var first = new Generator(3, CPU);
        using var second = new Generator(3, CPU);
        using var relu = new WorldModel(Forms.Small, 2, first);
        using var elu = new WorldModel(Forms.Small with { Activation = Activation.Elu }, 2, second);
        var images = randn([2, 3, 64, 64], generator: _generator);
        var features = randn([2, 12], generator: _generator);
        Assert.True(relu.Encoder!.forward(images).SameAs(elu.Encoder!.forward(images)));
        Assert.True(relu.Decoder!.forward(features).SameAs(elu.Decoder!.forward(features)));
        Assert.False(relu.Reward.forward(features).SameAs(elu.Reward.forward(features)));
    }

    public void Dispose()
    {
        _generator.Dispose();
        _scope.Dispose();
    }

    private TransitionModel Create(ModelOptions options)
    {
        return TransitionModels.Create(options, Actions, Embedding, _generator);
    }

    private Tensor Noise(TransitionModel model)
    {
        return randn([Batch, Length, model.StochasticSize], generator: _generator);
    }

    /// <summary>Sum of the absolute gradients of the loss, for every parameter of the latent dynamics.</summary>
    private Dictionary<string, double> Gradients(ModelOptions options, double divergenceScale)
    {
        using var model = new WorldModel(options, Actions, _generator);
        var images = randn([Batch, Length, 3, 64, 64], generator: _generator);
        var rewards = randn([Batch, Length], generator: _generator);
        var objective = new ObjectiveOptions { DivergenceScale = divergenceScale, FreeNats = 0 };
        Objective.Compute(model, objective, images, _actions, rewards, Noise(model.Dynamics)).Total.backward();
        return model.Dynamics.named_parameters().ToDictionary(
            entry => entry.name, entry => (double)entry.parameter.grad!.abs().sum().item<float>(), StringComparer.Ordinal);
    }
}
