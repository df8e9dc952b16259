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
        Planner = Paper.Planet.Planner with { Horizon = 12, Iterations = 5, Candidates = 300, Elites = 30 },
        Replay = Paper.Planet.Replay with { BatchSize = 24, ChunkLength = 20 },
        Schedule = Paper.Planet.Schedule with
        {
            SeedEpisodes = 5,
            TestEpisodes = 2,
            Episodes = 80,
            CollectInterval = 50,
            ExplorationNoise = 0.3,
        },
        Evaluation = Paper.Planet.Evaluation with { Episodes = 5, Every = 40 },
    };
}
