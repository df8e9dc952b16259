using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>The planning algorithm.</summary>
public enum PlannerMethod
{
    /// <summary>The cross-entropy method (algorithm 2 of the paper); for discrete actions over categorical distributions.</summary>
    Cem,

    /// <summary>The best of one batch of random candidates (figure 5 of the paper). Iterations and elites are unused.</summary>
    RandomShooting,

    /// <summary>The sample-efficient cross-entropy method of Pinneri et al. (2020).</summary>
    Icem,

    /// <summary>Model predictive path integral control of Williams et al. (2017). Elites are unused.</summary>
    Mppi,

    /// <summary>The cross-entropy method, followed by gradient ascent on its plan through the model.</summary>
    CemGradient,
}

/// <summary>Measure of the elites' spread.</summary>
public enum PlannerStddev
{
    /// <summary>The population standard deviation: the original code.</summary>
    Population,

    /// <summary>The sum of absolute deviations from the mean, divided by K - 1: the paper's algorithm 2.</summary>
    Mad,
}

/// <summary>The latent state from which candidates are simulated.</summary>
public enum PlannerStart
{
    /// <summary>The agent's current posterior sample, shared by all candidates: the original code.</summary>
    Shared,

    /// <summary>A separate posterior sample for each candidate and iteration: the paper's algorithm 2.</summary>
    PerCandidate,
}

/// <summary>Number type in which a planner imagines trajectories.</summary>
public enum PlannerPrecision
{
    /// <summary>32-bit floats (24 bits of precision).</summary>
    Float32,

    /// <summary>
    /// bfloat16 (8 bits of precision) for latent states and rewards; rewards are summed, and plans fitted, in float32. Faster on a
    /// processor or GPU with instructions for it (AVX512-BF16, AMX); slower without them.
    /// </summary>
    Bfloat16,
}

/// <summary>The planner. The defaults are the cross-entropy method of the original code (docs/planning.md).</summary>
public sealed record PlannerOptions
{
    /// <summary>The planning algorithm. Default <see cref="PlannerMethod.Cem"/>.</summary>
    public PlannerMethod Method { get; init; } = PlannerMethod.Cem;

    /// <summary>Planning horizon in decisions, H. At least 1. Default 12.</summary>
    [InRange(1)]
    public int Horizon { get; init; } = 12;

    /// <summary>Optimisation iterations, I. At least 0; with 0 all planned actions are zero. Default 10.</summary>
    [InRange(0)]
    public int Iterations { get; init; } = 10;

    /// <summary>Candidate action sequences per iteration, J. At least 1. Default 1000.</summary>
    [InRange(1)]
    public int Candidates { get; init; } = 1000;

    /// <summary>
    /// Best candidates to which the next action distribution is fitted, K. From 1 to <see cref="Candidates"/>, or to half of them with
    /// <see cref="PlannerMethod.Icem"/>. Default 100.
    /// </summary>
    [InRange(1)]
    public int Elites { get; init; } = 100;

    /// <summary>Measure of the elites' spread. Default <see cref="PlannerStddev.Population"/>.</summary>
    public PlannerStddev Stddev { get; init; } = PlannerStddev.Population;

    /// <summary>The latent state from which candidates are simulated. Default <see cref="PlannerStart.Shared"/>.</summary>
    public PlannerStart Start { get; init; } = PlannerStart.Shared;

    /// <summary>
    /// Whether candidate actions are clipped to [-1, 1] before they are simulated and fitted, as in the original code. Without clipping,
    /// the model simulates actions outside the environments' bounds, and so may plans. Default true.
    /// </summary>
    public bool Clip { get; init; } = true;

    /// <summary>Discount factor per step of the planned return. Above 0, at most 1. Default 1, the plain sum of rewards.</summary>
    [InRange(0, 1, MinimumExclusive = true)]
    public double Discount { get; init; } = 1;

    /// <summary>
    /// Number type in which the planner imagines trajectories. The filtered state, the model and its updates do not depend on it. Default
    /// <see cref="PlannerPrecision.Float32"/>.
    /// </summary>
    [AddedLater]
    public PlannerPrecision Precision { get; init; } = PlannerPrecision.Float32;

    /// <summary>Options of <see cref="PlannerMethod.Icem"/>; other methods ignore them.</summary>
    public IcemOptions Icem { get; init; } = new();

    /// <summary>Options of <see cref="PlannerMethod.Mppi"/>; other methods ignore them.</summary>
    public MppiOptions Mppi { get; init; } = new();

