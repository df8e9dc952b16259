using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>Loss of a prediction with unit variance (docs/algorithm.md, "Objective").</summary>
public enum PredictionLoss
{
    /// <summary>Negative log-likelihood: half the squared error plus a constant. The paper and the last public code.</summary>
    Gaussian,

    /// <summary>The squared error, without the factor 1/2 and the constant. The first public code and Kaixhin's port.</summary>
    Sse,
}

/// <summary>Which reward a state predicts (docs/algorithm.md, "Objective").</summary>
public enum RewardAlignment
{
    /// <summary>The reward of the step that led to the state. The last public code.</summary>
    Into,

    /// <summary>
    /// The reward of the step that leaves the state; the state does not depend on that step's action. The first public code. The last state
    /// of a sequence has no such reward and is left out of the average.
    /// </summary>
    OutOf,
}

/// <summary>How the terms of overshooting are averaged over sequences, start points and distances (docs/algorithm.md).</summary>
public enum OvershootingNormalisation
{
    /// <summary>
    /// The mean over start points for each sequence and distance, then the mean of these means: every distance has the same weight. The
    /// first public code.
    /// </summary>
    TimeMean,

    /// <summary>
    /// The sum over all pairs inside their sequence, divided by (start points x distances), which also counts pairs outside. The last
    /// public code.
    /// </summary>
    PaddedMean,

    /// <summary>The mean over all pairs of start point and distance inside their sequence: short distances have more weight.</summary>
    ValidMean,

    /// <summary>
    /// Equation 7 of the paper: 1/D times the sum over distances, for each step. The scales are the betas of the equation, also at
    /// distance 1, so <see cref="ObjectiveOptions.DivergenceScale"/> is divided by D: set it to D for the weight of the standard bound.
    /// </summary>
    Paper,
}

/// <summary>Stop-gradient on the state from which an overshooting prediction starts (docs/algorithm.md, "Objective").</summary>
public enum OvershootingStart
{
    /// <summary>No stop-gradient: overshooting also trains encoder and posterior. The authors' code.</summary>
    None,

    /// <summary>Stop-gradient on the sample, but not on the belief. Kaixhin's port.</summary>
    Sample,

    /// <summary>Stop-gradient on the whole state: overshooting trains the transition only.</summary>
    All,
}

/// <summary>The state from which overshooting predicts rewards (docs/algorithm.md, "Objective").</summary>
public enum OvershootingReward
{
    /// <summary>Overshooting has no reward term.</summary>
    Off,

    /// <summary>The posterior at the target with a stop-gradient: only the reward model is trained. The first public code.</summary>
    PosteriorStopped,

    /// <summary>The prior at that distance: reward model and transition are trained. The authors' description.</summary>
    Prior,
}

/// <summary>The terms of the variational objective and their weights (equations 3 and 7 of the paper; docs/algorithm.md).</summary>
public sealed record ObjectiveOptions
{
    /// <summary>Weight of the image term. At least 0. Default 1.</summary>
    [InRange(0)]
    public double ImageScale { get; init; } = 1;

    /// <summary>Weight of the reward term. At least 0. Default 10 (the authors' code; the paper's text names none).</summary>
    [InRange(0)]
    public double RewardScale { get; init; } = 10;

    /// <summary>
    /// Weight of the term of the state vectors, half their squared error; without effect unless <see cref="TaskOptions.Observations"/> has
    /// them. A weight w is a standard deviation of 1 / sqrt(w) instead of 1: state vectors have few and small numbers, so their error costs
    /// less than a free nat unless it is weighted. At least 0. Default 100.
    /// </summary>
    [InRange(0), AddedLater]
    public double StateScale { get; init; } = 100;

    /// <summary>
    /// Weight of the continuation term, the binary cross-entropy of <see cref="ModelOptions.Continuation"/>; without effect on a model
    /// without that head. Positive. Default 1.
    /// </summary>
    [InRange(0, MinimumExclusive = true), AddedLater]
    public double ContinuationScale { get; init; } = 1;

    /// <summary>Weight of the divergence between posterior and prior. At least 0. Default 1.</summary>
    [InRange(0)]
    public double DivergenceScale { get; init; } = 1;

    /// <summary>
    /// Free nats: divergence up to this value is not penalised, per element of batch and time. At least 0. Default 3; the first public code
    /// 2.
    /// </summary>
    [InRange(0)]
    public double FreeNats { get; init; } = 3;

    /// <summary>
    /// Share of the divergence's gradient that reaches the posterior; all of it reaches the prior. Below 1 the prior learns to predict the
    /// posterior faster than the posterior gives up information about the image ("KL balancing", Hafner et al. 2021, whose alpha is
    /// 1 / (1 + share)). From 0 to 1. Default 1 (the paper).
    /// </summary>
    [InRange(0, 1), AddedLater]
    public double PosteriorShare { get; init; } = 1;

