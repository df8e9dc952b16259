using PlaNet.Experiments;
using PlaNet.Experiments.Grids;

namespace PlaNet.Catalog;

/// <summary>What quickstart's learning depends on: one change at a time (docs/learning.md).</summary>
public static class LearningGrid
{
    private static readonly Experiment s_start = CpuSized.Quickstart with
    {
        Name = "learning",
        Description = "quickstart with 36 episodes, in lockstep, so that two cells run side by side on two cores",
        Schedule = CpuSized.Quickstart.Schedule with { Episodes = 36, Order = ScheduleOrder.Lockstep },
    };

    /// <summary>Two seeds of every change. The first one is the start itself.</summary>
    public static Grid Learning { get; } = Grid.Of(
        "Learning",
        "What learning in a few minutes depends on: quickstart with 36 episodes, one change at a time",
        Axes.OneAtATime(
            s_start,
            Axis.Of("posterior_share", [0.1, 0.03, 1], (e, value) => e with { Objective = e.Objective with { PosteriorShare = value } }),
            Axis.Of("decay_from", [1.0], (e, value) => e with { Optimizer = e.Optimizer with { DecayFrom = value } }),
            Axis.Of("learning_rate", [5e-4, 2e-3], (e, value) => e with { Optimizer = e.Optimizer with { LearningRate = value } }),
            Axis.Of("horizon", [12], (e, value) => e with { Planner = e.Planner with { Horizon = value } }),
            Axis.Of("divergence_scale", [0.2], (e, value) => e with { Objective = e.Objective with { DivergenceScale = value } }),
            Axis.Of("free_nats", [0.0, 3], (e, value) => e with { Objective = e.Objective with { FreeNats = value } }),
            Axis.Of("reward_scale", [100.0], (e, value) => e with { Objective = e.Objective with { RewardScale = value } }),
            Axis.Of("image_scale", [3.0], (e, value) => e with { Objective = e.Objective with { ImageScale = value } }),
            Axis.Of("image_stride", [1], (e, value) => e with { Objective = e.Objective with { ImageStride = value } }),
            Axis.Of("depth", [16], (e, value) => e with { Model = e.Model with { Depth = value } }),
            Axis.Of("batch_size", [16], (e, value) => e with { Replay = e.Replay with { BatchSize = value } }),
            Axis.Of("chunk_length", [32], (e, value) => e with { Replay = e.Replay with { ChunkLength = value } }),
            Axis.Of("collect_interval", [50, 200], (e, value) => e with { Schedule = e.Schedule with { CollectInterval = value } }),
            Axis.Of("exploration_noise", [0.1], (e, value) => e with { Schedule = e.Schedule with { ExplorationNoise = value } }),
            Axis.Of("action_repeat", [4], (e, value) => e with { Task = e.Task with { ActionRepeat = value } }),
            Axis.Of("overshooting", [0.2], WithOvershooting),
            Axis.Of(
                "precision", [Precision.Bfloat16Convolutions], (e, value) => e with { Compute = e.Compute with { Precision = value } })),
        seeds: 2);

    // Overshooting beyond the chunk has nothing to compare with.
    private static Experiment WithOvershooting(Experiment experiment, double scale) => experiment with
    {
        Objective = experiment.Objective with { OvershootingScale = scale, OvershootingDistance = experiment.Replay.ChunkLength },
    };
}
