using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>
/// A task whose episodes end early, with and without the prediction of the end (docs/termination.md). Not the paper's: its tasks never end
/// early.
/// </summary>
public static class Survival
{
    /// <summary>Cartpole survive with small networks, on one core.</summary>
    public static Experiment Survive { get; } = CpuSized.Quickstart with
    {
        Name = "survive",
        Description = "Keep a pole from falling, which ends the episode, with small networks; not a task of the paper",
        Task = CpuSized.Quickstart.Task with { Name = "cartpole_survive", ActionRepeat = 1, ImageSize = 32 },
        Objective = CpuSized.Quickstart.Objective with { ContinuationScale = 5 },

        // The results in docs/termination.md are those of a constant learning rate.
        Optimizer = CpuSized.Small.Optimizer,
        Planner = CpuSized.Quickstart.Planner with { Horizon = 12, Candidates = 60, Elites = 8 },
        Replay = CpuSized.Quickstart.Replay with { BatchSize = 16, ChunkLength = 10 },

        // Episodes are short at first: many of them, and few updates between two.
        Schedule = CpuSized.Quickstart.Schedule with
        {
            SeedEpisodes = 100,
            Episodes = 300,
            CollectInterval = 5,
            Order = ScheduleOrder.Lockstep,
        },
    };

    /// <summary>The same without the prediction of the end: nothing tells the planner that a fall ends the rewards.</summary>
    public static Experiment WithoutContinuation { get; } = Survive with
    {
        Name = "survive_no_continuation",
        Description = "survive without predicting the end of episodes, for comparison",
        Model = Survive.Model with { Continuation = ContinuationPrediction.Off },
    };

    /// <summary>Both.</summary>
    public static IReadOnlyList<Experiment> All { get; } = [Survive, WithoutContinuation];
}
