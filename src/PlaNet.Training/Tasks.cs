using PlaNet.Environments;
using PlaNet.Environments.Processes;
using PlaNet.Experiments;

namespace PlaNet.Training;

/// <summary>Makes the environment that an experiment describes.</summary>
public static class Tasks
{
    private static readonly ImageSpec s_image = new();

    /// <summary>A fresh environment with action repeat, actions in [-1, 1] and 64x64 images.</summary>
    /// <param name="options">The task and how it is observed.</param>
    /// <exception cref="RunException">The task's own program shows other images than the model takes.</exception>
    /// <exception cref="EnvironmentProcessException">The task's own program does not start or does not speak the protocol.</exception>
    public static IEnvironment Create(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Command.Length > 0 ? Start(options.Command) : TaskRegistry.Create(options.Name, Settings(options));
    }

    /// <summary>What the environment takes and gives. A task's own program is started to be asked.</summary>
    /// <param name="options">The task and how it is observed.</param>
    public static EnvironmentSpec Describe(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        // Images need OpenGL, which looking at a description should not.
        using var environment = options.Command.Length > 0
            ? Start(options.Command)
            : TaskRegistry.Create(options.Name, Settings(options) with { Pixels = null });
        return environment.Spec with { Image = s_image };
    }

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

    private static NormalizeActions Start(string command)
    {
        var environment = new ProcessEnvironment(Program(command));
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
