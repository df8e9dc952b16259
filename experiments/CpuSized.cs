using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>Experiments sized for two CPU cores.</summary>
public static class CpuSized
{
    /// <summary>
    /// Cartpole swingup with smaller networks, planner and batches, fewer episodes and faster rendering; the method is the paper's. The
    /// base of the ablations and tasks in CPU size.
    /// </summary>
    public static Experiment Small { get; } = Paper.Planet with
    {
        Name = "small",
        Description = "Cartpole swingup from pixels with small networks, the base of the ablations in CPU size",
        Task = Paper.Planet.Task with { RenderQuality = RenderQuality.Fast },
        Model = Paper.Planet.Model with
        {
            Depth = 8,
            BeliefSize = 120,
            HiddenSize = 120,
            StochasticSize = 20,
            RewardLayers = 2,
            RewardUnits = 120,
        },
        // A smaller divergence weight and fewer free nats than in the paper: with them a small model on little data reconstructs the few
        // pixels of the pole, and its prior is close enough to the posterior for planning.
        Objective = Paper.Planet.Objective with { DivergenceScale = 0.2, FreeNats = 1 },
        Planner = Paper.Planet.Planner with { Iterations = 4, Candidates = 200, Elites = 20 },
        Replay = Paper.Planet.Replay with { BatchSize = 16, ChunkLength = 20, MemoryMebibytes = 512 },
        Schedule = Paper.Planet.Schedule with { TestEpisodes = 2, Episodes = 75 },
        Evaluation = Paper.Planet.Evaluation with { Every = 35 },
    };

    /// <summary>
    /// <see cref="Small"/> with what learns most in a quarter of an hour on two cores (docs/learning.md): many episodes, collected on the
    /// second core by a small planner with a long horizon; a balanced divergence; small updates, which decode a quarter of the images; and
    /// a learning rate that falls, because the weights of small updates are noisy.
    /// </summary>
    public static Experiment Quickstart { get; } = Small with
    {
        Name = "quickstart",
        Description = "Cartpole swingup from pixels with small networks: a quarter of an hour on two CPU cores",
        Objective = Small.Objective with { DivergenceScale = 1, PosteriorShare = 0.1, ImageStride = 4 },
        Optimizer = Small.Optimizer with { DecayFrom = 0.2 },
        Planner = Small.Planner with { Horizon = 16, Iterations = 3, Candidates = 100, Elites = 10 },
        Replay = Small.Replay with { BatchSize = 8, ChunkLength = 16 },
        Schedule = Small.Schedule with { Episodes = 200, CollectInterval = 100, Order = ScheduleOrder.Overlapped },
        Evaluation = Small.Evaluation with { Every = 100 },

        // A second thread does not speed up so small a batch; the second core collects and evaluates.
        Compute = Small.Compute with { Threads = 1 },
    };

    /// <summary>
    /// Every ablation on every task, in the sizes of <see cref="Small"/>, and every task from state vectors.
    /// </summary>
    public static ExperimentGrid Grid { get; } =
        new("cpu", "small networks, for two CPU cores", Small, [.. Ablations.All, Proprioceptive.Variant]);
}
