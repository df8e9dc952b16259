using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>
/// The purely stochastic state-space model (figure 2b of the paper): the sample is the whole state and the only input of the
/// heads. The posterior's input is the mean and the standard deviation of the prior, not its sample.
/// </summary>
public sealed class Ssm : TransitionModel
{
    private readonly HiddenLayers prior_hidden;
    private readonly DenseLayer prior_mean;
    private readonly DenseLayer prior_stddev;
    private readonly HiddenLayers posterior_hidden;
    private readonly DenseLayer posterior_mean;
    private readonly DenseLayer posterior_stddev;
    private readonly ModelOptions _options;

    /// <summary>Makes the model.</summary>
    /// <param name="options">Sizes and forms; the size of the belief and the GRU's form are ignored.</param>
    /// <param name="actionSize">Size of an action, A.</param>
    /// <param name="embeddingSize">Size of an image embedding, E.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public Ssm(ModelOptions options, long actionSize, long embeddingSize, Generator generator)
        : base(nameof(Ssm))
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var (stochastic, hidden) = (options.StochasticSize, options.HiddenSize);
        prior_hidden = new HiddenLayers(stochastic + actionSize, hidden, options.ModelLayers, options.Activation, generator);
        prior_mean = new DenseLayer(hidden, stochastic, generator);
        prior_stddev = new DenseLayer(hidden, stochastic, generator);
        posterior_hidden = new HiddenLayers((2L * stochastic) + embeddingSize, hidden, options.ModelLayers, options.Activation, generator);
        posterior_mean = new DenseLayer(hidden, stochastic, generator);
        posterior_stddev = new DenseLayer(hidden, stochastic, generator);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override long StochasticSize => _options.StochasticSize;

    /// <inheritdoc/>
    public override long BeliefSize => 0;

    /// <inheritdoc/>
    public override long FeatureSize => _options.StochasticSize;

    /// <inheritdoc/>
    public override Tensor Features(Tensor sample, Tensor belief)
    {
        return sample;
    }

    /// <inheritdoc/>
    public override LatentState Transition(Tensor sample, Tensor belief, Tensor action, Tensor noise)
    {
        return Draw(Prior(sample, action), noise);
    }

    /// <inheritdoc/>
    public override LatentState Posterior(LatentState previous, Tensor action, Tensor embedding, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return Correct(Prior(previous.Sample, action), posterior_hidden.TrailingTerm(embedding), noise);
    }

    /// <inheritdoc/>
    public override (LatentState Posterior, DiagonalGaussian Prior) Observe(Tensor embeddings, Tensor actions, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(noise);

        // The image part of the posterior does not depend on the recurrence, so it is computed once for all steps.
        var terms = posterior_hidden.TrailingTerm(embeddings).unbind(1);
        var acts = actions.unbind(1);
        var draws = noise.unbind(1);
        var state = InitialState(actions.shape[0]);
        var states = new LatentState[acts.Length];
        var priors = new DiagonalGaussian[acts.Length];
        for (var time = 0; time < states.Length; time++)
        {
            priors[time] = Prior(state.Sample, acts[time]);
            state = Correct(priors[time], terms[time], draws[time]);
            states[time] = state;
        }

        return (LatentState.OverTime(states), DiagonalGaussian.OverTime(priors));
    }

    private DiagonalGaussian Prior(Tensor sample, Tensor action)
    {
        return Normal(prior_hidden.forward(cat([sample, action], -1)), prior_mean, prior_stddev, _options.MinStddev);
    }

    private LatentState Correct(DiagonalGaussian prior, Tensor embeddingTerm, Tensor noise)
    {
        var hidden = posterior_hidden.forward(cat([prior.Mean, prior.Stddev], -1), embeddingTerm);
        return Draw(Normal(hidden, posterior_mean, posterior_stddev, _options.MinStddev), noise);
    }

    private static LatentState Draw(DiagonalGaussian distribution, Tensor noise)
    {
        var sample = distribution.Sample(noise);
        return new LatentState(distribution, sample, EmptyLike(sample));
    }
}
