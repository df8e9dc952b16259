using System.CommandLine;
using PlaNet.Common;
using PlaNet.Environments;
using PlaNet.Loading;
using PlaNet.MuJoCo;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Playing;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet view</c>: writes an image or a video of a task with random actions, zero actions, or a trained run.</summary>
public static class ViewVerb
{
    private const string RunPrefix = "run:";
    private const int DefaultSteps = 100;

    // Frames per second. Browsers play faster GIFs slowly.
    private const double MaxFrameRate = 50;

    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("view", "Write an image or a real-time video of a task");
        var task = new Option<string?>("--task")
        {
            Description = "Name of the task; with --policy run:DIR, by default the first task of the run",
            HelpName = "NAME",
        };
        var policy = new Option<string>("--policy")
        {
            Description = "Policy: random (random actions), zero (no force), or run:DIR (a trained run)",
            HelpName = "random|zero|run:DIR",
            DefaultValueFactory = _ => "random",
        };
        var size = new Option<int>("--size") { Description = "Height and width in pixels", HelpName = "N", DefaultValueFactory = _ => 256 };
        var steps = new Option<int>("--steps")
        {
            Description = "Number of decisions to show, at most one episode; 0 for the initial state only",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultSteps,
        };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the episode", HelpName = "N", DefaultValueFactory = _ => 0 };
        var quality = QualityChoice.NewOption();
        var file = new Option<string>("--out")
        {
            Description = "Path of the file: .gif, .mp4, or .png for ten frames side by side",
            HelpName = "FILE",
            Required = true,
        };
        foreach (var option in new Option[] { task, policy, size, steps, seed, quality, file })
        {
            verb.Add(option);
        }

        var device = new DeviceChoice();
        device.AddTo(verb);
        verb.SetAction((line, interruption) => Task.FromResult(View(
            line.GetValue(task),
            line.GetValue(policy)!,
            new ViewOptions(line.GetValue(size), line.GetValue(steps), line.GetValue(seed), line.GetValue(quality)),
            line.GetRequiredValue(file),
            VideoChoice.Writer(line),
            () => device.Read(line),
            line.InvocationConfiguration.Output,
            interruption)));
        return verb;
    }

    private static int View(
        string? task,
        string policy,
        ViewOptions options,
        string file,
        VideoWriter writer,
        Func<torch.Device> device,
        TextWriter output,
        CancellationToken interruption)
    {
        RequireValid(options, file);
        VideoChoice.WarnAhead(writer, file, output);
        if (!policy.StartsWith(RunPrefix, StringComparison.Ordinal))
        {
            var definition = Find(task ?? throw new UnusableInputException(
                "--task is missing: it is required unless --policy is run:DIR. Give --task NAME."));
            using var environment = Make(definition, definition.ActionRepeat);
            using var actor = CreatePolicy(policy, environment.Spec.Action, options.Seed);
            return Record(environment, environment, actor, options, file, writer, output, interruption);
        }

        return ViewRun(task, policy[RunPrefix.Length..], options, file, writer, device, output, interruption);
    }

    private static int ViewRun(
        string? task,
        string run,
        ViewOptions options,
        string file,
        VideoWriter writer,
        Func<torch.Device> device,
        TextWriter output,
        CancellationToken interruption)
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

        // The agent's images keep the quality of training, whatever the options of the video.
        var agentQuality = experiment.Task.RenderQuality == Experiments.RenderQuality.Fast ? RenderQuality.Fast : RenderQuality.Reference;
        using IEnvironment environment = experiment.Task.HasImages
            ? new PixelObservation(drawn, Tasks.Image(experiment.Task), quality: agentQuality)
            : drawn;
        using var agent = new Agent(
            trained.Model, experiment.Planner, 1, chosen, explorationNoise: 0, RandomStream.Derive(options.Seed, "agent", 0));
        return Record(environment, drawn, agent, options, file, writer, output, interruption);
    }

    private static int Record(
        IEnvironment environment,
        IRenderableEnvironment drawn,
        IPolicy policy,
        ViewOptions options,
        string file,
        VideoWriter writer,
        TextWriter output,
        CancellationToken interruption)
    {
        using var camera = drawn.OpenCamera(new ImageSpec(options.Size, options.Size), 0, options.Quality);
        var frameBytes = options.Size * options.Size * 3;
        var steps = Math.Min(options.Steps, environment.Spec.Decisions);
        var allBytes = (steps + 1L) * frameBytes;
        if (allBytes > Array.MaxLength)
        {
            throw new UnusableInputException(
                $"--size {options.Size} --steps {steps}: {allBytes} bytes of frames exceed the limit of {Array.MaxLength}. "
                + "Lower one of the two.");
        }

        var pixels = new byte[(steps + 1) * frameBytes];
        var play = EpisodePlayer.Play(
            [environment],
            [RandomStream.Derive(options.Seed, "environment", 0)],
            policy,
            interruption,
            played => camera.Render(pixels.AsSpan(played.Decisions * frameBytes, frameBytes)),
            steps);
        var shown = play.Decisions;
        var rate = Math.Min(MaxFrameRate, 1 / (environment.Spec.ControlSeconds * environment.Spec.ActionRepeat));
        Array.Resize(ref pixels, (shown + 1) * frameBytes);
        var written = writer.Write(file, new Clip(shown + 1, options.Size, options.Size, pixels), rate, interruption);
        VideoChoice.WarnAfter(writer, file, written, output);
        output.WriteLine($"{environment.Spec.Task}: {shown} decisions, return {play.Return(0):F1}: {written.Path}");
        return ExitCode.Success;
    }

    private static void RequireValid(ViewOptions options, string file)
    {
        if (options.Size is < 1 or > ImageSpec.LargestSide)
        {
            throw new UnusableInputException($"--size {options.Size}: must be from 1 to {ImageSpec.LargestSide} pixels. Give such a number.");
        }

        if (options.Steps < 0)
        {
            throw new UnusableInputException($"--steps {options.Steps}: must be 0 or more. Give such a number, or leave it out.");
        }

        VideoChoice.Require("--out", file);
    }

    private static TaskDefinition Find(string name)
    {
        try
        {
            return TaskRegistry.Find(name);
        }
        catch (ArgumentException failure)
        {
            throw UnusableInputException.From(failure);
        }
    }

    private static ActionRepeat Make(TaskDefinition task, int repeat)
    {
        return new ActionRepeat(task.Make(new TaskSettings()), repeat);
    }

    private static IPolicy CreatePolicy(string policy, ActionSpec action, ulong seed)
    {
        return policy switch
        {
            "random" => new RandomPolicy(action, RandomStream.Fork(seed, "actions")),
            "zero" => new ZeroPolicy(action.Size),
            _ => throw new UnusableInputException($"--policy {policy}: there is no such policy. Use random, zero or run:DIR."),
        };
    }

    private sealed record ViewOptions(int Size, int Steps, ulong Seed, RenderQuality Quality);

    private sealed class ZeroPolicy(int size) : IPolicy
    {
        public float[][] Act(IReadOnlyList<Percept> percepts)
        {
            return [.. percepts.Select(_ => new float[size])];
        }

        public void Dispose()
        {
        }
    }
}
