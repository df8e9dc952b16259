using System.Security.Cryptography;
using PlaNet.Environments;
using PlaNet.Environments.Processes;
using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Planning;
using PlaNet.Replay;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Playing;

/// <summary>Creates the environments of an experiment.</summary>
public static class Tasks
{
    // An episode is kept whole in memory: 1.2 GB for so many frames.
    private const int MaxDecisions = 100_000;

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
    /// Creates an environment of one task with action repeat, actions in [-1, 1] and, if the agent observes images, images of
    /// <see cref="TaskOptions.ImageSize"/> and <see cref="TaskOptions.ImageChannels"/>. With several tasks, actions are padded to the
    /// largest action size; the environment ignores the padding.
    /// </summary>
    /// <param name="options">Task options of an experiment.</param>
    /// <param name="task">Index of the task, as in <see cref="RunSchedule.TaskOf"/>. Default 0.</param>
    /// <param name="timeouts">Timeouts of an environment in a separate process. Default <see cref="EnvironmentTimeouts.Default"/>.</param>
    /// <param name="warn">
    /// Called when an episode of a program is ended because it is longer than announced. Default: none.
    /// </param>
    /// <exception cref="RunException">
    /// The observations of the program of the task do not fit the options; the message says how. Or the task exists only as recorded
    /// episodes.
    /// </exception>
    /// <exception cref="EnvironmentProcessException">The process does not start or violates the protocol.</exception>
    /// <exception cref="MuJoCo.OpenGlException">A variable chooses an OpenGL backend that does not exist, or none works.</exception>
    public static IEnvironment Create(
        TaskOptions options, int task = 0, EnvironmentTimeouts? timeouts = null, Action<string>? warn = null)
    {
        var tasks = Of(options);
        timeouts ??= EnvironmentTimeouts.Default;
        if (options.ActionSize > 0)
        {
            throw new RunException(
                $"task.action_size is {options.ActionSize}: the task {options.Name} exists only as recorded episodes and cannot be played. "
                + "Give a task of the control suite that has as many numbers in an action.");
        }

        return options.IsExternal ? Start(options, timeouts, warn)
            : options.Isolation == EnvironmentIsolation.Process ? EnvironmentWorker.Start(tasks[task], ActionSize(tasks), timeouts)
            : Pad(TaskRegistry.Create(tasks[task].Name, Settings(tasks[task])), tasks);
    }

    /// <summary>The specification of a task's environment. A program of the task is started to query it.</summary>
    /// <param name="options">Task options of an experiment.</param>
    /// <param name="task">Index of the task, as in <see cref="RunSchedule.TaskOf"/>. Default 0.</param>
    /// <exception cref="RunException">The program of the task cannot be used; the message says why.</exception>
    public static EnvironmentSpec Describe(TaskOptions options, int task = 0)
    {
        var tasks = Of(options);
        if (options.IsExternal)
        {
            return Query(options, EnvironmentTimeouts.Default, environment => environment.Spec);
        }

        if (options.ActionSize > 0)
        {
            return new EnvironmentSpec(options.Name, ActionSpec.Unit(options.ActionSize), Image(options), [], TaskOptions.ControlSteps)
            {
                ActionRepeat = options.ActionRepeat,
            };
        }

        // Created without images, because rendering requires OpenGL and the specification does not.
        using var environment = Pad(TaskRegistry.Create(tasks[task].Name, Settings(tasks[task]) with { Pixels = null }), tasks);
        return environment.Spec with { Image = options.HasImages ? Image(options) : null };
    }

    /// <summary><see cref="Describe"/> for every task of an experiment.</summary>
    /// <param name="options">Task options of an experiment.</param>
    /// <exception cref="RunException">The program of the task cannot be used; the message says why.</exception>
    public static IReadOnlyList<EnvironmentSpec> DescribeAll(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return [.. Enumerable.Range(0, options.Count).Select(task => Describe(options, task))];
    }

