using PlaNet.Environments;
using PlaNet.Experiments;

namespace PlaNet.Runs.Playing;

/// <summary>The tasks in which a trained model is evaluated: those of its run, one of them, or another one that fits.</summary>
public sealed class EvaluationTasks
{
    private readonly TaskOptions _environments;
    private readonly int _first;

    private EvaluationTasks(TaskOptions options, TaskOptions environments, int first, string? repeat)
    {
        (Options, _environments, _first, Repeat) = (options, environments, first, repeat);
    }

    /// <summary>Options of these tasks, and of no other.</summary>
    public TaskOptions Options { get; }

    /// <summary>Where the action repeat of a chosen task is from, in words; null if none was chosen.</summary>
    public string? Repeat { get; }

    /// <summary>All tasks of a run.</summary>
    /// <param name="trained">Task options of the run.</param>
    public static EvaluationTasks All(TaskOptions trained) => new(trained, trained, 0, null);

    /// <summary>
    /// A task of the run, or another task of the suite whose actions have as many numbers as the model's; its images are drawn in the size
    /// of the model. A task of the run keeps its action repeat, and another task of the same domain takes it over, because a step of the
    /// model is as long; every other task has its registered one.
    /// </summary>
    /// <param name="trained">Task options of the run.</param>
    /// <param name="name">Name of the task.</param>
    /// <param name="actionSize">Numbers in an action of the model.</param>
    /// <exception cref="RunException">There is no such task, or its actions do not fit; the message names tasks that do.</exception>
    public static EvaluationTasks One(TaskOptions trained, string name, int actionSize)
    {
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(name);
        var learned = trained.IsExternal || trained.ActionSize > 0 ? [] : Tasks.Of(trained);
        for (var index = 0; index < learned.Count; index++)
        {
            if (learned[index].Name == name)
            {
                return new EvaluationTasks(learned[index], trained, index, "as in the run");
            }
        }

        var task = TaskRegistry.All.FirstOrDefault(task => task.Name == name)
            ?? throw new RunException(
                $"there is no task \"{name}\": did you mean {NearestName.Find(name, TaskRegistry.All.Select(task => task.Name))}?");
        if (task.ActionSize != actionSize)
        {
            throw Unfit(task, learned, actionSize);
        }

        var relative = learned.FirstOrDefault(other => TaskRegistry.Find(other.Name).Domain == task.Domain);
        var options = trained with
        {
            Name = name,
            Command = "",
            CommandFolder = "",
            Address = "",
            ActionSize = 0,
            Others = "",
            ActionRepeat = relative?.ActionRepeat ?? task.ActionRepeat,
            FixedStart = trained.FixedStart && task.HasFixedStart,
        };
        if (trained.HasStates && Tasks.VectorsOf(options) is var own && Tasks.VectorsOf(trained) is var known && own != known)
        {
            throw new RunException(
                $"the state vectors of task {name} are {own}, those of the run's model are {known}: leave the task out.");
        }

        return new EvaluationTasks(options, options, 0, relative is null ? "the task's own" : $"as {relative.Name} has in the run");
    }

    /// <summary>Specification of a task, as <see cref="Tasks.Describe"/>.</summary>
    /// <param name="task">Index among <see cref="Options"/>.</param>
    public EnvironmentSpec Describe(int task) => Tasks.Describe(_environments, _first + task);

    /// <summary>Creates an environment of a task, with actions of the model's size, as <see cref="Tasks.Create"/>.</summary>
    /// <param name="task">Index among <see cref="Options"/>.</param>
    /// <param name="warn">Called with warnings of the environment. Default: none.</param>
    public IEnvironment Create(int task, Action<string>? warn = null) => Tasks.Create(_environments, _first + task, warn: warn);

    private static RunException Unfit(TaskDefinition task, IReadOnlyList<TaskOptions> learned, int actionSize)
    {
        string[] fitting =
        [
            .. learned.Select(other => other.Name),
            .. TaskRegistry.All.Where(other => other.ActionSize == actionSize).Select(other => other.Name),
        ];
        return new RunException(
            $"an action of task {task.Name} has size {task.ActionSize}, one of the run's model has size {actionSize}. "
            + (fitting.Length == 0
                ? "No task of the suite fits: leave the task out."
                : $"Tasks that fit: {string.Join(", ", fitting.Distinct(StringComparer.Ordinal))}."));
    }
}
