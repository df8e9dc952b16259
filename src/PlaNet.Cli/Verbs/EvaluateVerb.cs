using System.CommandLine;
using System.Diagnostics;
using PlaNet.Common;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;
using PlaNet.Telemetry.Pictures;
using PlaNet.Loading;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet evaluate</c>: plays episodes without exploration noise with a trained run, or random ones as a baseline.</summary>
public static class EvaluateVerb
{
    private const string StandardOutput = "-";

    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("evaluate", "Play episodes without exploration noise with a run's newest checkpoint");
        var run = new Option<string>("--run") { Description = "The run directory", HelpName = "DIR", Required = true };
        var task = new Option<string?>("--task")
        {
            Description = "Play this task, of the run or another one with actions of the same size; by default all tasks of the run",
            HelpName = "NAME",
        };
        var episodes = new Option<int?>("--episodes")
        {
            Description = "Number of episodes per task; by default the experiment's",
            HelpName = "N",
        };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the episodes", HelpName = "N", DefaultValueFactory = _ => 0 };
        var video = new Option<string?>("--video") { Description = "Write a video of the episodes: .gif, .mp4 or .png", HelpName = "FILE" };
        var json = new Option<string?>("--json")
        {
            Description = "Write the result as JSON; - for standard output, everything else then goes to standard error",
            HelpName = "FILE",
        };
        var random = new Option<bool>("--random") { Description = "Play the same episodes with random actions instead, as a baseline" };
        var changes = ExperimentChoice.NewChanges("Change one option of the planner, such as planner.candidates=1000; can be repeated");
        var device = new DeviceChoice();
        foreach (var option in new Option[] { run, task, episodes, seed, video, json, random, changes })
        {
            verb.Add(option);
        }