    /// <summary>Options of <see cref="PlannerMethod.CemGradient"/>; other methods ignore them.</summary>
    public GradientOptions Gradient { get; init; } = new();

    /// <summary>
    /// Candidates of one iteration. With <see cref="PlannerMethod.Icem"/> the number decreases from iteration to iteration, to not less
    /// than twice the elites.
    /// </summary>
    /// <param name="iteration">The iteration, from 0.</param>
    public int CandidatesAt(int iteration) => Method == PlannerMethod.Icem
        ? Math.Min(Candidates, Math.Max(2 * Elites, (int)Math.Round(Candidates * Math.Pow(Icem.PopulationDecay, -iteration))))
        : Candidates;

    /// <summary>Trajectories simulated for one decision: the measure of cost at which planners are compared.</summary>
    public long Trajectories => Method switch
    {
        _ when Iterations == 0 => 0,
        PlannerMethod.RandomShooting => Candidates,
        PlannerMethod.CemGradient => ((long)Iterations * Candidates) + ((Gradient.Steps + 1L) * Gradient.Samples),
        _ => Enumerable.Range(0, Iterations).Sum(iteration => (long)CandidatesAt(iteration)),
    };
}

/// <summary>Options of the sample-efficient cross-entropy method (Pinneri et al. 2020).</summary>
public sealed record IcemOptions
{
    /// <summary>
    /// Exponent b of the candidates' coloured noise over time: its power spectrum is proportional to 1/f^b. 0 is white noise, 1 pink, 2
    /// brown. A larger exponent makes actions more correlated over time. 0 to 10. Default 2.
    /// </summary>
    [InRange(0, 10)]
    public double NoiseExponent { get; init; } = 2;

    /// <summary>
    /// Standard deviation of the first iteration's candidates. Positive. Default 0.5, half the distance from 0 to the action bounds.
    /// </summary>
    [InRange(0, MinimumExclusive = true)]
    public double InitialStddev { get; init; } = 0.5;

    /// <summary>
    /// Fraction of the elites that is kept among the candidates of the next iteration and, shifted by one step, of the next decision. 0 to
    /// 1. Default 0.3.
    /// </summary>
    [InRange(0, 1)]
    public double KeptElites { get; init; } = 0.3;

    /// <summary>
    /// Factor by which the number of candidates decreases per iteration, to not less than twice the elites. At least 1. Default 1.25.
    /// </summary>
    [InRange(1)]
    public double PopulationDecay { get; init; } = 1.25;

    /// <summary>Weight of the old mean and standard deviation when they are fitted to the elites. 0 to below 1. Default 0.1.</summary>
    [InRange(0, 1, MaximumExclusive = true)]
    public double Momentum { get; init; } = 0.1;

    /// <summary>
    /// Whether the best candidate of the last iteration is executed, as in the iCEM paper, instead of the mean of the elites. Default true.
    /// </summary>
    public bool ExecuteBest { get; init; } = true;
}

/// <summary>Options of model predictive path integral control (Williams et al. 2017).</summary>
public sealed record MppiOptions
{
    /// <summary>
    /// Temperature of the weights, in units of the return: a lower temperature gives the best candidates more weight. Positive. Default 1.
    /// </summary>
    [InRange(0, MinimumExclusive = true)]
    public double Temperature { get; init; } = 1;

    /// <summary>Standard deviation of the candidates around the mean, the same in every iteration. Positive. Default 0.5.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double NoiseStddev { get; init; } = 0.5;

    /// <summary>
    /// Exponent of the candidates' coloured noise over time, as <see cref="IcemOptions.NoiseExponent"/>. 0 to 10. Default 0, white noise.
    /// </summary>
    [InRange(0, 10)]
    public double NoiseExponent { get; init; }
}

/// <summary>Options of the gradient ascent that refines the cross-entropy method's plan.</summary>
public sealed record GradientOptions
{
    /// <summary>Steps of Adam. At least 0. Default 10.</summary>
    [InRange(0)]
    public int Steps { get; init; } = 10;

    /// <summary>Learning rate of Adam, in units of actions. Positive. Default 0.02.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double LearningRate { get; init; } = 0.02;

    /// <summary>
    /// Trajectories over which the expected return is averaged; every step of Adam uses the same noise. At least 1. Default 32.
    /// </summary>
    [InRange(1)]
    public int Samples { get; init; } = 32;
}
