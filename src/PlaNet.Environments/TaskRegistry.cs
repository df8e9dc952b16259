using PlaNet.MuJoCo;

namespace PlaNet.Environments;

/// <summary>
/// All tasks by name. To add a task, add one class that implements <see cref="ITaskDomain"/> and put its MJCF file in the same folder.
/// </summary>
public static class TaskRegistry
{
    private static readonly Lazy<IReadOnlyList<TaskDefinition>> s_all = new(Discover);

    /// <summary>All tasks, ordered by name.</summary>
    public static IReadOnlyList<TaskDefinition> All => s_all.Value;

    /// <summary>Finds a task by name.</summary>
    /// <param name="name">A registered name.</param>
    /// <exception cref="ArgumentException">No task has this name; the message lists the registered names.</exception>
    public static TaskDefinition Find(string name)
    {
        return All.FirstOrDefault(task => task.Name == name)
            ?? throw new ArgumentException(
                $"There is no task '{name}'. Use one of: {string.Join(", ", All.Select(task => task.Name))}.");
    }

    /// <summary>Creates a task with action repeat and, if configured, images of camera 0.</summary>
    /// <param name="name">A registered name.</param>
    /// <param name="settings">Action repeat and images. Default: the task's own action repeat and no images.</param>
    /// <exception cref="ArgumentException">No task has this name, or a setting is invalid for it.</exception>
    /// <exception cref="MuJoCoException">MuJoCo is missing, or OpenGL is missing and images are configured.</exception>
    public static IEnvironment Create(string name, TaskSettings? settings = null)
    {
        var task = Find(name);
        settings ??= new TaskSettings();
        if (settings.FixedStart && !task.HasFixedStart)
        {
            throw new ArgumentException(
                $"FixedStart is true but task {name} has no fixed start. Set it to false, or use a task that has one: "
                + $"{string.Join(", ", All.Where(other => other.HasFixedStart).Select(other => other.Name))}.");
        }

        if (settings.ActionRepeat < 1)
        {
            throw new ArgumentException(
                $"ActionRepeat is {settings.ActionRepeat} but must be at least 1: leave it out for the default, {task.ActionRepeat}.");
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
