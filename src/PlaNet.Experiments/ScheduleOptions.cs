using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>Algorithm 1's schedule, in updates and episodes.</summary>
public sealed record ScheduleOptions
{
    /// <summary>Training episodes collected with random actions before the first update, S. At least 1. Default 5.</summary>
    [InRange(1)]
    public int SeedEpisodes { get; init; } = 5;

    /// <summary>Episodes of random actions held out for testing. At least 0. Default 5.</summary>
    [InRange(0)]
    public int TestEpisodes { get; init; } = 5;

    /// <summary>Training episodes after which the run ends, seed episodes included. At least <see cref="SeedEpisodes"/>. Default 1000.</summary>
    [InRange(1)]
    public int Episodes { get; init; } = 1000;

    /// <summary>Updates between two collected episodes, C. At least 1. Default 100.</summary>
    [InRange(1)]
    public int CollectInterval { get; init; } = 100;

    /// <summary>Standard deviation of the noise added to actions while collecting. At least 0. Default 0.3.</summary>
    [InRange(0)]
    public double ExplorationNoise { get; init; } = 0.3;
}
