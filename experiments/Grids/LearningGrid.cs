using PlaNet.Experiments;
using PlaNet.Experiments.Grids;

namespace PlaNet.Catalog;

/// <summary>What quickstart's learning depends on: one change at a time (docs/learning.md).</summary>
public static class LearningGrid
{
    private static readonly Experiment s_start = CpuSized.Quickstart with
    {
        Name = "learning",
        Description = "quickstart in lockstep, so that two cells run side by side on two cores",
        Schedule = CpuSized.Quickstart.Schedule with { Order = ScheduleOrder.Lockstep },
    };

    /// <summary>Two seeds of every change; a cell takes about half an hour of one core.</summary>
    public static Grid Learning { get; } = Grid.Of(
        "Learning",
        "What learning in a quarter of an hour depends on: one change at a time",
        Axes.OneAtATime(
            s_start,
            Axis.Of("posterior_share", [0.1, 0.03, 0.3, 1], (e, value) => e with { Objective = e.Objective with { PosteriorShare = value } }),
            Axis.Of("divergence_scale", [0.2, 3], (e, value) => e with { Objective = e.Objective with { DivergenceScale = value } }),
            Axis.Of("free_nats", [0.0, 3], (e, value) => e with { Objective = e.Objective with { FreeNats = value } }),
            Axis.Of("image_scale", [3.0], (e, value) => e with { Objective = e.Objective with { ImageScale = value } }),
            Axis.Of("depth", [16], (e, value) => e with { Model = e.Model with { Depth = value } }),
            Axis.Of("batch_size", [16, 50], (e, value) => e with { Replay = e.Replay with { BatchSize = value } }),
            Axis.Of("learning_rate", [5e-4, 2e-3], (e, value) => e with { Optimizer = e.Optimizer with { LearningRate = value } }),
            Axis.Of("decay_from", [1.0, 0.5], (e, value) => e with { Optimizer = e.Optimizer with { DecayFrom = value } }),
            Axis.Of("horizon", [12, 20], (e, value) => e with { Planner = e.Planner with { Horizon = value } }),
            Axis.Of("collect_interval", [70, 280], (e, value) => e with { Schedule = e.Schedule with { CollectInterval = value } }),
            Axis.Of("exploration_noise", [0.1], (e, value) => e with { Schedule = e.Schedule with { ExplorationNoise = value } })),
        seeds: 2);
}
