using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>The policy that collects training episodes between updates.</summary>
public enum CollectionPolicy
{
    /// <summary>The planner with the current model, plus exploration noise.</summary>
    Planner,

    /// <summary>
    /// Exploration noise around zero, clipped to the action bounds; with noise 1 the paper's random data collection. Uniformly random
    /// choices if actions are discrete. Evaluation still uses the planner.
    /// </summary>
    Random,

    /// <summary>
    /// None: the run learns only from the episodes of <see cref="ReplayOptions.EpisodesFrom"/>, for
    /// <see cref="ScheduleOptions.UpdatesAfterCollection"/> updates. No environment is started, so there are no held-out episodes and no
    /// evaluations.
    /// </summary>
    None,
}

/// <summary>Whether updates, collection and evaluation run one after the other or concurrently.</summary>
public enum ScheduleOrder
{
    /// <summary>One after the other: exactly Algorithm 1, and bit-equal on the CPU for the same seed.</summary>
    Lockstep,

    /// <summary>
    /// Concurrently. Faster, but the weights that collect an episode depend on the machine's speed, so runs are not bit-equal.
    /// </summary>
    Overlapped,
}

/// <summary>How often an agent of several tasks collects a round, which is one episode of each task (docs/experiments.md).</summary>
public enum MultiCollect
{
    /// <summary>
    /// A round every (number of tasks) x <see cref="ScheduleOptions.CollectInterval"/> updates: as many updates per collected episode as
    /// with one task. The web version of the paper and its code.
    /// </summary>
    Spaced,

    /// <summary>
    /// A round every <see cref="ScheduleOptions.CollectInterval"/> updates: as many updates per round as with one task per episode. The
    /// ICML paper's text.
    /// </summary>
    Dense,
}

/// <summary>Algorithm 1's schedule, in updates and episodes. With several tasks, numbers of episodes are per task.</summary>
public sealed record ScheduleOptions
{
    /// <summary>Training episodes collected with random actions before the first update, S. At least 1. Default 5.</summary>
    /// <remarks>With <see cref="ReplayOptions.EpisodesFrom"/> the number of episodes there, which <c>planet train</c> sets.</remarks>
    [InRange(1)]
    public int SeedEpisodes { get; init; } = 5;

    /// <summary>Held-out episodes, collected with random actions for testing. At least 0. Default 5.</summary>
    [InRange(0)]
    public int TestEpisodes { get; init; } = 5;

    /// <summary>
    /// Training episodes of the run, including seed episodes. At least <see cref="SeedEpisodes"/>. Default 1000.
    /// </summary>
    [InRange(1)]
    public int Episodes { get; init; } = 1000;

    /// <summary>
    /// Updates between two collected episodes, C; for several tasks see <see cref="MultiCollect"/>. At least 1. Default 100.
    /// </summary>
    [InRange(1)]
    public int CollectInterval { get; init; } = 100;

    /// <summary>
    /// Standard deviation of the exploration noise added to actions during collection; for discrete actions the probability of a random
    /// choice, where more than 1 counts as 1. At least 0. Default 0.3.
    /// </summary>
    [InRange(0)]
    public double ExplorationNoise { get; init; } = 0.3;

    /// <summary>
    /// Updates over which the exploration noise rises linearly from 0 to <see cref="ExplorationNoise"/>; with a negative number it falls
    /// linearly to 0 instead. -1000000000 to 1000000000. Default 0, which keeps the noise constant. The original code counts chunks, 50 per
    /// update.
    /// </summary>
    [InRange(-1000000000, 1000000000)]
    public int ExplorationNoiseRamp { get; init; }

    /// <summary>Lower limit of the ramp, as a fraction of <see cref="ExplorationNoise"/>. 0 to 1. Default 0.</summary>
    [InRange(0, 1)]
    public double ExplorationNoiseMinimum { get; init; }

    /// <summary>The policy that collects training episodes between updates. Default <see cref="CollectionPolicy.Planner"/>.</summary>
    public CollectionPolicy Collect { get; init; } = CollectionPolicy.Planner;

    /// <summary>Whether the run plays episodes at all: <see cref="Collect"/> is not <see cref="CollectionPolicy.None"/>.</summary>
    public bool Plays => Collect != CollectionPolicy.None;

    /// <summary>
    /// How often an agent of several tasks collects; without effect for one task. Default <see cref="MultiCollect.Spaced"/>.
    /// </summary>
    public MultiCollect MultiCollect { get; init; } = MultiCollect.Spaced;

    /// <summary>
    /// Updates after all episodes are collected. For the evaluation interval, every collection interval of them counts as one episode.
    /// At least 0. Default 0. With as many seed episodes as episodes, this is training without online collection.
    /// </summary>
    [InRange(0)]
    public int UpdatesAfterCollection { get; init; }

    /// <summary>
    /// Whether updates, collection and evaluation run one after the other or concurrently. Default <see cref="ScheduleOrder.Lockstep"/>.
    /// </summary>
    public ScheduleOrder Order { get; init; } = ScheduleOrder.Lockstep;

    /// <summary>
    /// With an overlapped schedule, episodes per task by which collection may lag behind the updates before the updates wait. Bounds the
    /// number of updates per collected step. At least 0. Default 1.
    /// </summary>
    [InRange(0)]
    public int Lag { get; init; } = 1;

    /// <summary>
    /// With an overlapped schedule, episodes that are collected at the same time, in one batch of the planner. 1 to 64, and at most
    /// <see cref="Lag"/> + 1. Default 1.
    /// </summary>
    [InRange(1, 64)]
    public int Environments { get; init; } = 1;
}
