using System.CommandLine;
using PlaNet.Environments;
using PlaNet.MuJoCo;
using PlaNet.Common;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Playing;
using PlaNet.Telemetry.Pictures;
using PlaNet.Loading;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet view</c>: a picture or video of a task, acted in by chance, by nobody, or by a trained run.</summary>
public static class ViewVerb
{
    private const string RunPrefix = "run:";
    private const int DefaultSteps = 100;

    // Of browsers, which slow faster GIFs down.
    private const double FastestFrames = 50;

    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("view", "Write a picture or video of a task, at the speed it would have");
        var task = new Option<string?>("--task") { Description = "The task; with --policy run:DIR by default the run's, the first of several", HelpName = "NAME" };
        var policy = new Option<string>("--policy")
        {
            Description = "Who acts: random, zero (no force at all), or run:DIR, a trained run",
            HelpName = "random|zero|run:DIR",
            DefaultValueFactory = _ => "random",
        };
        var size = new Option<int>("--size") { Description = "Height and width in pixels", HelpName = "N", DefaultValueFactory = _ => 256 };
        var steps = new Option<int>("--steps")
        {
            Description = "Decisions shown, at most an episode; 0 for the start alone",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultSteps,
        };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the episode", HelpName = "N", DefaultValueFactory = _ => 0 };
        var quality = new Option<RenderQuality>("--quality")
        {
            Description = "How finely to draw: reference or fast",
            HelpName = "reference|fast",
            DefaultValueFactory = _ => RenderQuality.Reference,
        };
        var file = new Option<string>("--out") { Description = "The file: .gif, .mp4, or .png for ten frames side by side", HelpName = "FILE", Required = true };
        foreach (var option in new Option[] { task, policy, size, steps, seed, quality, file })
        {
            verb.Add(option);
        }

