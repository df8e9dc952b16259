using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>A control task with the paper's action repeat.</summary>
/// <param name="Name">Registered name of the task.</param>
/// <param name="ActionRepeat">Control steps for which one action is repeated, R.</param>
public sealed record SuiteTask(string Name, int ActionRepeat)
{
    /// <summary>An experiment on this task.</summary>
    /// <param name="experiment">Everything but the task's name and its action repeat.</param>
    public Experiment In(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return experiment with { Task = experiment.Task with { Name = Name, ActionRepeat = ActionRepeat } };
    }
}

/// <summary>The paper's six tasks, and cartpole balance, which an earlier version of the paper had instead of reacher.</summary>
public static class Suite
{
    /// <summary>All tasks, in the order of result tables.</summary>
    public static IReadOnlyList<SuiteTask> Tasks { get; } =
    [
        new("cartpole_balance", 8),
        new("cartpole_swingup", 8),
        new("reacher_easy", 4),
        new("cheetah_run", 4),
        new("finger_spin", 2),
        new("cup_catch", 4),
        new("walker_walk", 2),
    ];

    /// <summary>The six tasks of the published paper: all but cartpole balance.</summary>
    public static IReadOnlyList<SuiteTask> Published { get; } = [.. Tasks.Where(task => task.Name != "cartpole_balance")];
}
