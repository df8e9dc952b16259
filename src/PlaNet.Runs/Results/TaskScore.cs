using PlaNet.Experiments;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Results;

/// <summary>Returns of one task in an evaluation.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Returns">Return of each episode of the task.</param>
public sealed record TaskScore(string Task, IReadOnlyList<double> Returns)
{
    /// <summary>Statistics of the returns.</summary>
    public Summary Summary => Summary.Of(Returns);

    /// <summary>Splits the returns of an evaluation by task.</summary>
    /// <param name="options">The tasks of the experiment.</param>
    /// <param name="returns">Returns grouped by task in the order of the tasks, equally many of each.</param>
    /// <exception cref="ArgumentException">The number of returns is not a positive multiple of the number of tasks.</exception>
    public static IReadOnlyList<TaskScore> Of(TaskOptions options, IReadOnlyList<double> returns)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(returns);
        var (each, rest) = Math.DivRem(returns.Count, options.Count);
        if (each == 0 || rest > 0)
        {
            throw new ArgumentException(
                $"{returns.Count} returns for {options.Count} tasks: all tasks need the same number of returns.", nameof(returns));
        }

        return [.. Tasks.Of(options).Select((task, index) => new TaskScore(task.Name, [.. returns.Skip(index * each).Take(each)]))];
    }
}
