using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Tensors;

namespace PlaNet.Objectives;

/// <summary>
/// The variational objective (equations 3 and 7 of the paper): a bound on the likelihood of observations and rewards, and optional terms.
/// Terms with weight 0 are not computed.
/// </summary>
public static class Objective
{
    /// <summary>Computes the loss of a batch of chunks.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="options">The terms and their weights.</param>
    /// <param name="images">Preprocessed images, [batch, time, channels, height, width]; null for a model without images.</param>
    /// <param name="actions">The action that led to each observation, [batch, time, action].</param>
    /// <param name="rewards">The reward of that step, [batch, time].</param>
    /// <param name="noise">Standard normal noise of the posterior, [batch, time, stochastic].</param>
    /// <param name="overshootingNoise">
    /// Standard normal noise of the predictions, [at least <see cref="ObjectiveOptions.ImaginedSteps"/>, batch, time, stochastic]; see
    /// <see cref="LatentOvershooting"/>. Null if no term needs it.
    /// </param>
    /// <param name="lengths">
    /// Length of each sequence in steps, from 1 to time; later steps are padding, and their values have no effect. Each sequence is
    /// averaged over its own length. Null if all sequences have full length.
    /// </param>
    /// <param name="imageOffset">
    /// The first decoded step, from 0 to <see cref="ObjectiveOptions.ImageStride"/> minus 1; see <see cref="ModelInputs.ImageOffset"/>.
    /// Default 0.
    /// </param>
    /// <param name="terminated">
    /// 1 for terminal states, else 0, [batch, time]; required for a model with continuation head, otherwise without effect. Default null.
    /// </param>
    /// <param name="states">
    /// Transformed state vectors, [batch, time, S]; required for a model that observes them. Default null.
    /// </param>
    public static ObjectiveTerms Compute(
        WorldModel model,
        ObjectiveOptions options,
        Tensor? images,
        Tensor actions,
        Tensor rewards,
        Tensor noise,
        Tensor? overshootingNoise = null,
        IReadOnlyList<int>? lengths = null,
        int imageOffset = 0,
        Tensor? terminated = null,
        Tensor? states = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rewards);
        var padding = lengths is null ? null : Padding.Of(lengths, rewards.shape[1], rewards.device);
        if (padding is not null)
        {
            // Masking only the results is not enough: 0 times infinity is NaN, in the loss and in its gradient.
            (images, states) = (images is null ? null : padding.Fill(images, 0), states is null ? null : padding.Fill(states, 0));
            actions = padding.Fill(actions, 0);
            (rewards, noise) = (padding.Fill(rewards, 0), padding.Fill(noise, 0));
        }

        var embeddings = Phases.MarkBackward(Phases.In("encoder", () => model.Embed(images, states)), "encoder");
        var (posterior, prior) = Phases.In("recurrence", () => model.Dynamics.Observe(embeddings, actions, noise));
        var features = Phases.MarkBackward(model.Dynamics.Features(posterior), "recurrence");
        var imageLoss = images is null
            ? zeros([], dtype: rewards.dtype, device: rewards.device)
            : ImageTerm(model, options, images, features, imageOffset, padding);
        var targets = RewardTargets.Of(rewards, options.RewardAlignment, padding);
        var predictions = Phases.In("reward head", () => model.Reward.forward(targets.Predictors(features)));
        var rewardLoss = -Padding.Mean(RewardScore(options.RewardLoss, targets.Rewards, predictions), targets.Padding);
        var divergence = Padding.Divergence(Balanced(posterior.Distribution, options.PosteriorShare), prior, padding);
        var divergenceLoss = Padding.Mean(FreeNats(divergence, options.FreeNats), padding);
        var total = (Scalars.Of(options.ImageScale) * imageLoss)
            .Plus(Scalars.Of(options.RewardScale) * rewardLoss)
            .Plus(Scalars.Of(options.DivergenceWeight) * divergenceLoss);
        var full = Padding.Mean(divergence.detach(), padding);
        var terms = new ObjectiveTerms(total, imageLoss, rewardLoss, divergenceLoss, full, posterior.Distribution, prior)
        {
            Padding = padding,
        };
        if (model.StateDecoder is { } stateDecoder)
        {
            var predicted = Phases.In("state decoder", () => stateDecoder.forward(features));
            terms = terms with { State = Padding.Mean(Scalars.Of(0.5) * (predicted - states!).Squared().sum(-1), padding) };
        }

        if (model.Continuation is { } continuation)
        {
            var ends = terminated ?? throw new ArgumentNullException(
                nameof(terminated), "The model predicts the end of episodes: pass which states are terminal.");
            var logits = Phases.In("continuation head", () => continuation.forward(features));
            terms = terms with { Continuation = ContinuationLoss(logits, ends, padding) };
        }

        if (options.GlobalDivergenceScale > 0)
        {
            terms = terms with { GlobalDivergence = GlobalDivergence(posterior.Distribution, padding) };
        }

