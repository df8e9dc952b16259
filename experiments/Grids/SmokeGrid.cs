using PlaNet.Experiments;
using PlaNet.Experiments.Grids;

namespace PlaNet.Catalog;

/// <summary>A whole grid that two CPU cores finish in about two minutes: real physics, real pixels, and a model too small to learn much.</summary>
public static class SmokeGrid
{
    private static readonly Experiment s_start = CpuSized.Quickstart with
    {
        Name = "smoke",
        Description = "A minute from start to end: shows that everything works, not that anything is learned",
        Model = CpuSized.Quickstart.Model with { Depth = 2, BeliefSize = 24, HiddenSize = 24, StochasticSize = 6, RewardUnits = 24 },
        Planner = CpuSized.Quickstart.Planner with { Iterations = 3, Candidates = 50, Elites = 5, Horizon = 6 },
        Replay = CpuSized.Quickstart.Replay with { BatchSize = 8, ChunkLength = 10, MemoryMebibytes = 64 },
        Schedule = CpuSized.Quickstart.Schedule with { SeedEpisodes = 2, TestEpisodes = 1, Episodes = 7, CollectInterval = 20 },
        Evaluation = new EvaluationOptions { Episodes = 2, Every = 3 },

        // One worker a core is the common case, and tensors this small gain nothing from a second thread.
        Compute = CpuSized.Quickstart.Compute with { Threads = 1 },
    };

    /// <summary>Two tasks, two seeds.</summary>
    public static Grid Smoke { get; } = Grid.Of(
        "Smoke",
        "Two tasks with tiny networks: a whole grid in about two minutes on two CPU cores",
        Axes.Cross(s_start, new Axis("task", [.. new[] { "cartpole_swingup", "cup_catch" }.Select(name => new AxisValue(name, experiment => On(experiment, name)))])),
        seeds: 2);

    private static Experiment On(Experiment experiment, string name) =>
        experiment with { Task = experiment.Task with { Name = name, ActionRepeat = Suite.Tasks.Single(task => task.Name == name).ActionRepeat * 2 } };
}
