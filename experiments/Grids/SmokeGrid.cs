using PlaNet.Experiments;
using PlaNet.Experiments.Grids;

namespace PlaNet.Catalog;

/// <summary>
/// A complete grid that takes about two minutes on two CPU cores: real physics and images, but a model too small to learn much.
/// </summary>
public static class SmokeGrid
{
    private static readonly Experiment s_start = CpuSized.Small with
    {
        Name = "smoke",
        Description = "A complete run in about a minute: tests that everything works, not that the agent learns",
        Model = CpuSized.Small.Model with { Depth = 2, BeliefSize = 24, HiddenSize = 24, StochasticSize = 6, RewardUnits = 24 },
        Planner = CpuSized.Small.Planner with { Iterations = 3, Candidates = 50, Elites = 5, Horizon = 6 },
        Replay = CpuSized.Small.Replay with { BatchSize = 8, ChunkLength = 10, MemoryMebibytes = 64 },
        Schedule = CpuSized.Small.Schedule with { SeedEpisodes = 2, TestEpisodes = 1, Episodes = 7, CollectInterval = 20 },
        Evaluation = new EvaluationOptions { Episodes = 2, Every = 3 },

        // Usually one worker per core runs, and tensors this small gain nothing from a second thread.
        Compute = CpuSized.Small.Compute with { Threads = 1 },
    };

    /// <summary>Two tasks with two seeds each.</summary>
    public static Grid Smoke { get; } = Grid.Of(
        "Smoke",
        "Two tasks with tiny networks: a complete grid in about two minutes on two CPU cores",
        Axes.Cross(s_start, new Axis("task", [TaskValue("cartpole_swingup"), TaskValue("cup_catch")])),
        seeds: 2);

    private static AxisValue TaskValue(string name) => new(name, experiment => WithTask(experiment, name));

    private static Experiment WithTask(Experiment experiment, string name)
    {
        var actionRepeat = Suite.Tasks.Single(task => task.Name == name).ActionRepeat * 2;
        return experiment with { Task = experiment.Task with { Name = name, ActionRepeat = actionRepeat } };
    }
}