        if (options.ImaginedSteps > 0)
        {
            var imagined = Phases.In("overshooting", () => LatentOvershooting.Imagine(
                model.Dynamics.Transition,
                posterior,
                actions,
                overshootingNoise ?? throw new ArgumentNullException(
                    nameof(overshootingNoise),
                    "Overshooting predicts states and needs noise: draw it with ModelInputs.OvershootingNoise."),
                options.ImaginedSteps,
                options.OvershootingStopStart,
                padding));
            terms = terms with
            {
                Overshooting = options.OvershootsLatents ? Overshooting(options, posterior.Distribution, imagined, padding) : null,
                OvershootingReward = options.OvershootsRewards && options.OvershootingReward == OvershootingReward.Prior
                    ? PriorRewards(model, options, imagined, targets)
                    : null,
                ObservationOvershooting = options.OvershootsObservations
                    ? ObservationOvershooting(model, options, images!, imagined, padding)
                    : null,
            };
        }

        if (options.OvershootsRewards && options.OvershootingReward == OvershootingReward.PosteriorStopped)
        {
            terms = terms with { OvershootingReward = PosteriorRewards(model, options, features, targets) };
        }

        return terms with
        {
            Total = Add(Add(Add(Add(Add(Add(
                total,
                options.StateScale, terms.State),
                options.ContinuationScale, terms.Continuation),
                options.GlobalDivergenceScale, terms.GlobalDivergence),
                options.OvershootingScale, terms.Overshooting),
                options.OvershootingRewardScale, terms.OvershootingReward),
                options.ObservationOvershootingScale, terms.ObservationOvershooting),
        };
    }

    /// <summary>The binary cross-entropy of predicted continuations, averaged over batch and time.</summary>
    /// <param name="logits">Logits of the probability that the episode continues after each state, [batch, time].</param>
    /// <param name="terminated">1 for terminal states, else 0, of the same shape.</param>
    /// <param name="padding">Steps that are padding; null for none.</param>
    /// <returns>A scalar, in nats.</returns>
    public static Tensor ContinuationLoss(Tensor logits, Tensor terminated, Padding? padding)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(terminated);
        var continues = (padding is null ? terminated : padding.Fill(terminated, 0)).Complement();
        return Padding.Mean(
            nn.functional.binary_cross_entropy_with_logits(logits, continues, reduction: nn.Reduction.None), padding);
    }

    /// <summary>ln N(image | mean, 1), summed over height, width and channels.</summary>
    /// <param name="images">[batch, time, channels, height, width].</param>
    /// <param name="means">The same shape.</param>
    /// <returns>[batch, time].</returns>
    public static Tensor ImageLogProbability(Tensor images, Tensor means)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(means);
        var values = images.shape[2] * images.shape[3] * images.shape[4];
        return (Scalars.Of(-0.5) * SquaredError(images, means)) - Scalars.Of(0.5 * Math.Log(2 * Math.PI) * values);
    }

    /// <summary>ln N(value | mean, 1), per element.</summary>
    /// <param name="value">Any shape.</param>
    /// <param name="mean">The same shape.</param>
    public static Tensor UnitNormalLogProbability(Tensor value, Tensor mean)
    {
        ArgumentNullException.ThrowIfNull(value);
        return (Scalars.Of(-0.5) * (value - mean).Squared()) - Scalars.Of(0.5 * Math.Log(2 * Math.PI));
    }

    /// <summary>
    /// The divergence beyond the free nats: max(0, divergence - free nats), for each element of batch and time before averaging.
    /// </summary>
    /// <param name="divergence">In nats, [batch, time].</param>
    /// <param name="freeNats">Nats that are not penalised.</param>
    public static Tensor FreeNats(Tensor divergence, double freeNats)
    {
        ArgumentNullException.ThrowIfNull(divergence);
        return (divergence - Scalars.Of(freeNats)).relu();
    }

    /// <summary>
    /// The same distribution, to whose parameters only a share of a gradient passes
    /// (<see cref="ObjectiveOptions.PosteriorShare"/>).
    /// </summary>
    /// <param name="distribution">Any shape.</param>
    /// <param name="share">From 0 to 1.</param>
    public static DiagonalGaussian Balanced(DiagonalGaussian distribution, double share)
    {
        ArgumentNullException.ThrowIfNull(distribution);
        Tensor Shared(Tensor value)
        {
            var stopped = value.detach();

            // The difference is exactly zero, so the value stays exactly the same.
            return stopped.Plus(Scalars.Of(share) * (value - stopped));
        }

        return share == 1 ? distribution : new DiagonalGaussian(Shared(distribution.Mean), Shared(distribution.Stddev));
    }

    private static Tensor ImageTerm(
        WorldModel model, ObjectiveOptions options, Tensor images, Tensor features, int offset, Padding? padding)
    {
        var (targets, decoded) = (Every(images, offset, options), Every(features, offset, options));
        var means = Phases.MarkBackward(Phases.In("decoder", () => model.Decode(decoded)), "decoder");
        return -Padding.Mean(
            Phases.In("image loss", () => ImageScore(options.ImageLoss, targets, means)), padding?.Every(offset, options.ImageStride));
    }

    private static Tensor Every(Tensor steps, int offset, ObjectiveOptions options)
    {
        return options.ImageStride == 1 ? steps : steps.slice(1, offset, steps.shape[1], options.ImageStride);
    }

    private static Tensor Add(Tensor total, double scale, Tensor? term)
    {
        return term is null ? total : total.Plus(Scalars.Of(scale) * term);
    }

    private static Tensor GlobalDivergence(DiagonalGaussian posterior, Padding? padding)
    {
        var standard = new DiagonalGaussian(zeros_like(posterior.Mean), ones_like(posterior.Stddev));
        return Padding.Mean(Padding.Divergence(posterior, standard, padding), padding);
    }

    private static Tensor Overshooting(
        ObjectiveOptions options, DiagonalGaussian posterior, IReadOnlyList<LatentState> imagined, Padding? padding)
    {
        var rows = new List<Tensor>();
        for (var k = 1; k < Math.Min(options.OvershootingDistance, imagined.Count); k++)
        {
            var divergence = LatentOvershooting.Divergence(
                posterior, imagined[k].Distribution, k, options.OvershootingStopPosterior, padding);
            rows.Add(FreeNats(divergence, options.FreeNats));
        }

        return Average(rows, first: 1, options.OvershootingDistance, options, posterior.Mean.shape[1], padding, posterior.Mean);
    }

    private static Tensor PriorRewards(
        WorldModel model, ObjectiveOptions options, IReadOnlyList<LatentState> imagined, RewardTargets targets)
    {
        var rows = new List<Tensor>();
        for (var k = 1; k < Math.Min(Math.Min(options.OvershootingDistance, imagined.Count), targets.Rewards.shape[1]); k++)
        {
            var expected = model.Reward.forward(targets.Predictors(model.Dynamics.Features(imagined[k]), k));
            rows.Add(Scalars.Of(Weight(options.RewardLoss)) * (targets.From(k) - expected).Squared());
        }

        return Average(rows, first: 1, options.OvershootingDistance, options, targets.Rewards.shape[1], targets.Padding, targets.Rewards);
    }

    // The error of a posterior is the same for all distances, so it is computed once and counted for each.
    private static Tensor PosteriorRewards(WorldModel model, ObjectiveOptions options, Tensor features, RewardTargets targets)
    {
        var expected = model.Reward.forward(targets.Predictors(features.detach()));
        var errors = Scalars.Of(Weight(options.RewardLoss)) * (targets.Rewards - expected).Squared();
        var rows = new List<Tensor>();
        for (var k = 1; k < Math.Min(options.OvershootingDistance, errors.shape[1]); k++)
        {
            rows.Add(errors.narrow(1, k, errors.shape[1] - k));
        }

        return Average(rows, first: 1, options.OvershootingDistance, options, errors.shape[1], targets.Padding, targets.Rewards);
    }

    private static Tensor ObservationOvershooting(
        WorldModel model, ObjectiveOptions options, Tensor images, IReadOnlyList<LatentState> imagined, Padding? padding)
    {
        var time = images.shape[1];
        var rows = new List<Tensor>();
        for (var k = 0; k < Math.Min(options.ObservationOvershootingDistance, imagined.Count); k++)
        {
            var means = model.Decode(model.Dynamics.Features(imagined[k]));
            rows.Add(Scalars.Of(Weight(options.ImageLoss)) * SquaredError(images.narrow(1, k, time - k), means));
        }

        return Average(rows, first: 0, options.ObservationOvershootingDistance, options, time, padding, images);
    }

    // Without rows, all sequences are too short for any distance, and the term is 0.
    private static Tensor Average(
        List<Tensor> rows, int first, int distance, ObjectiveOptions options, long time, Padding? padding, Tensor like)
    {
        return rows.Count == 0
            ? zeros([], dtype: like.dtype, device: like.device)
            : LatentOvershooting.Average(rows, first, distance, options.OvershootingNormalisation, time, padding);
    }

    private static double Weight(PredictionLoss loss)
    {
        return loss == PredictionLoss.Sse ? 1 : 0.5;
    }

    private static Tensor ImageScore(PredictionLoss loss, Tensor images, Tensor means)
    {
        return loss == PredictionLoss.Sse ? -SquaredError(images, means) : ImageLogProbability(images, means);
    }

    // The squared error of every image, [batch, time].
    private static Tensor SquaredError(Tensor images, Tensor means)
    {
        return SquaredErrors.apply(images, means);
    }

    private static Tensor RewardScore(PredictionLoss loss, Tensor rewards, Tensor means)
    {
        return loss == PredictionLoss.Sse ? -(rewards - means).Squared() : UnitNormalLogProbability(rewards, means);
    }
}
