using System.CommandLine;
using System.Diagnostics;
using PlaNet.Environments;
using PlaNet.Environments.Processes;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet environment</c>: serves a task to another program over standard input and output.</summary>
public static class EnvironmentVerb
{
    private const int LargestSide = 4096;

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
        var quality = QualityChoice.NewOption();
        var action = new Option<int?>("--action-size")
        {
            Description = "Dimensions of an action; those beyond the task's own are ignored",
            HelpName = "N",
        };
        var start = new Option<bool>("--fixed-start") { Description = "Start every episode in the default pose, if the task supports it" };
        foreach (var option in new Option[] { task, repeat, size, quality, action, start })
        {
            verb.Add(option);
        }

        verb.SetAction((line, interruption) => ServeAsync(
            line.GetRequiredValue(task),
            new TaskSettings
            {
                ActionRepeat = line.GetValue(repeat),
                Pixels = Image(line.GetValue(size)),
                RenderQuality = line.GetValue(quality),
                FixedStart = line.GetValue(start),
            },
            line.GetValue(action),
            interruption));
        return verb;
    }

    private static ImageSpec? Image(int side)
    {
        return side is >= 0 and <= LargestSide
            ? side == 0 ? null : new ImageSpec(side, side)
            : throw new UnusableInputException(
                $"--size {side}: must be from 1 to {LargestSide} pixels. Give such a number, or 0 for no images.");
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
        IEnvironment? environment = null;
        try
        {
            environment = TaskRegistry.Create(task, settings);
            return actionSize is { } size && size != environment.Spec.Action.Size ? new PadActions(environment, size) : environment;
        }
        catch (ArgumentException refusal)
        {
            environment?.Dispose();
            throw UnusableInputException.From(refusal);
        }
    }
}
