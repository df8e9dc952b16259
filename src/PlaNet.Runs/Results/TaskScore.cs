using PlaNet.Experiments;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Results;

/// <summary>How an agent did in one task of an evaluation.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Returns">Return of each of its episodes.</param>
public sealed record TaskScore(string Task, IReadOnlyList<double> Returns)
{
    /// <summary>Statistics of the returns.</summary>
    public Summary Summary => Summary.Of(Returns);

    /// <summary>The returns of an evaluation by task.</summary>
    /// <param name="options">The tasks.</param>
    /// <param name="returns">Those of the first task first, as many of each.</param>
    /// <exception cref="ArgumentException">The tasks do not have equally many.</exception>
    public static IReadOnlyList<TaskScore> Of(TaskOptions options, IReadOnlyList<double> returns)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(returns);
        var (each, rest) = Math.DivRem(returns.Count, options.Count);
        if (each == 0 || rest > 0)
        {
            throw new ArgumentException($"{returns.Count} returns of {options.Count} tasks: every task needs as many.", nameof(returns));
        }

        return [.. Tasks.Of(options).Select((task, index) => new TaskScore(task.Name, [.. returns.Skip(index * each).Take(each)]))];
    }
}
