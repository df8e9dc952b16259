using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>
/// The doubly recurrent network (figure 8 of the paper): an encoder GRU over embedding, action and last sample, then a normal
/// distribution, then a decoder GRU over the samples. The decoder's state is the only input of the heads. Prior and posterior share one
/// network; the prior's embedding is zero.
/// </summary>
/// <remarks>The belief is the encoder's state followed by the decoder's, each of <see cref="ModelOptions.BeliefSize"/> units.</remarks>
public sealed class Drnn : TransitionModel
{
    private readonly GruCell encoder;
    private readonly HiddenLayers hidden;
    private readonly DenseLayer mean;
    private readonly DenseLayer stddev;
    private readonly GruCell decoder;
    private readonly ModelOptions _options;

    /// <summary>Makes the model.</summary>
    /// <param name="options">Sizes and forms.</param>
    /// <param name="actionSize">Size of an action, A.</param>
    /// <param name="embeddingSize">Size of an image embedding, E.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public Drnn(ModelOptions options, long actionSize, long embeddingSize, Generator generator)
        : base(nameof(Drnn))
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var (stochastic, units) = (options.StochasticSize, options.BeliefSize);
        encoder = new GruCell(embeddingSize + actionSize + stochastic, units, generator, options.Gru);
        hidden = new HiddenLayers((2L * units) + stochastic, options.HiddenSize, options.ModelLayers, options.Activation, generator);
        mean = new DenseLayer(options.HiddenSize, stochastic, generator);
        stddev = new DenseLayer(options.HiddenSize, stochastic, generator);
        decoder = new GruCell(stochastic, units, generator, options.Gru);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override long StochasticSize => _options.StochasticSize;

    /// <inheritdoc/>
    public override long BeliefSize => 2L * _options.BeliefSize;

    /// <inheritdoc/>
    public override long FeatureSize => _options.BeliefSize;

    /// <inheritdoc/>
    public override Tensor Features(Tensor sample, Tensor belief)
    {
        ArgumentNullException.ThrowIfNull(belief);
        return Split(belief).Decoder;
    }

    /// <inheritdoc/>
    public override LatentState Transition(Tensor sample, Tensor belief, Tensor action, Tensor noise)
    {
        return Next(sample, belief, action, embeddingTerm: null, noise);
    }

    /// <inheritdoc/>
    public override LatentState Posterior(LatentState previous, Tensor action, Tensor embedding, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return Next(previous.Sample, previous.Belief, action, encoder.LeadingTerm(embedding), noise);
    }

    /// <inheritdoc/>
    public override (LatentState Posterior, DiagonalGaussian Prior) Observe(Tensor embeddings, Tensor actions, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(noise);
        var (batch, length) = (actions.shape[0], actions.shape[1]);
        var terms = encoder.LeadingTerm(embeddings).unbind(1);
        var acts = actions.unbind(1);
        var draws = noise.unbind(1);
        var start = InitialState(batch);
        var state = start;
        var states = new LatentState[length];
        for (var time = 0; time < length; time++)
        {
            state = Next(state.Sample, state.Belief, acts[time], terms[time], draws[time]);
            states[time] = state;
        }

        // Each prior depends only on the posterior before it, so all priors are computed at once after the loop.
        var posterior = LatentState.OverTime(states);
        Tensor Previous(Tensor first, Tensor sequence) => cat([first.unsqueeze(1), sequence.narrow(1, 0, length - 1)], 1).flatten(0, 1);
        var (prior, _) = Encode(
            Previous(start.Sample, posterior.Sample), Previous(start.Belief, posterior.Belief), actions.flatten(0, 1), embeddingTerm: null);
        return (posterior, new DiagonalGaussian(prior.Mean.unflatten(0, batch, length), prior.Stddev.unflatten(0, batch, length)));
    }

    private LatentState Next(Tensor sample, Tensor belief, Tensor action, Tensor? embeddingTerm, Tensor noise)
    {
        var (distribution, encoded) = Encode(sample, belief, action, embeddingTerm);
        var drawn = distribution.Sample(noise);
        return new LatentState(distribution, drawn, cat([encoded, decoder.forward(drawn, Split(belief).Decoder)], -1));
    }

    private (DiagonalGaussian Distribution, Tensor Encoded) Encode(Tensor sample, Tensor belief, Tensor action, Tensor? embeddingTerm)
    {
        var previous = Split(belief);
        var encoded = encoder.forward(cat([action, sample], -1), previous.Encoder, embeddingTerm);
        var features = hidden.forward(cat([encoded, sample, previous.Decoder], -1));
        return (Normal(features, mean, stddev, _options.MinStddev), encoded);
    }

    private (Tensor Encoder, Tensor Decoder) Split(Tensor belief)
    {
        return (belief.narrow(-1, 0, _options.BeliefSize), belief.narrow(-1, _options.BeliefSize, _options.BeliefSize));
    }
}
