using PlaNet.MuJoCo;

namespace PlaNet.Environments;

/// <summary>All tasks by name. A new task needs one file: a class that implements <see cref="ITaskDomain"/> (and its MJCF beside it).</summary>
public static class TaskRegistry
{
    private static readonly Lazy<IReadOnlyList<TaskDefinition>> s_all = new(Discover);

    /// <summary>All tasks, ordered by name.</summary>
    public static IReadOnlyList<TaskDefinition> All => s_all.Value;

    /// <summary>The task of a name.</summary>
    /// <param name="name">A registered name.</param>
    /// <exception cref="ArgumentException">No task has the name; the message lists those that exist.</exception>
    public static TaskDefinition Find(string name)
    {
        return All.FirstOrDefault(task => task.Name == name)
            ?? throw new ArgumentException(
                $"There is no task '{name}'; there are {string.Join(", ", All.Select(task => task.Name))}.", nameof(name));
    }

    /// <summary>Creates a task, with repeated actions and, if asked for, images of camera 0.</summary>
    /// <param name="name">A registered name.</param>
    /// <param name="settings">How it is set up. Default: the task's own action repeat and no images.</param>
    /// <exception cref="ArgumentException">No task has the name, or a setting does not fit it.</exception>
    /// <exception cref="MuJoCoException">MuJoCo, or OpenGL if images are asked for, is missing.</exception>
    public static IEnvironment Create(string name, TaskSettings? settings = null)
    {
        var task = Find(name);
        settings ??= new TaskSettings();
        if (settings.FixedStart && !task.HasFixedStart)
        {
            throw new ArgumentException(
                $"FixedStart is true but task {name} has no fixed start; these have: "
                + $"{string.Join(", ", All.Where(other => other.HasFixedStart).Select(other => other.Name))}.",
                nameof(settings));
        }

        if (settings.ActionRepeat < 1)
        {
            throw new ArgumentException($"ActionRepeat is {settings.ActionRepeat} but must be at least 1.", nameof(settings));
        }

        IRenderableEnvironment environment = task.Make(settings);
        try
        {
            environment = new ActionRepeat(environment, settings.ActionRepeat ?? task.ActionRepeat);
            return settings.Pixels is null ? environment : new PixelObservation(environment, settings.Pixels, 0, settings.RenderQuality);
        }
        catch
        {
            environment.Dispose();
            throw;
        }
    }

    private static IReadOnlyList<TaskDefinition> Discover()
    {
        return
        [
            .. typeof(TaskRegistry).Assembly.GetTypes()
                .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ITaskDomain)))
                .Select(type => (ITaskDomain)Activator.CreateInstance(type)!)
                .SelectMany(domain => domain.Tasks)
                .OrderBy(task => task.Name, StringComparer.Ordinal),
        ];
    }
}
