using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>
/// The recurrent model without a stochastic path (figure 2a of the paper, <see cref="DeterministicForm.BeliefOnly"/>): the belief
/// h is the whole state and the only input of the heads. The transition predicts the next belief from belief and action,
/// <c>p_t = GRU(f(a_t), h_(t-1))</c>. With an image, the posterior adds a correction, <c>h_t = p_t + W g([p_t, e_t]) + b</c>; without one,
/// <c>h_t = p_t</c>.
/// </summary>
/// <remarks>
/// <para>
/// Prior and posterior are points. The objective treats them as normal distributions around p_t and h_t with the minimum standard deviation
/// (<c>model.min_stddev</c>), so their divergence is the squared norm of the correction divided by twice the variance. This divergence
/// trains the transition to predict the corrected beliefs; open-loop prediction and planning, which apply the transition to its own
/// predictions, depend on it. The heads are trained on the corrected belief. The deviation is not learned: nothing is sampled from it, so a
/// larger deviation would reduce the divergence at no cost.
/// </para>
/// <para>The model consumes no noise and has no sample: <see cref="StochasticSize"/> is 0.</para>
/// </remarks>
public sealed class DeterministicModel : TransitionModel
{
    private readonly HiddenLayers input;
    private readonly GruCell gru;
    private readonly HiddenLayers correction_hidden;
    private readonly DenseLayer correction;
    private readonly ModelOptions _options;

    /// <summary>Makes the model.</summary>
    /// <param name="options">Sizes and forms; the size of the stochastic state is ignored.</param>
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

        // The first layers of image and action do not depend on the recurrence, so they run once for all steps.
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
        return Point(predicted.Plus(correction.forward(correction_hidden.forward(predicted, embeddingTerm))));
    }

    private LatentState Point(Tensor belief)
    {
        return new LatentState(Around(belief), EmptyLike(belief), belief);
    }

    private DiagonalGaussian Around(Tensor belief)
    {
        return new DiagonalGaussian(belief, full_like(belief, Scalars.Of(_options.MinStddev)));
    }
}
