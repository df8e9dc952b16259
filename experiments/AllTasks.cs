using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>One agent for the six tasks of the paper. Its only input is images, not the task's identity (docs/experiments.md).</summary>
public static class AllTasks
{
    // Per task. A round has six times the updates of a single task, and most episodes are longer: 75 would take too long.
    private const int CpuEpisodes = 25;

    /// <summary>The paper's sizes: 1000 episodes per task, one per task every 600 updates.</summary>
    public static Experiment PaperSized { get; } =
        Of(Paper.Planet, "paper", "One agent for the paper's six tasks: 1000 episodes of each, sized for a GPU");

    /// <summary>The sizes of <see cref="CpuSized.Small"/>, with fewer episodes per task.</summary>
    public static Experiment Cpu { get; } = Of(
        CpuSized.Small with
        {
            Schedule = CpuSized.Small.Schedule with { Episodes = CpuEpisodes },
            Evaluation = CpuSized.Small.Evaluation with { Every = 10 },
        },
        "cpu",
        "One agent for the paper's six tasks: 25 episodes of each, with small networks");

    /// <summary>Both sizes.</summary>
    public static IReadOnlyList<Experiment> All { get; } = [Cpu, PaperSized];

    private static Experiment Of(Experiment experiment, string size, string description)
    {
        var first = Suite.Published[0];
        var others = Suite.Published.Skip(1).Select(task => new OtherTask(task.Name, task.ActionRepeat));
        var start = first.In(experiment);
        return start with
        {
            Name = $"{size}_all_tasks",
            Description = description,
            Task = start.Task with { Others = string.Join(',', others) },
        };
    }
}
