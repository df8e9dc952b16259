using PlaNet.Environments;
using PlaNet.Environments.Processes;
using PlaNet.Experiments;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Playing;

/// <summary>Makes the environments that an experiment describes.</summary>
public static class Tasks
{
    private static readonly ImageSpec s_image = new();

    /// <summary>
    /// The tasks of an experiment, each as it would stand alone: <see cref="TaskOptions.Name"/> first, then <see cref="TaskOptions.Others"/>.
    /// </summary>
    /// <param name="options">The tasks and how they are observed.</param>
    /// <exception cref="ArgumentException">One of the others is not registered.</exception>
    public static IReadOnlyList<TaskOptions> Of(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return
        [
            options with { Others = "" },
            .. options.OtherTasks.Select(other => options with
            {
                Name = other.Name,
                ActionRepeat = other.ActionRepeat ?? TaskRegistry.Find(other.Name).ActionRepeat,
                Others = "",
            }),
        ];
    }

    /// <summary>The same tasks, with the action repeat of every one written out.</summary>
    /// <param name="options">The tasks and how they are observed.</param>
    /// <exception cref="ArgumentException">One of the others is not registered.</exception>
    public static TaskOptions WithRepeats(TaskOptions options)
    {
        return options with { Others = string.Join(',', Of(options).Skip(1).Select(task => new OtherTask(task.Name, task.ActionRepeat))) };
    }

    /// <summary>
    /// A fresh environment of one task with action repeat, actions in [-1, 1] and 64x64 images. Its actions are as long as those of the
    /// task with the longest; what a task does not have is ignored.
    /// </summary>
    /// <param name="options">The tasks and how they are observed.</param>
    /// <param name="task">Which task, as <see cref="RunSchedule.TaskOf"/> counts them. Default 0, the first.</param>
    /// <param name="patience">How long an environment in a process of its own may take. Default <see cref="EnvironmentPatience.Default"/>.</param>
    /// <exception cref="RunException">The task's own program shows other images than the model takes.</exception>
    /// <exception cref="EnvironmentProcessException">A process does not start or does not speak the protocol.</exception>
    public static IEnvironment Create(TaskOptions options, int task = 0, EnvironmentPatience? patience = null)
    {
        var tasks = Of(options);
        patience ??= EnvironmentPatience.Default;
        return options.Command.Length > 0 ? Start(options.Command, patience)
            : options.Isolation == EnvironmentIsolation.Process
                ? new ProcessEnvironment(patience.With(EnvironmentWorker.Of(tasks[task], ActionSize(tasks))))
            : Pad(TaskRegistry.Create(tasks[task].Name, Settings(tasks[task])), tasks);
    }

    /// <summary>What the environment of a task takes and gives. A task's own program is started to be asked.</summary>
    /// <param name="options">The tasks and how they are observed.</param>
    /// <param name="task">Which task, as <see cref="RunSchedule.TaskOf"/> counts them. Default 0, the first.</param>
    public static EnvironmentSpec Describe(TaskOptions options, int task = 0)
    {
        var tasks = Of(options);

        // Images need OpenGL, which looking at a description should not.
        using var environment = options.Command.Length > 0
            ? Start(options.Command, EnvironmentPatience.Default)
            : Pad(TaskRegistry.Create(tasks[task].Name, Settings(tasks[task]) with { Pixels = null }), tasks);
        return environment.Spec with { Image = s_image };
    }

    private static IEnvironment Pad(IEnvironment environment, IReadOnlyList<TaskOptions> tasks)
    {
        var size = ActionSize(tasks);
        return size == environment.Spec.Action.Size ? environment : new PadActions(environment, size);
    }

    private static int ActionSize(IReadOnlyList<TaskOptions> tasks) => tasks.Max(task => TaskRegistry.Find(task.Name).ActionSize);

    private static TaskSettings Settings(TaskOptions options)
    {
        return new TaskSettings
        {
            ActionRepeat = options.ActionRepeat,
            Pixels = s_image,
            FixedStart = options.FixedStart,
            RenderQuality = options.RenderQuality == RenderQuality.Fast ? MuJoCo.RenderQuality.Fast : MuJoCo.RenderQuality.Reference,
        };
    }

    private static NormalizeActions Start(string command, EnvironmentPatience patience)
    {
        var environment = new ProcessEnvironment(patience.With(Program(command)));
        if (environment.Spec.Image == s_image)
        {
            return new NormalizeActions(environment);
        }

        var shown = environment.Spec.Image is { } image ? $"images of {image.Width}x{image.Height}" : "no images";
        environment.Dispose();
        throw new RunException($"task.command {command}: the program shows {shown}, but the model takes 64x64. Let it draw at that size.");
    }

    private static ProcessOptions Program(string command)
    {
        try
        {
            return ProcessOptions.Parse(command);
        }
        catch (ArgumentException exception)
        {
            throw new RunException($"task.command: {exception.Message}");
        }
    }
}
