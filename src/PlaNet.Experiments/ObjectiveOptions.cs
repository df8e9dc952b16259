using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>How the error of a prediction of unit variance is counted (spec 3.1).</summary>
public enum PredictionLoss
{
    /// <summary>Negative log-likelihood: half the squared error and a constant. The paper and the last public code.</summary>
    Gaussian,

    /// <summary>The squared error itself, twice as heavy and without the constant: the first public code and Kaixhin's port.</summary>
    Sse,
}

/// <summary>Which reward a state predicts (spec 1.1).</summary>
public enum RewardAlignment
{
    /// <summary>The reward of the step that led to the state. The last public code.</summary>
    Into,

    /// <summary>
    /// The reward of the step that leaves the state, whose action the state does not know: the first public code. The last state of a
    /// sequence has no such reward and is left out of the average.
    /// </summary>
    OutOf,
}

/// <summary>How the terms of overshooting are averaged over sequences, start points and distances (spec 3.4).</summary>
public enum OvershootingNormalisation
{
    /// <summary>The mean over start points for each sequence and distance, then the mean of those: every distance weighs the same. The first public code.</summary>
    TimeMean,

    /// <summary>The sum over all pairs, divided by start points x distances as if none left its sequence. The last public code.</summary>
    PaddedMean,

    /// <summary>The mean over all pairs of start point and distance that stay inside their sequence: short distances weigh more.</summary>
    ValidMean,

    /// <summary>
    /// Equation 7 of the paper as it stands: 1/D times the sum over distances, for each step. The scales are its betas, also that of
    /// distance 1, so <see cref="ObjectiveOptions.DivergenceScale"/> is divided by D: set it to D for the weight of the plain bound.
    /// </summary>
    Paper,
}

/// <summary>What of the state from which an overshooting prediction starts is cut off from the gradient (spec 3.5).</summary>
public enum OvershootingStart
{
    /// <summary>Nothing: encoder and posterior learn to start predictions well. The authors' code.</summary>
    None,

    /// <summary>The sample, but not the belief. Kaixhin's port.</summary>
    Sample,

    /// <summary>The whole state: overshooting trains the transition alone.</summary>
    All,
}

/// <summary>What predicts rewards on the rows of overshooting (spec 3.5).</summary>
public enum OvershootingReward
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>The posterior at the target, cut off from the gradient: only the reward model learns. What the first public code did.</summary>
    PosteriorStopped,

    /// <summary>The prior at that distance: reward model and transition learn. What the authors describe.</summary>
    Prior,
}

/// <summary>The terms of the variational objective and their weights (equations 3 and 7 of the paper, spec 3).</summary>
public sealed record ObjectiveOptions
{
    /// <summary>Weight of the image term. At least 0. Default 1.</summary>
    [InRange(0)]
    public double ImageScale { get; init; } = 1;

    /// <summary>Weight of the reward term. At least 0. Default 10 (the authors' code; the paper's text names none).</summary>
    [InRange(0)]
    public double RewardScale { get; init; } = 10;

    /// <summary>Weight of the divergence between posterior and prior. At least 0. Default 1.</summary>
    [InRange(0)]
    public double DivergenceScale { get; init; } = 1;

    /// <summary>Nats of divergence that cost nothing, per element of batch and time. At least 0. Default 3; the first public code 2.</summary>
    [InRange(0)]
    public double FreeNats { get; init; } = 3;

    /// <summary>How errors of images count. Default <see cref="PredictionLoss.Gaussian"/>.</summary>
    public PredictionLoss ImageLoss { get; init; } = PredictionLoss.Gaussian;

    /// <summary>How errors of rewards count. Default <see cref="PredictionLoss.Gaussian"/>.</summary>
    public PredictionLoss RewardLoss { get; init; } = PredictionLoss.Gaussian;

