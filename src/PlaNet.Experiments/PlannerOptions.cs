using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>How actions are searched for in the latent space.</summary>
public enum PlannerMethod
{
    /// <summary>The cross-entropy method (algorithm 2 of the paper).</summary>
    Cem,

    /// <summary>The best of one batch of random candidates (figure 5 of the paper); iterations and elites play no part.</summary>
    RandomShooting,

    /// <summary>The sample-efficient cross-entropy method of Pinneri et al. (2020).</summary>
    Icem,

    /// <summary>Model predictive path integral control, Williams et al. (2017); elites play no part.</summary>
    Mppi,

    /// <summary>The cross-entropy method, its plan then refined by gradient ascent through the model.</summary>
    CemGradient,
}

/// <summary>How the deviation of the elites is measured.</summary>
public enum PlannerStddev
{
    /// <summary>The population standard deviation: the original code's form.</summary>
    Population,

    /// <summary>The sum of absolute deviations from the mean over K - 1: the paper's algorithm 2.</summary>
    Mad,
}

/// <summary>Where candidates start.</summary>
public enum PlannerStart
{
    /// <summary>All in one sample of the posterior, the agent's own: the original code's form.</summary>
    Shared,

    /// <summary>Each in a sample of its own, fresh at every iteration: the paper's algorithm 2.</summary>
    PerCandidate,
}

/// <summary>The planner. The defaults are the cross-entropy method as the original code ran it (spec 4.2).</summary>
public sealed record PlannerOptions
{
    /// <summary>How actions are searched for. Default <see cref="PlannerMethod.Cem"/>.</summary>
    public PlannerMethod Method { get; init; } = PlannerMethod.Cem;

    /// <summary>Planning horizon in decisions, H. At least 1. Default 12.</summary>
    [InRange(1)]
    public int Horizon { get; init; } = 12;

    /// <summary>Iterations, I. At least 0; with 0 the planner returns zeros. Default 10.</summary>
    [InRange(0)]
    public int Iterations { get; init; } = 10;

    /// <summary>Candidate action sequences per iteration, J. At least 1. Default 1000.</summary>
    [InRange(1)]
    public int Candidates { get; init; } = 1000;

    /// <summary>
    /// Best candidates to which the next belief over actions is fitted, K. From 1 to <see cref="Candidates"/>, and with
    /// <see cref="PlannerMethod.Icem"/> to half of them. Default 100.
    /// </summary>
    [InRange(1)]
    public int Elites { get; init; } = 100;

    /// <summary>How the deviation of the elites is measured. Default <see cref="PlannerStddev.Population"/>.</summary>
    public PlannerStddev Stddev { get; init; } = PlannerStddev.Population;

    /// <summary>Where candidates start. Default <see cref="PlannerStart.Shared"/>.</summary>
    public PlannerStart Start { get; init; } = PlannerStart.Shared;

    /// <summary>
    /// Whether candidates are clipped to [-1, 1] before they are tried and fitted, as the original code does. Without, the model is asked
    /// about actions that no environment takes, and plans may leave the box. Default true.
    /// </summary>
    public bool Clip { get; init; } = true;

    /// <summary>Weight of a step's reward, to the power of the steps before it. Above 0, at most 1. Default 1, the sum of rewards.</summary>
    [InRange(0, 1, MinimumExclusive = true)]
    public double Discount { get; init; } = 1;

    /// <summary>What only <see cref="PlannerMethod.Icem"/> reads.</summary>
    public IcemOptions Icem { get; init; } = new();

    /// <summary>What only <see cref="PlannerMethod.Mppi"/> reads.</summary>
    public MppiOptions Mppi { get; init; } = new();

    /// <summary>What only <see cref="PlannerMethod.CemGradient"/> reads.</summary>
    public GradientOptions Gradient { get; init; } = new();

    /// <summary>Candidates of one iteration: fewer from one to the next with <see cref="PlannerMethod.Icem"/>, but at least twice the elites.</summary>
    /// <param name="iteration">The iteration, from 0.</param>
    public int CandidatesAt(int iteration) => Method == PlannerMethod.Icem
        ? Math.Min(Candidates, Math.Max(2 * Elites, (int)Math.Round(Candidates * Math.Pow(Icem.PopulationDecay, -iteration))))
        : Candidates;

    /// <summary>Trajectories tried for one decision: what planners are compared at equal numbers of.</summary>
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
    /// Exponent of the candidates' noise along time: its power falls with the frequency to this power. 0 is white noise, 1 pink, 2 brown;
    /// the larger, the longer a candidate pushes in one direction. 0 to 10. Default 2.
    /// </summary>
    [InRange(0, 10)]
    public double NoiseExponent { get; init; } = 2;

    /// <summary>Standard deviation of the first iteration's candidates. Positive. Default 0.5, half of the way to the bounds.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double InitialStddev { get; init; } = 0.5;

    /// <summary>Part of the elites that stays among the candidates of the next iteration and, shifted by a step, of the next decision. 0 to 1. Default 0.3.</summary>
    [InRange(0, 1)]
    public double KeptElites { get; init; } = 0.3;

    /// <summary>Factor by which each iteration has fewer candidates than the one before, never below twice the elites. At least 1. Default 1.25.</summary>
    [InRange(1)]
    public double PopulationDecay { get; init; } = 1.25;

    /// <summary>Part of mean and deviation that stays as it was when they are fitted to the elites. 0 to below 1. Default 0.1.</summary>
    [InRange(0, 1, MaximumExclusive = true)]
    public double Momentum { get; init; } = 0.1;

    /// <summary>Whether the best candidate of the last iteration is executed, as by its authors, and not the mean of its elites. Default true.</summary>
    public bool ExecuteBest { get; init; } = true;
}

/// <summary>Options of model predictive path integral control (Williams et al. 2017).</summary>
public sealed record MppiOptions
{
    /// <summary>Temperature of the weights, in units of the return: the smaller, the more the best candidates decide. Positive. Default 1.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double Temperature { get; init; } = 1;

    /// <summary>Standard deviation of the candidates around the mean, the same in every iteration. Positive. Default 0.5.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double NoiseStddev { get; init; } = 0.5;

    /// <summary>Exponent of the candidates' noise along time, as <see cref="IcemOptions.NoiseExponent"/>. 0 to 10. Default 0, white noise.</summary>
    [InRange(0, 10)]
    public double NoiseExponent { get; init; }
}

/// <summary>Options of the gradient ascent that refines the cross-entropy method's plan.</summary>
public sealed record GradientOptions
{
    /// <summary>Steps of Adam. At least 0. Default 10.</summary>
    [InRange(0)]
    public int Steps { get; init; } = 10;

    /// <summary>Learning rate in units of actions. Positive. Default 0.02.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double LearningRate { get; init; } = 0.02;

    /// <summary>Trajectories over which the expected return is averaged, with the same noise in every step. At least 1. Default 32.</summary>
    [InRange(1)]
    public int Samples { get; init; } = 32;
}
