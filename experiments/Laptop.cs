using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>
/// The agent of <see cref="CpuSized.Quickstart"/> on every task of the suite: the paper's table in small. Two runs at a
/// time on two cores take about half an hour with an action repeat of 8, and about an hour with 4 (docs/results.md).
/// </summary>
public static class Laptop
{
    /// <summary>One experiment for every task, named <c>laptop_task</c>; on cartpole swingup it has the options of quickstart.</summary>
    public static IReadOnlyList<Experiment> All { get; } = [.. Suite.Tasks.Select(Of)];

    private static Experiment Of(SuiteTask task)
    {
        var start = CpuSized.Quickstart;
        return task.In(start) with
        {
            Name = $"laptop_{task.Name}",
            Description = $"The agent of quickstart on {task.Name}",

            // With shorter actions an episode has more decisions, and as many more updates follow it.
            Schedule = start.Schedule with
            {
                CollectInterval = start.Schedule.CollectInterval * start.Task.ActionRepeat / task.ActionRepeat,
            },
        };
    }
}
