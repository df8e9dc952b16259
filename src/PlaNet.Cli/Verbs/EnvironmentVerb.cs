using System.CommandLine;
using System.Diagnostics;
using PlaNet.Environments;
using PlaNet.Environments.Processes;
using PlaNet.MuJoCo;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet environment</c>: plays a task for another program, over standard input and output.</summary>
public static class EnvironmentVerb
{
    private const int LargestSide = 4096;

    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("environment", "Play a task for another program over standard input and output (docs/environments.md)");
        var task = new Option<string>("--task") { Description = "The task", HelpName = "NAME", Required = true };
        var repeat = new Option<int?>("--action-repeat") { Description = "Control steps for which one action is held; by default the paper's", HelpName = "N" };
        var size = new Option<int>("--size") { Description = "Height and width of the images; 0 for none", HelpName = "N", DefaultValueFactory = _ => 64 };
        var quality = new Option<RenderQuality>("--quality")
        {
            Description = "How finely to draw: reference or fast",
            HelpName = "reference|fast",
            DefaultValueFactory = _ => RenderQuality.Reference,
        };
        var action = new Option<int?>("--action-size") { Description = "Numbers in an action; those beyond the task's own have no effect", HelpName = "N" };
        var start = new Option<bool>("--fixed-start") { Description = "Start every episode from the default pose, where the task has that" };
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
            : throw new UnusableInputException($"--size {side}: images have sides of 1 to {LargestSide}. Use such a number, or 0 for no images.");
    }

    private static async Task<int> ServeAsync(string task, TaskSettings settings, int? actionSize, CancellationToken interruption)
    {
        // A Ctrl-C is meant for the program at the other end as well, which decides what becomes of this one.
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
            throw new UnusableInputException(refusal.Message.Split(" (Parameter")[0], refusal);
        }
    }
}
