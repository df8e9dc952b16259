using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>Who acts while episodes are collected between updates.</summary>
public enum CollectionPolicy
{
    /// <summary>The planner in the latest model, with exploration noise.</summary>
    Planner,

    /// <summary>Exploration noise alone around zero, clipped to the bounds: with noise 1 the paper's random data collection. Evaluation still plans.</summary>
    Random,
}

/// <summary>What may run at the same time.</summary>
public enum ScheduleOrder
{
    /// <summary>Nothing: Algorithm 1 exactly, bit for bit the same on the CPU for a seed.</summary>
    Lockstep,

    /// <summary>Updates, collection and evaluation. Faster; which weights collect an episode depends on the machine's speed.</summary>
    Overlapped,
}

/// <summary>How often an agent of several tasks collects a round: one episode of each task (spec 6.3).</summary>
public enum MultiCollect
{
    /// <summary>
    /// A round every (number of tasks) x <see cref="ScheduleOptions.CollectInterval"/> updates, so that as many updates come with an episode
    /// as for one task: the web version of the paper, and its code.
    /// </summary>
    Spaced,

    /// <summary>A round every <see cref="ScheduleOptions.CollectInterval"/> updates, so that each task has as many updates an episode as alone: the ICML paper's text.</summary>
    Dense,
}

/// <summary>Algorithm 1's schedule, in updates and episodes. Where there are several tasks, every number of episodes is for each of them.</summary>
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

    /// <summary>Updates between two collected episodes, C; with several tasks see <see cref="MultiCollect"/>. At least 1. Default 100.</summary>
    [InRange(1)]
    public int CollectInterval { get; init; } = 100;

    /// <summary>Standard deviation of the noise added to actions while collecting. At least 0. Default 0.3.</summary>
    [InRange(0)]
    public double ExplorationNoise { get; init; } = 0.3;

    /// <summary>
    /// Updates over which the exploration noise grows in proportion to them from 0 to its full size; a negative number counts down from the
    /// full size to 0 instead. -1000000000 to 1000000000. Default 0, which keeps the noise constant. The original counts in chunks: 50 to an update.
    /// </summary>
    [InRange(-1000000000, 1000000000)]
    public int ExplorationNoiseRamp { get; init; }

    /// <summary>Part of <see cref="ExplorationNoise"/> below which the ramp never takes it. 0 to 1. Default 0.</summary>
    [InRange(0, 1)]
    public double ExplorationNoiseMinimum { get; init; }

    /// <summary>Who acts while episodes are collected between updates. Default <see cref="CollectionPolicy.Planner"/>.</summary>
    public CollectionPolicy Collect { get; init; } = CollectionPolicy.Planner;

    /// <summary>How often an agent of several tasks collects; without meaning for one task. Default <see cref="MultiCollect.Spaced"/>.</summary>
    public MultiCollect MultiCollect { get; init; } = MultiCollect.Spaced;

    /// <summary>
    /// Updates that follow once all episodes are there; as many of them as lie between two collections count as one for the evaluations.
    /// At least 0. Default 0. With as many seed episodes as episodes, this is training without online collection.
    /// </summary>
    [InRange(0)]
    public int UpdatesAfterCollection { get; init; }

    /// <summary>What may run at the same time. Default <see cref="ScheduleOrder.Lockstep"/>.</summary>
    public ScheduleOrder Order { get; init; } = ScheduleOrder.Lockstep;

    /// <summary>
    /// Episodes of each task by which the collection may lag behind the updates before they wait for it, when overlapped: what bounds the updates to a
    /// collected step. At least 0. Default 1.
    /// </summary>
    [InRange(0)]
    public int Lag { get; init; } = 1;

    /// <summary>Episodes that are collected at once, when overlapped, in one batch of the planner. 1 to 64, and at most one more than <see cref="Lag"/>. Default 1.</summary>
    [InRange(1, 64)]
    public int Environments { get; init; } = 1;
}
