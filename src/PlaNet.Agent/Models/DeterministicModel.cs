using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>
/// The recurrent model without a stochastic path (figure 2a of the paper, spec 2.4, <see cref="DeterministicForm.BeliefOnly"/>): the state
/// is the belief h alone, and the heads see nothing else. The transition predicts the next belief from belief and action,
/// <c>p_t = GRU(f(a_t), h_(t-1))</c>. Where an image is seen the posterior adds what it tells, <c>h_t = p_t + W g([p_t, e_t]) + b</c>; where
/// none is, <c>h_t = p_t</c>.
/// </summary>
/// <remarks>
/// <para>
/// Prior and posterior are points. For the objective they stand as normal distributions of the smallest standard deviation
/// (<c>model.min_stddev</c>) around p_t and h_t, so that their divergence is the squared length of the correction over twice the variance.
/// It is what trains the transition to predict the beliefs that images lead to, and hence what makes open-loop prediction and planning, which
/// apply the transition to its own predictions, mean anything; the heads train the corrected belief. A learned deviation would have no
/// meaning: nothing is sampled from it, so that growing it would be a free way to a small divergence.
/// </para>
/// <para>No noise is consumed and no sample is carried: <see cref="StochasticSize"/> is 0.</para>
/// </remarks>
public sealed class DeterministicModel : TransitionModel
{
    private readonly HiddenLayers input;
    private readonly GruCell gru;
    private readonly HiddenLayers correction_hidden;
    private readonly DenseLayer correction;
    private readonly ModelOptions _options;

    /// <summary>Makes the model.</summary>
    /// <param name="options">Sizes and forms; the size of the stochastic state does not matter.</param>
    /// <param name="actionSize">Size of an action, A.</param>
    /// <param name="embeddingSize">Size of an image embedding, E.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public DeterministicModel(ModelOptions options, long actionSize, long embeddingSize, Generator generator)
        : base(nameof(DeterministicModel))
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var (belief, hidden) = (options.BeliefSize, options.HiddenSize);
        input = new HiddenLayers(actionSize, hidden, options.ModelLayers, options.Activation, generator);
        gru = new GruCell(hidden, belief, generator, options.Gru);
        correction_hidden = new HiddenLayers(belief + embeddingSize, hidden, options.ModelLayers, options.Activation, generator);
        correction = new DenseLayer(hidden, belief, generator);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override long StochasticSize => 0;

    /// <inheritdoc/>
    public override long BeliefSize => _options.BeliefSize;

    /// <inheritdoc/>
    public override long DistributionSize => _options.BeliefSize;

    /// <inheritdoc/>
    public override long FeatureSize => _options.BeliefSize;

    /// <inheritdoc/>
    public override Tensor Features(Tensor sample, Tensor belief)
    {
        return belief;
    }

    /// <inheritdoc/>
    public override LatentState Transition(Tensor sample, Tensor belief, Tensor action, Tensor noise)
    {
        return Point(Advance(belief, action));
    }

    /// <inheritdoc/>
    public override LatentState Posterior(LatentState previous, Tensor action, Tensor embedding, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return Correct(Advance(previous.Belief, action), correction_hidden.TrailingTerm(embedding));
    }

    /// <inheritdoc/>
    public override (LatentState Posterior, DiagonalGaussian Prior) Observe(Tensor embeddings, Tensor actions, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(actions);

        // The image's and the action's first layers do not depend on the recurrence.
        var terms = correction_hidden.TrailingTerm(embeddings).unbind(1);
        var inputs = input.forward(actions).unbind(1);
        var belief = InitialState(actions.shape[0]).Belief;
        var states = new LatentState[inputs.Length];
        var priors = new Tensor[inputs.Length];
        for (var time = 0; time < states.Length; time++)
        {
            priors[time] = gru.forward(inputs[time], belief);
            states[time] = Correct(priors[time], terms[time]);
            belief = states[time].Belief;
        }

        return (LatentState.OverTime(states), Around(stack(priors, 1)));
    }

    private Tensor Advance(Tensor belief, Tensor action)
    {
        return gru.forward(input.forward(action), belief);
    }

    private LatentState Correct(Tensor predicted, Tensor embeddingTerm)
    {
        return Point(predicted + correction.forward(correction_hidden.forward(predicted, embeddingTerm)));
    }

    private LatentState Point(Tensor belief)
    {
        return new LatentState(Around(belief), EmptyLike(belief), belief);
    }

    private DiagonalGaussian Around(Tensor belief)
    {
        return new DiagonalGaussian(belief, full_like(belief, _options.MinStddev));
    }
}
