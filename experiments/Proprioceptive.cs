using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>
/// Every task from its state vectors instead of images, with small networks: nothing is rendered or decoded, so a run takes minutes. Not
/// the paper's.
/// </summary>
public static class Proprioceptive
{
    /// <summary>One experiment for each task of the suite, named <c>cpu_proprio_TASK</c>.</summary>
    public static IReadOnlyList<Experiment> All { get; } = [.. Suite.Tasks.Select(Of)];

    private static Experiment Of(SuiteTask task) => CpuSized.Quickstart with
    {
        Name = $"cpu_proprio_{task.Name}",
        Description = $"{task.Name} from positions and velocities instead of images, with small networks",
        Task = CpuSized.Quickstart.Task with
        {
            Name = task.Name,
            ActionRepeat = task.ActionRepeat,
            Observations = ObservationKind.State,
        },
        Planner = CpuSized.Quickstart.Planner with { Iterations = 3 },
        Replay = CpuSized.Quickstart.Replay with { BatchSize = 16, ChunkLength = 20 },
        Schedule = CpuSized.Quickstart.Schedule with { Episodes = 60, CollectInterval = 60 },
        Evaluation = CpuSized.Quickstart.Evaluation with { Every = 28 },
    };
}