    /// <summary>
    /// Steps from one decoded image of a chunk to the next; the first is drawn for every update, so that every image is decoded equally
    /// often, and the image term is a mean over the decoded ones. Filtering uses all images. More than 1 saves most of the decoder's
    /// time. 1 to 65536, at most <see cref="ReplayOptions.ChunkLength"/>. Default 1: every image (the paper).
    /// </summary>
    [InRange(1, 65536), AddedLater]
    public int ImageStride { get; init; } = 1;

    /// <summary>Loss of the image term. Default <see cref="PredictionLoss.Gaussian"/>.</summary>
    public PredictionLoss ImageLoss { get; init; } = PredictionLoss.Gaussian;

    /// <summary>Loss of the reward term. Default <see cref="PredictionLoss.Gaussian"/>.</summary>
    public PredictionLoss RewardLoss { get; init; } = PredictionLoss.Gaussian;

    /// <summary>Which reward a state predicts, in every reward term. Default <see cref="RewardAlignment.Into"/>.</summary>
    public RewardAlignment RewardAlignment { get; init; } = RewardAlignment.Into;

    /// <summary>
    /// Weight of the divergence between posterior and standard normal distribution, without free nats. At least 0. Default 0;
    /// the first public code 0.1.
    /// </summary>
    [InRange(0)]
    public double GlobalDivergenceScale { get; init; }

    /// <summary>
    /// Weight of latent overshooting: the divergence between posteriors and the priors of distances 2 to
    /// <see cref="OvershootingDistance"/> (section 4 of the paper). At least 0. Default 0; the first public code 1.
    /// </summary>
    [InRange(0)]
    public double OvershootingScale { get; init; }

    /// <summary>
    /// The largest distance D of latent overshooting, in steps. From 2 to <c>replay.chunk_length</c> if overshooting is on; without effect
    /// if it is off. Default 50 (the first public code).
    /// </summary>
    [InRange(1)]
    public int OvershootingDistance { get; init; } = 50;

    /// <summary>How the terms of overshooting are averaged. Default <see cref="OvershootingNormalisation.TimeMean"/>.</summary>
    public OvershootingNormalisation OvershootingNormalisation { get; init; } = OvershootingNormalisation.TimeMean;

    /// <summary>
    /// Stop-gradient on the posteriors that overshooting predicts: the priors are trained towards the posteriors and not the reverse.
    /// Default true (section 4 of the paper).
    /// </summary>
    public bool OvershootingStopPosterior { get; init; } = true;

    /// <summary>Stop-gradient on the state from which overshooting starts. Default <see cref="OvershootingStart.None"/>.</summary>
    public OvershootingStart OvershootingStopStart { get; init; } = OvershootingStart.None;

    /// <summary>
    /// The state from which rewards at distances 2 to <see cref="OvershootingDistance"/> are predicted. Default
    /// <see cref="OvershootingReward.Off"/>.
    /// </summary>
    public OvershootingReward OvershootingReward { get; init; } = OvershootingReward.Off;

    /// <summary>
    /// Weight of the overshooting rewards; without effect if <see cref="OvershootingReward"/> is off. At least 0. Default 100 (the first
    /// public code).
    /// </summary>
    [InRange(0)]
    public double OvershootingRewardScale { get; init; } = 100;

    /// <summary>
    /// Weight of observation overshooting: images decoded from the priors of distances 1 to <see cref="ObservationOvershootingDistance"/>
    /// (figure 5b of the paper, which does not use it because of its cost). At least 0. Default 0.
    /// </summary>
    [InRange(0)]
    public double ObservationOvershootingScale { get; init; }

    /// <summary>
    /// The largest distance of observation overshooting, in steps. From 1 to <c>replay.chunk_length</c> if observation overshooting is on;
    /// without effect if it is off. Default 5, which decodes about five times as many images as the standard bound.
    /// </summary>
    [InRange(1)]
    public int ObservationOvershootingDistance { get; init; } = 5;

    /// <summary>
    /// Weight of the divergence in the sum: <see cref="DivergenceScale"/>, divided by <see cref="OvershootingDistance"/> with
    /// <see cref="OvershootingNormalisation.Paper"/>, because equation 7 divides the betas of all distances.
    /// </summary>
    public double DivergenceWeight =>
        OvershootingNormalisation == OvershootingNormalisation.Paper ? DivergenceScale / OvershootingDistance : DivergenceScale;

    /// <summary>Whether the objective has a latent overshooting term.</summary>
    public bool OvershootsLatents => OvershootingScale > 0 && OvershootingDistance > 1;

    /// <summary>Whether the objective has an overshooting reward term.</summary>
    public bool OvershootsRewards =>
        OvershootingReward != OvershootingReward.Off && OvershootingRewardScale > 0 && OvershootingDistance > 1;

    /// <summary>Whether the objective has an observation overshooting term.</summary>
    public bool OvershootsObservations => ObservationOvershootingScale > 0;

    /// <summary>
    /// Transition steps imagined from every start point: the largest distance that a term needs, or 0 if no term needs one.
    /// </summary>
    public int ImaginedSteps => Math.Max(
        OvershootsLatents || (OvershootsRewards && OvershootingReward == OvershootingReward.Prior) ? OvershootingDistance : 0,
        OvershootsObservations ? ObservationOvershootingDistance : 0);
}