        device.AddTo(verb);
        verb.SetAction((line, interruption) => Task.FromResult(Evaluate(
            new Request(
                line.GetRequiredValue(run),
                line.GetValue(task),
                line.GetValue(episodes),
                line.GetValue(seed),
                line.GetValue(video),
                line.GetValue(json),
                line.GetValue(random),
                line.GetValue(changes) ?? []),
            () => device.Read(line),
            VideoChoice.Writer(line),
            line.InvocationConfiguration.Output,
            line.InvocationConfiguration.Error,
            interruption)));
        return verb;
    }

    private static int Evaluate(
        Request request,
        Func<torch.Device> device,
        VideoWriter writer,
        TextWriter output,
        TextWriter error,
        CancellationToken interruption)
    {
        // Everything that can be refused is refused before the episodes are played, which takes minutes.
        RequireValid(request);
        var (trained, runSeed) = RunDirectory.Read(request.Run);
        if (request.Video is not null && !trained.Task.HasImages)
        {
            throw new UnusableInputException(
                $"--video: {request.Run} observes no images (task.observations is state). Leave it out, "
                + $"and use 'planet view --policy run:{request.Run}', which renders its own.");
        }

        var planner = TrainedChoice.Planner(trained, request.Changes);
        var tasks = request.Task is { } name ? TrainedChoice.Task(trained, name) : EvaluationTasks.All(trained.Task);
        var experiment = trained with { Task = tasks.Options, Planner = planner };
        EnvironmentSpec[] specs = [.. Enumerable.Range(0, experiment.Task.Count).Select(tasks.Describe)];
        Tasks.RequirePlanner(planner, specs[0]);
        var used = request.Random ? null : Device(trained, device);
        var text = request.Json == StandardOutput ? error : output;
        if (tasks.Repeat is { } repeat)
        {
            text.WriteLine($"task {specs[0].Task}, action repeat {specs[0].ActionRepeat} ({repeat})");
        }

        VideoChoice.WarnAhead(writer, request.Video, text);
        var start = Stopwatch.GetTimestamp();
        var count = request.Episodes ?? experiment.Evaluation.Episodes;
        var played = new Played(experiment, tasks, specs, count, request.Seed, Warnings(text));
        RunState? state = null;
        var returns = new List<double>();
        var seeds = new List<ulong>();
        var shown = new List<Episode>();
        var episodes = used is null
            ? Evaluator.RunRandom(experiment, count, request.Seed, interruption, played.Create)
            : EvaluateModel(request.Run, played, used, loaded => state = loaded, text, error, interruption);
        foreach (var episode in episodes)
        {
            // The frames of many episodes would not fit into memory.
            if (request.Video is not null && EvaluationVideo.Shows(returns.Count, count, experiment.Task.Count))
            {
                shown.Add(episode);
            }

            returns.Add(episode.Return);
            seeds.Add(episode.Seed!.Value);
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Print(text, experiment, returns, prefix: request.Random ? "random policy, " : "");
        if (request.Video is { } video)
        {
            var written = writer.Write(video, EvaluationVideo.ClipOf(shown, experiment.Task.Count), cancellation: interruption);
            VideoChoice.WarnAfter(writer, video, written, text);
            text.WriteLine($"video: {written.Path}");
        }

        if (request.Json is { } json)
        {
            var record = new EvaluationRecord
            {
                Run = Path.GetFullPath(request.Run),
                RunSeed = runSeed,
                Trained = trained,
                State = state,
                Planner = planner,
                Seed = request.Seed,
                Tasks = Evaluated(specs, seeds, returns),
                Seconds = seconds,
                EvaluatedWith = Facts.Of(used ?? TorchRuntime.DeviceOf("cpu")),
            }.ToJson();
            Write(json, record, output);
        }

        return ExitCode.Success;
    }

    private static void RequireValid(Request request)
    {
        if (request.Episodes is < 1)
        {
            throw new UnusableInputException($"--episodes {request.Episodes}: must be at least 1. Use a positive number.");
        }

        if (request.Random && request.Changes.Length > 0)
        {
            throw new UnusableInputException("--set changes the planner, which --random does not use. Give one of the two.");
        }

        if (request.Video is { } video)
        {
            VideoChoice.Require("--video", video);
        }

        if (request.Json is { } json && json != StandardOutput)
        {
            OutputFile.Require("--json", json);
        }
    }

    // libtorch reads its settings when it is loaded, which random episodes do not need.
    private static torch.Device Device(Experiment trained, Func<torch.Device> device)
    {
        TorchRuntime.Configure(trained.Compute);
        return device();
    }

    private static void Print(TextWriter output, Experiment experiment, List<double> returns, string prefix)
    {
        var scores = TaskScore.Of(experiment.Task, returns);
        foreach (var score in scores)
        {
            var task = scores.Count > 1 ? score.Task + ", " : "";
            foreach (var (index, value) in score.Returns.Index())
            {
                output.WriteLine($"{task}episode {index + 1}: {value:F1}");
            }
        }

        foreach (var score in scores.Where(_ => scores.Count > 1))
        {
            output.WriteLine($"{score.Task}: {score.Summary}");
        }

        output.WriteLine($"{prefix}{returns.Count} episodes: {Summary.Of(returns)}");
    }

    private static EvaluatedTask[] Evaluated(EnvironmentSpec[] specs, List<ulong> seeds, List<double> returns)
    {
        var each = returns.Count / specs.Length;
        return
        [
            .. specs.Select((spec, task) => new EvaluatedTask(
                spec.Task, spec.ActionRepeat, seeds.GetRange(task * each, each), returns.GetRange(task * each, each))),
        ];
    }

    private static void Write(string path, string json, TextWriter output)
    {
        if (path == StandardOutput)
        {
            output.Write(json);
        }
        else
        {
            AtomicFile.WriteText(path, json);
        }
    }

    private static Action<string> Warnings(TextWriter output)
    {
        var printed = new HashSet<string>(StringComparer.Ordinal);
        return warning =>
        {
            if (printed.Add(warning))
            {
                output.WriteLine($"warning: {warning}");
            }
        };
    }

    // The model is loaded when the first episode is asked for, and freed after the last.
    private static IEnumerable<Episode> EvaluateModel(
        string run,
        Played played,
        torch.Device device,
        Action<RunState> loaded,
        TextWriter output,
        TextWriter error,
        CancellationToken interruption)
    {
        using var trained = TrainedModel.Load(run, device, warning => output.WriteLine($"warning: {warning}"));
        loaded(trained.State);
        var learned = trained.State.Progress;
        output.WriteLine($"{played.Experiment.Name}, {learned.Updates} updates, {learned.Episodes} episodes collected");
        var progress = new WorkProgress(error, TimeProvider.System);
        var inEpisode = played.Specs.Max(spec => spec.Decisions);
        var decisions = played.Specs.Sum(spec => spec.Decisions) * Math.Ceiling(played.Count / (double)Evaluator.LargestBatch);
        var made = 0;
        var episodes = Evaluator.Run(
            played.Experiment,
            trained.Model,
            device,
            played.Count,
            played.Seed,
            decision =>
            {
                made++;
                progress.Report(made, decisions, $"decision {decision} of {inEpisode}");
            },
            interruption,
            played.Create);
        foreach (var episode in episodes)
        {
            yield return episode;
        }
    }

    private sealed record Request(
        string Run, string? Task, int? Episodes, ulong Seed, string? Video, string? Json, bool Random, string[] Changes);

    // What is played: Count episodes of each task.
    private sealed record Played(
        Experiment Experiment, EvaluationTasks Tasks, EnvironmentSpec[] Specs, int Count, ulong Seed, Action<string> Warn)
    {
        public IEnvironment Create(int task) => Tasks.Create(task, Warn);
    }
}
