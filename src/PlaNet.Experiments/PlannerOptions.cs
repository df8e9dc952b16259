using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>The cross-entropy method (algorithm 2 of the paper).</summary>
public sealed record PlannerOptions
{
    /// <summary>Planning horizon in decisions, H. At least 1. Default 12.</summary>
    [InRange(1)]
    public int Horizon { get; init; } = 12;

    /// <summary>Iterations, I. At least 0; with 0 the planner returns zeros. Default 10.</summary>
    [InRange(0)]
    public int Iterations { get; init; } = 10;

    /// <summary>Candidate action sequences per iteration, J. At least 1. Default 1000.</summary>
    [InRange(1)]
    public int Candidates { get; init; } = 1000;

    /// <summary>Best candidates to which the next belief over actions is fitted, K. From 1 to <see cref="Candidates"/>. Default 100.</summary>
    [InRange(1)]
    public int Elites { get; init; } = 100;
}