    /// <summary>Which reward a state predicts, in every reward term. Default <see cref="RewardAlignment.Into"/>.</summary>
    public RewardAlignment RewardAlignment { get; init; } = RewardAlignment.Into;

    /// <summary>
    /// Weight of the divergence between posterior and standard normal distribution, without free nats (spec 3.2). At least 0. Default 0; the
    /// first public code 0.1.
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
    /// The farthest distance D of latent overshooting, in steps. At least 2 and at most <c>replay.chunk_length</c> where overshooting is
    /// on; without effect where it is off. Default 50 (the first public code).
    /// </summary>
    [InRange(1)]
    public int OvershootingDistance { get; init; } = 50;

    /// <summary>How the terms of overshooting are averaged. Default <see cref="OvershootingNormalisation.TimeMean"/>.</summary>
    public OvershootingNormalisation OvershootingNormalisation { get; init; } = OvershootingNormalisation.TimeMean;

    /// <summary>
    /// Whether the posteriors that overshooting predicts are cut off from its gradient, so that predictions move towards what was seen and
    /// not the reverse. Default true (section 4 of the paper).
    /// </summary>
    public bool OvershootingStopPosterior { get; init; } = true;

    /// <summary>What of the start of overshooting is cut off from its gradients. Default <see cref="OvershootingStart.None"/>.</summary>
    public OvershootingStart OvershootingStopStart { get; init; } = OvershootingStart.None;

    /// <summary>What predicts rewards at distances 2 to <see cref="OvershootingDistance"/>. Default <see cref="OvershootingReward.Off"/>.</summary>
    public OvershootingReward OvershootingReward { get; init; } = OvershootingReward.Off;

    /// <summary>
    /// Weight of the rewards of overshooting; without effect where <see cref="OvershootingReward"/> is off. At least 0. Default 100 (the
    /// first public code).
    /// </summary>
    [InRange(0)]
    public double OvershootingRewardScale { get; init; } = 100;

    /// <summary>
    /// Weight of observation overshooting: images decoded from the priors of distances 1 to <see cref="ObservationOvershootingDistance"/>
    /// (figure 5b of the paper, which leaves it out for its cost). At least 0. Default 0.
    /// </summary>
    [InRange(0)]
    public double ObservationOvershootingScale { get; init; }

    /// <summary>
    /// The farthest distance of observation overshooting, in steps. At least 1 and at most <c>replay.chunk_length</c> where it is on;
    /// without effect where it is off. Default 5, which decodes about five times as many images as the plain bound.
    /// </summary>
    [InRange(1)]
    public int ObservationOvershootingDistance { get; init; } = 5;

    /// <summary>
    /// What the divergence weighs in the sum: <see cref="DivergenceScale"/>, divided by the farthest distance where the normalisation is
    /// <see cref="OvershootingNormalisation.Paper"/>, because equation 7 divides the betas of all distances.
    /// </summary>
    public double DivergenceWeight =>
        OvershootingNormalisation == OvershootingNormalisation.Paper ? DivergenceScale / OvershootingDistance : DivergenceScale;

    /// <summary>Whether latent overshooting has a term.</summary>
    public bool OvershootsLatents => OvershootingScale > 0 && OvershootingDistance > 1;

    /// <summary>Whether the rewards of overshooting have a term.</summary>
    public bool OvershootsRewards => OvershootingReward != OvershootingReward.Off && OvershootingRewardScale > 0 && OvershootingDistance > 1;

    /// <summary>Whether observation overshooting has a term.</summary>
    public bool OvershootsObservations => ObservationOvershootingScale > 0;

    /// <summary>Steps of the transition that are imagined from every start point: the farthest distance that a term needs, 0 where none does.</summary>
    public int ImaginedSteps => Math.Max(
        OvershootsLatents || (OvershootsRewards && OvershootingReward == OvershootingReward.Prior) ? OvershootingDistance : 0,
        OvershootsObservations ? ObservationOvershootingDistance : 0);
}
