namespace PlaNet.Environments.Oracle;

/// <summary>How the cross-entropy method searches with the true simulator (spec, sections 4.1 and 8.1).</summary>
public sealed record OracleOptions
{
    /// <summary>Decisions looked ahead, H. At least 1. Default 12.</summary>
    public int Horizon { get; init; } = 12;

    /// <summary>Rounds of sampling and refitting, I. At least 1. Default 10.</summary>
    public int Iterations { get; init; } = 10;

    /// <summary>Action sequences tried in a round, J. At least 1. Default 1000.</summary>
    public int Candidates { get; init; } = 1000;

    /// <summary>Best sequences that the search distribution is refitted to, K. 1 to <see cref="Candidates"/>. Default 100.</summary>
    public int Elites { get; init; } = 100;

    /// <summary>Simulators that run at once, each on a core. At least 1. Default: all cores. The result does not depend on it.</summary>
    public int Simulators { get; init; } = Environment.ProcessorCount;

    /// <summary>Refuses options that mean nothing.</summary>
    /// <exception cref="ArgumentException">One is out of range; the message names it.</exception>
    public void Check()
    {
        foreach (var (name, value) in new[]
        {
            (nameof(Horizon), Horizon), (nameof(Iterations), Iterations), (nameof(Candidates), Candidates), (nameof(Elites), Elites),
            (nameof(Simulators), Simulators),
        })
        {
            if (value < 1)
            {
                throw new ArgumentException($"{name} is {value} but must be at least 1.");
            }
        }

        if (Elites > Candidates)
        {
            throw new ArgumentException($"Elites is {Elites} but there are only {Candidates} candidates to choose them from: lower it or raise Candidates.");
        }
    }
}
