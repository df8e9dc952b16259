using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>Experiments sized for two CPU cores.</summary>
public static class CpuSized
{
    /// <summary>
    /// Cartpole swingup with smaller networks, planner and batches, fewer episodes and faster rendering; the method is the paper's.
    /// </summary>
    public static Experiment Quickstart { get; } = Paper.Planet with
    {
        Name = "quickstart",
        Description = "Cartpole swingup from pixels with small networks: minutes on two CPU cores",
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

    /// <summary>Every ablation on every task, in the sizes of <see cref="Quickstart"/>.</summary>
    public static ExperimentGrid Grid { get; } = new("cpu", "quickstart's sizes, for two CPU cores", Quickstart, Ablations.All);
}