        var device = new DeviceChoice();
        device.AddTo(verb);
        verb.SetAction((line, interruption) => Task.FromResult(View(
            line.GetValue(task),
            line.GetValue(policy)!,
            new Look(line.GetValue(size), line.GetValue(steps), line.GetValue(seed), line.GetValue(quality)),
            line.GetRequiredValue(file),
            () => device.Read(line),
            line.InvocationConfiguration.Output,
            interruption)));
        return verb;
    }

    private static int View(
        string? task, string policy, Look look, string file, Func<torch.Device> device, TextWriter output, CancellationToken interruption)
    {
        Refuse(look, file);
        if (!policy.StartsWith(RunPrefix, StringComparison.Ordinal))
        {
            var definition = Find(task ?? throw new UnusableInputException("planet view: name the task with --task NAME."));
            using var environment = Make(definition, definition.ActionRepeat);
            using var actor = Actor(policy, environment.Spec.Action, look.Seed);
            return Record(environment, environment, actor, look, file, output, interruption);
        }

        return ViewRun(task, policy[RunPrefix.Length..], look, file, device, output, interruption);
    }

    private static int ViewRun(
        string? task, string run, Look look, string file, Func<torch.Device> device, TextWriter output, CancellationToken interruption)
    {
        var (experiment, _) = RunDirectory.Read(run);
        var definition = Find(task ?? experiment.Task.Name);
        var tasks = Tasks.Of(experiment.Task);
        var chosenTask = tasks.FirstOrDefault(learned => learned.Name == definition.Name)
            ?? throw new UnusableInputException(
                $"--task {task}: {run} was trained on {string.Join(", ", tasks.Select(learned => learned.Name))}. "
                + $"Leave --task out, or name {(tasks.Count == 1 ? "that task" : "one of them")}.");

        TorchRuntime.Configure(experiment.Compute);
        var chosen = device();
        using var trained = TrainedModel.Load(run, chosen, warning => output.WriteLine($"warning: {warning}"));
        var drawn = new PadActions(Make(definition, chosenTask.ActionRepeat), Tasks.Describe(experiment.Task).Action.Size);

        // The agent sees what it was trained on, whatever the size of the video.
        var seen = experiment.Task.RenderQuality == Experiments.RenderQuality.Fast ? RenderQuality.Fast : RenderQuality.Reference;
        using var environment = new PixelObservation(drawn, quality: seen);
        using var agent = new Agent(
            trained.Model, experiment.Planner, 1, chosen, explorationNoise: 0, RandomStream.Derive(look.Seed, "agent", 0));
        return Record(environment, drawn, agent, look, file, output, interruption);
    }

    private static int Record(
        IEnvironment environment, IRenderableEnvironment drawn, IPolicy policy, Look look, string file, TextWriter output, CancellationToken interruption)
    {
        using var camera = drawn.OpenCamera(new ImageSpec(look.Size, look.Size), 0, look.Quality);
        var frameBytes = look.Size * look.Size * 3;
        var steps = Math.Min(look.Steps, environment.Spec.Decisions);
        if ((steps + 1L) * frameBytes > Array.MaxLength)
        {
            throw new UnusableInputException(
                $"--size {look.Size} --steps {steps}: {(steps + 1L) * frameBytes} bytes of frames do not fit into one video. Lower one of them.");
        }

        var pixels = new byte[(steps + 1) * frameBytes];
        var play = EpisodePlayer.Play(
            [environment],
            [RandomStream.Derive(look.Seed, "environment", 0)],
            policy,
            interruption,
            played => camera.Render(pixels.AsSpan(played.Decisions * frameBytes, frameBytes)),
            steps);
        var shown = play.Decisions;
        var rate = Math.Min(FastestFrames, 1 / (environment.Spec.ControlSeconds * environment.Spec.ActionRepeat));
        new VideoWriter().Write(file, new Clip(shown + 1, look.Size, look.Size, pixels[..((shown + 1) * frameBytes)]), rate);
        output.WriteLine($"{environment.Spec.Task}: {shown} decisions, return {play.Return(0):F1}: {file}");
        return ExitCode.Success;
    }

    private static void Refuse(Look look, string file)
    {
        if (look.Size < 1)
        {
            throw new UnusableInputException($"--size {look.Size}: a picture needs at least one pixel. Use a positive number.");
        }

        if (look.Steps < 0)
        {
            throw new UnusableInputException($"--steps {look.Steps}: time runs forwards. Use 0 or a positive number.");
        }

        if (Path.GetExtension(file) is not (".gif" or ".mp4" or ".png"))
        {
            throw new UnusableInputException($"--out {file}: give a name that ends in .gif, .mp4 or .png.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(file));
        if (!Directory.Exists(folder))
        {
            throw new UnusableInputException($"--out {file}: there is no folder {folder}. Make it first.");
        }
    }

    private static TaskDefinition Find(string name)
    {
        try
        {
            return TaskRegistry.Find(name);
        }
        catch (ArgumentException failure)
        {
            throw new UnusableInputException(failure.Message, failure);
        }
    }

    private static ActionRepeat Make(TaskDefinition task, int repeat)
    {
        return new ActionRepeat(task.Make(new TaskSettings()), repeat);
    }

    private static IPolicy Actor(string policy, ActionSpec action, ulong seed)
    {
        return policy switch
        {
            "random" => new RandomPolicy(action, RandomStream.Fork(seed, "actions")),
            "zero" => new ZeroPolicy(action.Size),
            _ => throw new UnusableInputException($"--policy {policy}: there is no such policy. Use random, zero or run:DIR."),
        };
    }

    private sealed record Look(int Size, int Steps, ulong Seed, RenderQuality Quality);

    /// <summary>Applies no force.</summary>
    private sealed class ZeroPolicy(int size) : IPolicy
    {
        public float[][] Act(IReadOnlyList<byte[]> images)
        {
            return [.. images.Select(_ => new float[size])];
        }

        public void Dispose()
        {
        }
    }
}
