using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>Experiments that two CPU cores finish while one waits.</summary>
public static class CpuSized
{
    /// <summary>Cartpole swingup with smaller networks, a smaller planner and coarser frames; everything else is the paper's.</summary>
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
        // A nat of divergence is cheaper than in the paper and fewer are free: a small model on little data then gives the few pixels of
        // the pole their due, and its prior follows the posterior closely enough to plan with.
        Objective = Paper.Planet.Objective with { DivergenceScale = 0.2, FreeNats = 1 },
        Planner = Paper.Planet.Planner with { Iterations = 4, Candidates = 200, Elites = 20 },
        Replay = Paper.Planet.Replay with { BatchSize = 16, ChunkLength = 20, MemoryMebibytes = 512 },
        Schedule = Paper.Planet.Schedule with { TestEpisodes = 2, Episodes = 75 },
        Evaluation = Paper.Planet.Evaluation with { Every = 35 },
    };

    /// <summary>Every comparison on every task, in the sizes of <see cref="Quickstart"/>.</summary>
    public static ExperimentGrid Grid { get; } = new("cpu", "quickstart's sizes, for two CPU cores", Quickstart, Ablations.All);
}
