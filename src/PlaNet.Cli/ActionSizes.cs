using PlaNet.Experiments;

namespace PlaNet.Cli;

/// <summary>How many numbers an action of a task has, known without starting the simulator.</summary>
public static class ActionSizes
{
    private static readonly Dictionary<string, int> Known = new(StringComparer.Ordinal)
    {
        ["cartpole_balance"] = 1,
        ["cartpole_balance_sparse"] = 1,
        ["cartpole_swingup"] = 1,
        ["cartpole_swingup_sparse"] = 1,
    };

    /// <summary>The size of a task's actions.</summary>
    /// <param name="task">The task's registered name.</param>
    /// <exception cref="UnusableInputException">There is no such task; the message names the nearest one.</exception>
    public static int Of(string task) => Known.TryGetValue(task, out var size)
        ? size
        : throw new UnusableInputException($"there is no task \"{task}\": did you mean task.name={NearestName.Find(task, Known.Keys)}?");
}
