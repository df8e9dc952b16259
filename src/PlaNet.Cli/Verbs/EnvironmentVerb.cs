using System.CommandLine;
using System.Diagnostics;
using PlaNet.Environments;
using PlaNet.Environments.Processes;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet environment</c>: serves a task to another program over standard input and output.</summary>
public static class EnvironmentVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("environment", "Serve a task to another program over standard input and output (docs/environments.md)");
        var task = new Option<string>("--task") { Description = "Name of the task", HelpName = "NAME", Required = true };
        var repeat = new Option<int?>("--action-repeat")
        {
            Description = "Control steps for which each action is repeated; by default the paper's number",
            HelpName = "N",
        };
        var size = new Option<int>("--size")
        {
            Description = "Height and width of the images in pixels; 0 for no images",
            HelpName = "N",
            DefaultValueFactory = _ => 64,
        };
        var channels = new Option<int>("--channels")
        {
            Description = "Channels of the images: 3 for red, green and blue, or 1 for grey",
            HelpName = "N",
            DefaultValueFactory = _ => 3,
        };
        var quality = QualityChoice.NewOption();
        var action = new Option<int?>("--action-size")
        {
            Description = "Dimensions of an action; those beyond the task's own are ignored",
            HelpName = "N",
        };
        var start = new Option<bool>("--fixed-start") { Description = "Start every episode in the default pose, if the task supports it" };
        foreach (var option in new Option[] { task, repeat, size, channels, quality, action, start })
        {
            verb.Add(option);
        }

        verb.SetAction((line, interruption) => ServeAsync(
            line.GetRequiredValue(task),
            new TaskSettings
            {
                ActionRepeat = Repeat(line.GetValue(repeat)),
                Pixels = Image(line.GetValue(size), line.GetValue(channels)),
                RenderQuality = line.GetValue(quality),
                FixedStart = line.GetValue(start),
            },
            line.GetValue(action),
            interruption));
        return verb;
    }

    private static int? Repeat(int? repeat)
    {
        return repeat is not < 1
            ? repeat
            : throw new UnusableInputException(
                $"--action-repeat {repeat}: must be at least 1. Give such a number, or leave it out for the task's own.");
    }

    private static ImageSpec? Image(int side, int channels)
    {
        return channels is not (1 or 3)
            ? throw new UnusableInputException($"--channels {channels}: must be 3 or 1. Give one of them.")
            : side is >= 0 and <= ImageSpec.LargestSide ? side == 0 ? null : new ImageSpec(side, side, channels)
            : throw new UnusableInputException(
                $"--size {side}: must be from 1 to {ImageSpec.LargestSide} pixels. Give such a number, or 0 for no images.");
    }

    private static async Task<int> ServeAsync(string task, TaskSettings settings, int? actionSize, CancellationToken interruption)
    {
        // Ctrl-C also reaches the program at the other end of the pipe, which decides when this process ends.
        var serving = Task.Run(() => Serve(task, settings, actionSize), CancellationToken.None);
        await (Console.IsInputRedirected ? serving : serving.WaitAsync(interruption));
        return ExitCode.Success;
    }

    private static void Serve(string task, TaskSettings settings, int? actionSize)
    {
        using var environment = Make(task, settings, actionSize);
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        using var self = Process.GetCurrentProcess();
        EnvironmentServer.Serve(environment, input, output, self.Kill);
    }

    private static IEnvironment Make(string task, TaskSettings settings, int? actionSize)
    {
        var environment = Create(task, settings);
        var own = environment.Spec.Action.Size;
        if (actionSize is not { } size || size == own)
        {
            return environment;
        }

        if (size > own && size <= ActionSpec.LargestSize)
        {
            return new PadActions(environment, size);
        }

        environment.Dispose();
        throw new UnusableInputException(
            $"--action-size {size}: must be from {own} to {ActionSpec.LargestSize} for {task}. Give such a number.");
    }

    private static IEnvironment Create(string task, TaskSettings settings)
    {
        try
        {
            return TaskRegistry.Create(task, settings);
        }
        catch (ArgumentException refusal)
        {
            throw UnusableInputException.From(refusal);
        }
    }
}
