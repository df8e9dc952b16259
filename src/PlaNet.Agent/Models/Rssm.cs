using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>
/// The recurrent state-space model (section 3 of the paper; docs/models.md): a deterministic path through a GRU and a stochastic path
/// through a normal distribution, with the transition p(s_t | h_t) as prior and q(s_t | h_t, o_t) as posterior.
/// </summary>
/// <remarks>
/// With <see cref="DeterministicForm.Reference"/> the samples of prior and posterior are their means. Then only the divergence
/// trains the prior's mean. Without it (<c>objective.divergence_scale</c> 0, as the published baseline was trained) the prior's mean keeps
/// its random initial weights, although open-loop prediction and planning use it.
/// </remarks>
public sealed class Rssm : TransitionModel
{
    private readonly HiddenLayers input;
    private readonly GruCell gru;
    private readonly HiddenLayers prior_hidden;
    private readonly DenseLayer prior_mean;
    private readonly DenseLayer prior_stddev;
    private readonly HiddenLayers posterior_hidden;
    private readonly DenseLayer posterior_mean;
    private readonly DenseLayer posterior_stddev;
    private readonly ModelOptions _options;

    /// <summary>Makes the model.</summary>
    /// <param name="options">Sizes and forms.</param>
    /// <param name="actionSize">Size of an action, A.</param>
    /// <param name="embeddingSize">Size of an image embedding, E.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public Rssm(ModelOptions options, long actionSize, long embeddingSize, Generator generator)
        : base(nameof(Rssm))
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var (stochastic, belief, hidden) = (options.StochasticSize, options.BeliefSize, options.HiddenSize);
        HiddenLayers Hidden(long inputs) => new(inputs, hidden, options.ModelLayers, options.Activation, generator);
        input = Hidden(stochastic + actionSize);
        gru = new GruCell(hidden, belief, generator, options.Gru);
        prior_hidden = Hidden(options.PriorInput == PriorInput.PreGru ? hidden : belief);
        prior_mean = new DenseLayer(hidden, stochastic, generator);
        prior_stddev = new DenseLayer(hidden, stochastic, generator);
        posterior_hidden = Hidden(belief + embeddingSize);
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

    /// <inheritdoc/>
    public override LatentState Transition(Tensor sample, Tensor belief, Tensor action, Tensor noise)
    {
        var step = Advance(sample, belief, action);
        return Draw(Prior(PriorInputOf(step)), step.Belief, noise);
    }

    /// <inheritdoc/>
    public override LatentState Posterior(LatentState previous, Tensor action, Tensor embedding, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(previous);
        var (_, belief) = Advance(previous.Sample, previous.Belief, action);
        return Correct(belief, posterior_hidden.TrailingTerm(embedding), noise);
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
        var hidden = new Tensor[acts.Length];
        for (var time = 0; time < states.Length; time++)
        {
            (hidden[time], var belief) = Advance(state.Sample, state.Belief, acts[time]);
            state = Correct(belief, terms[time], draws[time]);
            states[time] = state;
        }

        var posterior = LatentState.OverTime(states);
        return (posterior, Prior(_options.PriorInput == PriorInput.PreGru ? stack(hidden, 1) : posterior.Belief));
    }

    // The deterministic path: the GRU's input and h_t, from s_(t-1), h_(t-1) and the action that leads to t.
    private (Tensor Hidden, Tensor Belief) Advance(Tensor sample, Tensor belief, Tensor action)
    {
        var hidden = input.forward(cat([sample, action], -1));
        return (hidden, gru.forward(hidden, belief));
    }

    private Tensor PriorInputOf((Tensor Hidden, Tensor Belief) step)
    {
        return _options.PriorInput == PriorInput.PreGru ? step.Hidden : step.Belief;
    }

    private DiagonalGaussian Prior(Tensor priorInput)
    {
        return Normal(prior_hidden.forward(priorInput), prior_mean, prior_stddev, _options.MinStddev);
    }

    private LatentState Correct(Tensor belief, Tensor embeddingTerm, Tensor noise)
    {
        return Draw(
            Normal(posterior_hidden.forward(belief, embeddingTerm), posterior_mean, posterior_stddev, _options.MinStddev), belief, noise);
    }

    private LatentState Draw(DiagonalGaussian distribution, Tensor belief, Tensor noise)
    {
        var sample = _options.Deterministic == DeterministicForm.Reference ? distribution.Mean : distribution.Sample(noise);
        return new LatentState(distribution, sample, belief);
    }
}
