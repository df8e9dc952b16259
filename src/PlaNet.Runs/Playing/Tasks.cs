using PlaNet.Environments;
using PlaNet.Environments.Processes;
using PlaNet.Experiments;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Playing;

/// <summary>Creates the environments of an experiment.</summary>
public static class Tasks
{
    private static readonly ImageSpec s_image = new();

    /// <summary>
    /// Splits the tasks of an experiment into options of single tasks: <see cref="TaskOptions.Name"/> first, then
    /// <see cref="TaskOptions.Others"/>.
    /// </summary>
    /// <param name="options">Task options of an experiment.</param>
    /// <exception cref="ArgumentException">A task of <see cref="TaskOptions.Others"/> is not registered.</exception>
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

    /// <summary>A copy of the options with an explicit action repeat for every task.</summary>
    /// <param name="options">Task options of an experiment.</param>
    /// <exception cref="ArgumentException">A task of <see cref="TaskOptions.Others"/> is not registered.</exception>
    public static TaskOptions WithRepeats(TaskOptions options)
    {
        var others = Of(options).Skip(1).Select(task => new OtherTask(task.Name, task.ActionRepeat));
        return options with { Others = string.Join(',', others) };
    }

    /// <summary>
    /// Creates an environment of one task with action repeat, actions in [-1, 1] and 64x64 images. With several tasks, actions are padded
    /// to the largest action size; the environment ignores the padding.
    /// </summary>
    /// <param name="options">Task options of an experiment.</param>
    /// <param name="task">Index of the task, as in <see cref="RunSchedule.TaskOf"/>. Default 0.</param>
    /// <param name="timeouts">Timeouts of an environment in a separate process. Default <see cref="EnvironmentTimeouts.Default"/>.</param>
    /// <exception cref="RunException">The program of <see cref="TaskOptions.Command"/> has images of another size, or none.</exception>
    /// <exception cref="EnvironmentProcessException">The process does not start or violates the protocol.</exception>
    public static IEnvironment Create(TaskOptions options, int task = 0, EnvironmentTimeouts? timeouts = null)
    {
        var tasks = Of(options);
        timeouts ??= EnvironmentTimeouts.Default;
        return options.Command.Length > 0 ? Start(options.Command, timeouts)
            : options.Isolation == EnvironmentIsolation.Process
                ? new ProcessEnvironment(timeouts.ApplyTo(EnvironmentWorker.Of(tasks[task], ActionSize(tasks))))
            : Pad(TaskRegistry.Create(tasks[task].Name, Settings(tasks[task])), tasks);
    }

    /// <summary>The specification of a task's environment. A program of <see cref="TaskOptions.Command"/> is started to query it.</summary>
    /// <param name="options">Task options of an experiment.</param>
    /// <param name="task">Index of the task, as in <see cref="RunSchedule.TaskOf"/>. Default 0.</param>
    public static EnvironmentSpec Describe(TaskOptions options, int task = 0)
    {
        var tasks = Of(options);

        // Created without images, because rendering requires OpenGL and the specification does not.
        using var environment = options.Command.Length > 0
            ? Start(options.Command, EnvironmentTimeouts.Default)
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

    private static NormalizeActions Start(string command, EnvironmentTimeouts timeouts)
    {
        var environment = new ProcessEnvironment(timeouts.ApplyTo(Program(command)));
        if (environment.Spec.Image == s_image)
        {
            return new NormalizeActions(environment);
        }

        var shown = environment.Spec.Image is { } image ? $"images of {image.Width}x{image.Height}" : "no images";
        environment.Dispose();
        throw new RunException(
            $"task.command {command}: the program has {shown}, but the model takes 64x64. Change the program to draw images of 64x64.");
    }

    private static ProcessOptions Program(string command)
    {
        try
        {
            return ProcessOptions.Parse(command);
        }
        catch (ArgumentException exception)
        {
            // The exception appends the name of its parameter, which means nothing to the user.
            throw new RunException($"task.command: {exception.Message.Split(" (Parameter '", 2)[0]}");
        }
    }
}
