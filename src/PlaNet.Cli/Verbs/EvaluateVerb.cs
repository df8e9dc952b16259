using System.CommandLine;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;
using PlaNet.Loading;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet evaluate</c>: plays episodes without exploration noise with a trained run, or random ones as a baseline.</summary>
public static class EvaluateVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("evaluate", "Play episodes without exploration noise with a run's newest checkpoint");
        var run = new Option<string>("--run") { Description = "The run directory", HelpName = "DIR", Required = true };
        var episodes = new Option<int?>("--episodes")
        {
            Description = "Number of episodes per task; by default the experiment's",
            HelpName = "N",
        };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the episodes", HelpName = "N", DefaultValueFactory = _ => 0 };
        var video = new Option<string?>("--video") { Description = "Write a video of the episodes: .gif, .mp4 or .png", HelpName = "FILE" };
        var random = new Option<bool>("--random") { Description = "Play the same episodes with random actions instead, as a baseline" };
        var changes = ExperimentChoice.NewChanges("Change one option of the planner, such as planner.candidates=1000; can be repeated");
        var device = new DeviceChoice();
        verb.Add(run);
        verb.Add(episodes);
        verb.Add(seed);
        verb.Add(video);
        verb.Add(random);
        verb.Add(changes);
        device.AddTo(verb);
        verb.SetAction((line, interruption) => Task.FromResult(Evaluate(
            line.GetRequiredValue(run),
            line.GetValue(episodes),
            line.GetValue(seed),
            line.GetValue(video),
            line.GetValue(random),
            line.GetValue(changes) ?? [],
            () => device.Read(line),
            line.InvocationConfiguration.Output,
            line.InvocationConfiguration.Error,
            interruption)));
        return verb;
    }

    private static int Evaluate(
        string run,
        int? episodes,
        ulong seed,
        string? video,
        bool random,
        string[] changes,
        Func<torch.Device> device,
        TextWriter output,
        TextWriter error,
        CancellationToken interruption)
    {
        if (episodes is < 1)
        {
            throw new UnusableInputException($"--episodes {episodes}: must be at least 1. Use a positive number.");
        }

        if (random && changes.Length > 0)
        {
            throw new UnusableInputException("--set changes the planner, which --random does not use. Give one of the two.");
        }

        RequireWritable(video);
        var (trained, _) = RunDirectory.Read(run);
        var experiment = WithPlanner(trained, changes);
        var count = episodes ?? experiment.Evaluation.Episodes;
        var returns = new List<double>();
        var shown = new List<Episode>();
        var episodesPlayed = random
            ? EvaluateRandom(experiment, count, seed, output, interruption)
            : EvaluateModel(run, experiment, count, seed, device, output, error, interruption);
        foreach (var episode in episodesPlayed)
        {
            // The frames of many episodes would not fit into memory.
            if (video is not null && EvaluationVideo.Shows(returns.Count, count, experiment.Task.Count))
            {
                shown.Add(episode);
            }

            returns.Add(episode.Return);
        }

        Print(output, experiment, returns, prefix: random ? "random policy, " : "");
        if (video is not null)
        {
            EvaluationVideo.Write(video, shown, experiment.Task.Count, interruption);
            output.WriteLine($"video: {video}");
        }

        return ExitCode.Success;
    }

    // Everything else of the experiment shaped the model, which is trained.
    private static Experiment WithPlanner(Experiment trained, string[] changes)
    {
        var changed = ExperimentValidation.Require(Overrides.ApplyAll(trained, changes));
        return changed with { Planner = trained.Planner } == trained
            ? changed
            : throw new UnusableInputException(
                $"--set {string.Join(" --set ", changes)}: the model is trained, so only options of the planner can be changed. "
                + "Give options that begin with planner.");
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

    // Called before the episodes are played, because playing takes minutes.
    private static void RequireWritable(string? video)
    {
        if (video is null)
        {
            return;
        }

        if (Path.GetExtension(video).ToLowerInvariant() is not (".gif" or ".mp4" or ".png"))
        {
            throw new UnusableInputException(
                $"--video {video}: the extension determines the format. Give a name that ends in .gif, .mp4 or .png.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(video));
        if (!Directory.Exists(folder))
        {
            throw new UnusableInputException($"--video {video}: there is no folder {folder}. Create it, or give another path.");
        }
    }

    private static IEnumerable<Episode> EvaluateRandom(
        Experiment experiment, int count, ulong seed, TextWriter output, CancellationToken interruption)
    {
        // An unusable program is refused here, as it is where a model is loaded.
        _ = Tasks.Describe(experiment.Task);
        return Evaluator.RunRandom(experiment, count, seed, interruption, create: Environments(experiment, output));
    }

    private static Func<int, IEnvironment> Environments(Experiment experiment, TextWriter output)
    {
        var printed = new HashSet<string>(StringComparer.Ordinal);
        return task => Tasks.Create(experiment.Task, task, warn: warning =>
        {
            if (printed.Add(warning))
            {
                output.WriteLine($"warning: {warning}");
            }
        });
    }

    // The model is loaded when the first episode is asked for, and freed after the last.
    private static IEnumerable<Episode> EvaluateModel(
        string run,
        Experiment experiment,
        int count,
        ulong seed,
        Func<torch.Device> device,
        TextWriter output,
        TextWriter error,
        CancellationToken interruption)
    {
        TorchRuntime.Configure(experiment.Compute);
        var chosen = device();
        using var trained = TrainedModel.Load(run, chosen, warning => output.WriteLine($"warning: {warning}"));
        var learned = trained.State.Progress;
        output.WriteLine($"{experiment.Name}, {learned.Updates} updates, {learned.Episodes} episodes collected");
        var progress = new DecisionProgress(error, TimeProvider.System);
        var inEpisodes = Enumerable.Range(0, experiment.Task.Count)
            .Select(task => Tasks.Describe(experiment.Task, task).Decisions)
            .ToArray();
        var inEpisode = inEpisodes.Max();
        var decisions = inEpisodes.Sum() * Math.Ceiling(count / (double)Evaluator.LargestBatch);
        var made = 0;
        var episodes = Evaluator.Run(
            experiment,
            trained.Model,
            chosen,
            count,
            seed,
            decision =>
            {
                made++;
                progress.Report(made, decisions, $"decision {decision} of {inEpisode}");
            },
            interruption,
            Environments(experiment, output));
        foreach (var episode in episodes)
        {
            yield return episode;
        }
    }
}
