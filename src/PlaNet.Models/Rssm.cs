using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>
/// The recurrent state-space model (section 3 of the paper, spec 2.3): a deterministic path through a GRU and a stochastic path
/// through a normal distribution, with the transition p(s_t | h_t) as prior and q(s_t | h_t, o_t) as posterior.
/// </summary>
public sealed class Rssm : nn.Module
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

    /// <summary>Size of the stochastic state, Z.</summary>
    public long StochasticSize => _options.StochasticSize;

    /// <summary>Size of the features: sample and belief.</summary>
    public long FeatureSize => _options.StochasticSize + _options.BeliefSize;

    /// <summary>The state before the first step of a sequence: all zeros, the standard deviation too.</summary>
    /// <param name="batch">Number of sequences.</param>
    public LatentState InitialState(long batch)
    {
        var like = input.Weight;
        Tensor Zeros(long size) => zeros([batch, size], dtype: like.dtype, device: like.device);
        return new LatentState(
            new DiagonalGaussian(Zeros(StochasticSize), Zeros(StochasticSize)), Zeros(StochasticSize), Zeros(_options.BeliefSize));
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

    /// <summary>One step of the transition: the state that an action leads to, unseen.</summary>
    /// <param name="previous">The state before, [batch, ...].</param>
    /// <param name="action">[batch, action].</param>
    /// <param name="noise">Standard normal noise, [batch, stochastic].</param>
    public LatentState Transition(LatentState previous, Tensor action, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(previous);
        var belief = NextBelief(previous.Sample, previous.Belief, action);
        var prior = Prior(belief);
        return new LatentState(prior, prior.Sample(noise), belief);
    }

    /// <summary>One step of filtering: the state that an action leads to, given the image seen there.</summary>
    /// <param name="previous">The state before, [batch, ...].</param>
    /// <param name="action">[batch, action].</param>
    /// <param name="embedding">Embedding of the image, [batch, embedding].</param>
    /// <param name="noise">Standard normal noise, [batch, stochastic].</param>
    public LatentState Posterior(LatentState previous, Tensor action, Tensor embedding, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(previous);
        var belief = NextBelief(previous.Sample, previous.Belief, action);
        return Correct(belief, EmbeddingTerm(embedding), noise);
    }

    /// <summary>Closed loop: the posterior at every step of a sequence, from the initial state.</summary>
    /// <param name="embeddings">[batch, time, embedding].</param>
    /// <param name="actions">The action that led to each step, [batch, time, action].</param>
    /// <param name="noise">Standard normal noise, [batch, time, stochastic].</param>
    /// <returns>The posterior states and the priors of the same steps, [batch, time, ...].</returns>
    public (LatentState Posterior, DiagonalGaussian Prior) Observe(Tensor embeddings, Tensor actions, Tensor noise)
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

    /// <summary>Open loop: the prior rolled forward from a state through a sequence of actions.</summary>
    /// <param name="start">The state before the first action, [batch, ...].</param>
    /// <param name="actions">[batch, time, action].</param>
    /// <param name="noise">Standard normal noise, [batch, time, stochastic].</param>
    /// <returns>States, [batch, time, ...].</returns>
    public LatentState Imagine(LatentState start, Tensor actions, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(noise);
        var acts = actions.unbind(1);
        var draws = noise.unbind(1);
        var state = start;
        var states = new LatentState[acts.Length];
        for (var time = 0; time < states.Length; time++)
        {
            state = Transition(state, acts[time], draws[time]);
            states[time] = state;
        }

        return LatentState.OverTime(states);
    }

    /// <summary>Open loop after a closed-loop context: the posterior for the first steps, then the prior (spec 2.6).</summary>
    /// <param name="embeddings">[batch, at least context, embedding].</param>
    /// <param name="actions">[batch, time, action].</param>
    /// <param name="noise">Standard normal noise, [batch, time, stochastic].</param>
    /// <param name="context">Steps whose images are seen, from 1 to the length of the sequence.</param>
    /// <returns>States, [batch, time, ...].</returns>
    public LatentState Predict(Tensor embeddings, Tensor actions, Tensor noise, int context)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(noise);
        var length = actions.shape[1];
        ArgumentOutOfRangeException.ThrowIfLessThan(context, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(context, length);
        var (seen, _) = Observe(embeddings.narrow(1, 0, context), actions.narrow(1, 0, context), noise.narrow(1, 0, context));
        if (context == length)
        {
            return seen;
        }

        var ahead = Imagine(
            seen.At(context - 1), actions.narrow(1, context, length - context), noise.narrow(1, context, length - context));
        return new LatentState(
            new DiagonalGaussian(
                cat([seen.Distribution.Mean, ahead.Distribution.Mean], 1), cat([seen.Distribution.Stddev, ahead.Distribution.Stddev], 1)),
            cat([seen.Sample, ahead.Sample], 1),
            cat([seen.Belief, ahead.Belief], 1));
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