    /// <summary>What an episode must satisfy to enter the replay of an experiment.</summary>
    /// <param name="options">Task options of the experiment.</param>
    /// <param name="specs">Environment specification of each of its tasks.</param>
    public static EpisodeRule RuleOf(TaskOptions options, IReadOnlyList<EnvironmentSpec> specs)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(specs);
        var spec = specs[0];
        var states = spec.States.OrderBy(state => state.Name, StringComparer.Ordinal);
        return new EpisodeRule(EpisodePlay.ShapeOf(spec), spec.Action.Size)
        {
            IsDiscrete = spec.Action.IsDiscrete,

            // In the order of EpisodePlay.PerceptOf.
            States = options.HasStates ? [.. states.Select(state => new StateShape(state.Name, state.Size))] : [],
        };
    }

    /// <summary>The observed state vectors of a task in words: "position[3], velocity[2]".</summary>
    /// <param name="options">Options of a single task.</param>
    internal static string VectorsOf(TaskOptions options) => string.Join(
        ", ", RuleOf(options, [Describe(options)]).States.Select(state => $"{state.Name}[{state.Size}]"));

    /// <summary>Creates the world model of an experiment with new weights.</summary>
    /// <param name="experiment">A valid experiment.</param>
    /// <param name="specs">Environment specification of each of its tasks.</param>
    /// <param name="generator">Source of the initial weights, on the CPU.</param>
    public static WorldModel CreateModel(Experiment experiment, IReadOnlyList<EnvironmentSpec> specs, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var rule = RuleOf(experiment.Task, specs);
        return new WorldModel(
            experiment.Model,
            rule.ActionSize,
            generator,
            experiment.Compute.Precision,
            experiment.Task.ObservedImageSize,
            specs.Any(spec => spec.Terminates),
            rule.StateSize,
            experiment.Task.ImageChannels);
    }

    /// <summary>
    /// <see cref="Describe"/> at the start of a run. A program also makes one decision, which shows whether its observations and actions
    /// are those that it announces. For the tasks of this program, the choice of an OpenGL backend is checked.
    /// </summary>
    /// <param name="options">Task options of an experiment.</param>
    /// <param name="task">Index of the task, as in <see cref="RunSchedule.TaskOf"/>.</param>
    /// <param name="timeouts">Timeouts of an environment in a separate process.</param>
    /// <exception cref="RunException">The program of the task cannot be used; the message says why.</exception>
    /// <exception cref="MuJoCo.OpenGlException">A variable that chooses the OpenGL backend has a wrong value.</exception>
    public static EnvironmentSpec Try(TaskOptions options, int task, EnvironmentTimeouts timeouts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeouts);
        if (!options.IsExternal)
        {
            if (options.HasImages)
            {
                MuJoCo.MuJoCoRuntime.CheckOpenGlChoice();
            }

            return Describe(options, task);
        }

        return Query(options, timeouts, environment =>
        {
            environment.Reset(0);
            environment.Step(environment.Spec.Action.Idle());
            return environment.Spec;
        });
    }

    /// <summary>Throws if a planner cannot plan the actions of a task.</summary>
    /// <param name="planner">Options of the planner.</param>
    /// <param name="task">Specification of the task.</param>
    /// <exception cref="RunException">Actions are discrete, and the planner is for continuous actions only.</exception>
    public static void RequirePlanner(PlannerOptions planner, EnvironmentSpec task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Action.IsDiscrete && Planners.ChoicesRefusal(planner) is { } refusal)
        {
            throw new RunException($"The actions of task {task.Task} are {task.Action.Size} choices. {refusal}");
        }
    }

    private static EnvironmentSpec Query(TaskOptions options, EnvironmentTimeouts timeouts, Func<IEnvironment, EnvironmentSpec> query)
    {
        try
        {
            using var environment = Start(options, timeouts, warn: null);
            return query(environment);
        }
        catch (EnvironmentProcessException failure)
        {
            throw new RunException($"{Option(options)}: {failure.Message}", failure);
        }
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
            Pixels = options.HasImages ? Image(options) : null,
            FixedStart = options.FixedStart,
            RenderQuality = options.RenderQuality == RenderQuality.Fast ? MuJoCo.RenderQuality.Fast : MuJoCo.RenderQuality.Reference,
        };
    }

    private static NormalizeActions Start(TaskOptions options, EnvironmentTimeouts timeouts, Action<string>? warn)
    {
        var environment = options.Address.Length > 0
            ? new ProcessEnvironment(timeouts.ApplyTo(Remote(options)), warn: warn)
            : new ProcessEnvironment(timeouts.ApplyTo(Program(options)), warn: warn);
        var spec = environment.Spec;
        if (Misfit(spec, options) is not { } misfit)
        {
            return new NormalizeActions(environment);
        }

        environment.Dispose();
        throw new RunException(
            $"{Option(options)} {(options.Address.Length > 0 ? options.Address : options.Command)}: the program {misfit}");
    }

    // How an announced environment does not fit the options, as the end of a sentence; null if it fits.
    private static string? Misfit(EnvironmentSpec spec, TaskOptions options)
    {
        var shown = spec.Image?.ToString() ?? "no images";
        var observed = $"task.observations is {ExperimentOption.Format(options.Observations)}";
        return options.HasImages && spec.Image is null && spec.States.Count > 0
                ? $"has no images, but {observed}. Set task.observations=state, or change the program to draw images."
            : options.HasImages && spec.Image is { } seen && seen.Channels != options.ImageChannels
                ? $"has {shown}, but task.image_channels is {options.ImageChannels}. "
                    + $"Set task.image_channels={seen.Channels}, or change the program to draw images with "
                    + $"{options.ImageChannels} channel(s)."
            : options.HasImages && spec.Image != Image(options)
                ? $"has {shown}, but task.image_size is {options.ImageSize}. {Remedy(spec.Image, options)}"
            : !options.HasImages && spec.Image is not null
                ? $"has {shown}, but {observed}. Set task.observations=image_and_state, or change the program to announce no image."
            : options.HasStates && spec.States.Count == 0
                ? $"has no states, but {observed}. Set task.observations=image, or change the program to announce states."
            : spec.Decisions > MaxDecisions
                ? $"announces episodes of {spec.Decisions} decisions, but at most {MaxDecisions} are possible. Announce fewer control_steps."
            : null;
    }

    private static string Remedy(ImageSpec? shown, TaskOptions options)
    {
        return shown is { } image
            && image.Width == image.Height
            && image.Width is >= TaskOptions.SmallestImage and <= TaskOptions.LargestImage
            ? $"Set task.image_size={image.Width}, or change the program to draw {Image(options)}."
            : $"Change the program to draw {Image(options)}.";
    }

    /// <summary>The images of a task of which images are observed.</summary>
    /// <param name="options">Task options of an experiment.</param>
    public static ImageSpec Image(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ImageSpec(options.ImageSize, options.ImageSize, options.ImageChannels);
    }

    private static string Option(TaskOptions options) => options.Address.Length > 0 ? "task.address" : "task.command";

    private static RemoteOptions Remote(TaskOptions options)
    {
        try
        {
            return RemoteOptions.To(options.Address, EnvironmentCertificates.Load());
        }
        catch (ArgumentException exception)
        {
            throw new RunException($"task.address: {exception.Message}", exception);
        }
        catch (CryptographicException exception)
        {
            throw new RunException(exception.Message, exception);
        }
    }

    private static ProcessOptions Program(TaskOptions options)
    {
        var folder = options.CommandFolder;
        if (folder.Length > 0 && !Directory.Exists(folder))
        {
            throw new RunException(
                $"task.command {options.Command}: the folder {folder}, in which the program is started, does not exist. Create it, or give "
                + "another one to planet train with --set task.command_folder=DIR.");
        }

        try
        {
            return ProcessOptions.Parse(options.Command) with { WorkingDirectory = folder.Length > 0 ? folder : null };
        }
        catch (ArgumentException exception)
        {
            throw new RunException($"task.command: {exception.Message}", exception);
        }
    }
}
