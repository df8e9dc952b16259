using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>
/// The recurrent state-space model (section 3 of the paper, spec 2.3): a deterministic path through a GRU and a stochastic path
/// through a normal distribution, with the transition p(s_t | h_t) as prior and q(s_t | h_t, o_t) as posterior.
/// </summary>
public sealed class Rssm : TransitionModel
{
    private readonly DenseLayer input;
    private readonly GruCell gru;
    private readonly DenseLayer prior_hidden;
    private readonly DenseLayer prior_mean;
    private readonly DenseLayer prior_stddev;
    private readonly DenseLayer posterior_hidden;
    private readonly DenseLayer posterior_mean;
    private readonly DenseLayer posterior_stddev;
    private readonly ModelOptions _options;

    /// <summary>Makes the model.</summary>
    /// <param name="options">Sizes.</param>
    /// <param name="actionSize">Size of an action, A.</param>
    /// <param name="embeddingSize">Size of an image embedding, E.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public Rssm(ModelOptions options, long actionSize, long embeddingSize, Generator generator)
        : base(nameof(Rssm))
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var (stochastic, belief, hidden) = (options.StochasticSize, options.BeliefSize, options.HiddenSize);
        input = new DenseLayer(stochastic + actionSize, hidden, generator);
        gru = new GruCell(hidden, belief, generator);
        prior_hidden = new DenseLayer(belief, hidden, generator);
        prior_mean = new DenseLayer(hidden, stochastic, generator);
        prior_stddev = new DenseLayer(hidden, stochastic, generator);
        posterior_hidden = new DenseLayer(belief + embeddingSize, hidden, generator);
        posterior_mean = new DenseLayer(hidden, stochastic, generator);
        posterior_stddev = new DenseLayer(hidden, stochastic, generator);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override long StochasticSize => _options.StochasticSize;

    /// <inheritdoc/>
    public override long BeliefSize => _options.BeliefSize;

    /// <inheritdoc/>
    public override long FeatureSize => _options.StochasticSize + _options.BeliefSize;

    /// <inheritdoc/>
    public override Tensor Features(Tensor sample, Tensor belief)
    {
        return cat([sample, belief], -1);
    }

    /// <summary>The deterministic path: h_t from s_(t-1), h_(t-1) and the action that leads to t.</summary>
    /// <param name="sample">s_(t-1), [batch, stochastic].</param>
    /// <param name="belief">h_(t-1), [batch, belief].</param>
    /// <param name="action">[batch, action].</param>
    /// <returns>h_t, [batch, belief].</returns>
    public Tensor NextBelief(Tensor sample, Tensor belief, Tensor action)
    {
        return gru.forward(input.forward(cat([sample, action], -1)).relu_(), belief);
    }

    /// <summary>The prior p(s_t | h_t).</summary>
    /// <param name="belief">[..., belief].</param>
    public DiagonalGaussian Prior(Tensor belief)
    {
        var hidden = prior_hidden.forward(belief).relu_();
        return new DiagonalGaussian(prior_mean.forward(hidden), Stddev(prior_stddev.forward(hidden)));
    }

    /// <inheritdoc/>
    public override LatentState Transition(Tensor sample, Tensor belief, Tensor action, Tensor noise)
    {
        var next = NextBelief(sample, belief, action);
        var prior = Prior(next);
        return new LatentState(prior, prior.Sample(noise), next);
    }

    /// <inheritdoc/>
    public override LatentState Posterior(LatentState previous, Tensor action, Tensor embedding, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(previous);
        var belief = NextBelief(previous.Sample, previous.Belief, action);
        return Correct(belief, EmbeddingTerm(embedding), noise);
    }

    /// <inheritdoc/>
    public override (LatentState Posterior, DiagonalGaussian Prior) Observe(Tensor embeddings, Tensor actions, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(noise);

        // What does not depend on the recurrence is computed for all steps at once.
        var terms = EmbeddingTerm(embeddings).unbind(1);
        var acts = actions.unbind(1);
        var draws = noise.unbind(1);
        var state = InitialState(actions.shape[0]);
        var states = new LatentState[acts.Length];
        for (var time = 0; time < states.Length; time++)
        {
            state = Correct(NextBelief(state.Sample, state.Belief, acts[time]), terms[time], draws[time]);
            states[time] = state;
        }

        var posterior = LatentState.OverTime(states);
        return (posterior, Prior(posterior.Belief));
    }

    // The image's part of the posterior's first layer: W5 [h, e] + b5 = W5_h h + (W5_e e + b5).
    private Tensor EmbeddingTerm(Tensor embedding)
    {
        var weight = posterior_hidden.Weight.narrow(1, _options.BeliefSize, posterior_hidden.Weight.shape[1] - _options.BeliefSize);
        return nn.functional.linear(embedding, weight, posterior_hidden.Bias);
    }

    private LatentState Correct(Tensor belief, Tensor embeddingTerm, Tensor noise)
    {
        var weight = posterior_hidden.Weight.narrow(1, 0, _options.BeliefSize);
        var hidden = (nn.functional.linear(belief, weight) + embeddingTerm).relu_();
        var posterior = new DiagonalGaussian(posterior_mean.forward(hidden), Stddev(posterior_stddev.forward(hidden)));
        return new LatentState(posterior, posterior.Sample(noise), belief);
    }

    private Tensor Stddev(Tensor preactivation)
    {
        return nn.functional.softplus(preactivation) + _options.MinStddev;
    }
}
