using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>
/// Latent dynamics (section 3 of the paper; docs/models.md): a prior p(s_t | s_(t-1), a_(t-1)), which predicts without the image, and a
/// posterior q(s_t | s_(t-1), a_(t-1), o_t), which uses it. A state is a distribution, its sample and a deterministic belief.
/// </summary>
/// <param name="name">Name of the module.</param>
public abstract class TransitionModel(string name) : nn.Module(name)
{
    /// <summary>Size of the stochastic state, Z, and of the noise of one step; 0 if the model has none.</summary>
    public abstract long StochasticSize { get; }

    /// <summary>Size of the deterministic state; 0 if the model has none.</summary>
    public abstract long BeliefSize { get; }

    /// <summary>Size of the prior and posterior distributions. Default the size of the sample.</summary>
    public virtual long DistributionSize => StochasticSize;

    /// <summary>Size of the features, the input of the heads.</summary>
    public abstract long FeatureSize { get; }

    /// <summary>The features of a state, the input of the heads, [..., features].</summary>
    /// <param name="sample">[..., stochastic].</param>
    /// <param name="belief">[..., belief].</param>
    public abstract Tensor Features(Tensor sample, Tensor belief);

    /// <summary>One step of the transition without an image. The distribution of the resulting state is the prior.</summary>
    /// <param name="sample">The previous sample, [batch, stochastic].</param>
    /// <param name="belief">The previous belief, [batch, belief].</param>
    /// <param name="action">[batch, action].</param>
    /// <param name="noise">Standard normal noise, [batch, stochastic].</param>
    public abstract LatentState Transition(Tensor sample, Tensor belief, Tensor action, Tensor noise);

    /// <summary>One step of filtering: the posterior state after an action and its image.</summary>
    /// <param name="previous">The previous state, [batch, ...].</param>
    /// <param name="action">[batch, action].</param>
    /// <param name="embedding">Embedding of the image, [batch, embedding].</param>
    /// <param name="noise">Standard normal noise, [batch, stochastic].</param>
    public abstract LatentState Posterior(LatentState previous, Tensor action, Tensor embedding, Tensor noise);

    /// <summary>Closed loop: the posterior at every step of a sequence, from the initial state.</summary>
    /// <param name="embeddings">[batch, time, embedding].</param>
    /// <param name="actions">The action that led to each step, [batch, time, action].</param>
    /// <param name="noise">Standard normal noise, [batch, time, stochastic].</param>
    /// <returns>The posterior states and the priors of the same steps, [batch, time, ...].</returns>
    public abstract (LatentState Posterior, DiagonalGaussian Prior) Observe(Tensor embeddings, Tensor actions, Tensor noise);

    /// <summary>The features of a state, the input of the heads, [..., features].</summary>
    /// <param name="state">A state with any leading dimensions.</param>
    public Tensor Features(LatentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Features(state.Sample, state.Belief);
    }

    /// <summary>One step of the transition without an image. The distribution of the resulting state is the prior.</summary>
    /// <param name="previous">The previous state, [batch, ...].</param>
    /// <param name="action">[batch, action].</param>
    /// <param name="noise">Standard normal noise, [batch, stochastic].</param>
    public LatentState Transition(LatentState previous, Tensor action, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return Transition(previous.Sample, previous.Belief, action, noise);
    }

    /// <summary>The state before the first step of a sequence: all zeros, including the standard deviation.</summary>
    /// <param name="batch">Number of sequences.</param>
    public LatentState InitialState(long batch)
    {
        var like = parameters().First();
        Tensor Zeros(long size) => zeros([batch, size], dtype: like.dtype, device: like.device);
        return new LatentState(
            new DiagonalGaussian(Zeros(DistributionSize), Zeros(DistributionSize)), Zeros(StochasticSize), Zeros(BeliefSize));
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

    /// <summary>Open loop after a closed-loop context: the posterior for the first steps, then the prior.</summary>
    /// <param name="embeddings">[batch, at least context, embedding].</param>
    /// <param name="actions">[batch, time, action].</param>
    /// <param name="noise">Standard normal noise, [batch, time, stochastic].</param>
    /// <param name="context">Number of steps with images, from 1 to the length of the sequence.</param>
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

    /// <summary>A normal distribution from a hidden layer: linear mean; deviation as softplus of a linear map plus a minimum.</summary>
    /// <param name="hidden">[..., hidden].</param>
    /// <param name="mean">Layer of the mean.</param>
    /// <param name="stddev">Layer of the standard deviation.</param>
    /// <param name="minStddev">Minimum standard deviation.</param>
    protected static DiagonalGaussian Normal(Tensor hidden, DenseLayer mean, DenseLayer stddev, double minStddev)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(stddev);
        return new DiagonalGaussian(mean.forward(hidden), stddev.forward(hidden).Softplus().Plus(Scalars.Of(minStddev)));
    }

    /// <summary>An empty part of a state, [batch, 0]. Each call returns a new tensor, so that states can be disposed separately.</summary>
    /// <param name="like">Another part of the state, [batch, ...].</param>
    protected static Tensor EmptyLike(Tensor like)
    {
        ArgumentNullException.ThrowIfNull(like);
        return like.narrow(-1, 0, 0);
    }
}
