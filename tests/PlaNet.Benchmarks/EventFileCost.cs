using System.Diagnostics;
using System.Globalization;
using PlaNet.Catalog;
using PlaNet.Common;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Inspection;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Runs.Settings;
using PlaNet.Telemetry;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Benchmarks;

/// <summary>
/// What the event file of TensorBoard costs in a run: each of its parts is timed, multiplied by how often it happens, and compared with the
/// time of the run's updates, measured in the same minutes.
/// </summary>
internal static class EventFileCost
{
    private const int Rounds = 60;
    private const int Lines = 4000;

    /// <summary>Prints the table: <c>tensorboard [EXPERIMENT]</c>.</summary>
    /// <param name="words">Arguments after "tensorboard". Default: quickstart.</param>
    /// <param name="output">Receives the table.</param>
    public static int Run(string[] words, TextWriter output)
    {
        var experiment = ExperimentCatalog.Find(words.Length > 0 ? words[0] : "quickstart");
        TorchRuntime.Configure(experiment.Compute);
        var work = RunWork.Of(experiment);
        var evaluations = Math.Max(1, (experiment.Schedule.Episodes + experiment.Evaluation.Every - 1) / experiment.Evaluation.Every);
        using var environment = Tasks.Create(experiment.Task);
        var folder = new RunFolder(Directory.CreateTempSubdirectory("planet-events-").FullName);
        try
        {
            Directory.CreateDirectory(folder.Videos);
            File.WriteAllText(folder.ExperimentFile, ExperimentJson.Write(experiment));
            var (update, histograms, counted) = Updates(experiment, environment.Spec.Action.Size);
            var line = Line(experiment, folder);
            var (difference, videos, bytes) = Videos(experiment, environment, folder);
            var interval = new TelemetrySettings().HistogramUpdates;
            (string Name, double Count, double Seconds)[] parts =
            [
                ("a line of the metrics", work.Updates, line),
                ($"the histograms of an update, of {counted:N0} numbers", Math.Ceiling(work.Updates / (double)interval), histograms),
                ($"the videos of an evaluation, {bytes / 1e6:F1} MB", evaluations, videos),
                ("the row of errors in the videos of a prediction", evaluations, difference),
            ];
            var total = work.Updates * update;
            output.WriteLine(Text($"{experiment.Name}: {work.Updates} updates of {update * 1e3:F1} ms take {total:F0} s"));
            output.WriteLine("| what | ms | times | of the updates' time |");
            output.WriteLine("|---|---|---|---|");
            foreach (var (name, count, seconds) in parts)
            {
                output.WriteLine(Text($"| {name} | {seconds * 1e3:F3} | {count:F0} | {100 * seconds * count / total:F3} % |"));
            }

            output.WriteLine(Text($"| together | | | {100 * parts.Sum(part => part.Seconds * part.Count) / total:F3} % |"));
            return 0;
        }
        finally
        {
            Directory.Delete(folder.Path, recursive: true);
        }
    }

    // Updates with and without histograms take turns, so that the difference is valid on a busy machine.
    private static (double Update, double Histograms, long Numbers) Updates(Experiment experiment, int actionSize)
    {
        using var learner = new Learner(experiment, actionSize, CPU, seed: 0);
        var batch = LearningCost.Noise(experiment, actionSize);
        var (updates, histograms) = (new double[Rounds], new double[Rounds]);
        var numbers = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            updates[round] = Time(() => learner.Update(batch, (ulong)round));
            var seconds = 0.0;
            learner.Update(batch, (ulong)round, inspect: terms => seconds = Time(
                () => numbers = UpdateHistograms.Of(learner.Model, terms).Sum(histogram => histogram.Counts.Sum())));
            histograms[round] = seconds;
        }

        return (Median(updates), Median(histograms), numbers);
    }

    private static double Line(Experiment experiment, RunFolder folder)
    {
        var (with, without) = (new double[Lines], new double[Lines]);
        var board = new RunTensorBoard(folder, experiment, 0, TimeProvider.System, static _ => { });
        using var plain = new RunMetrics(Path.Combine(folder.Path, "plain.jsonl"));
        using var shown = new RunMetrics(folder.MetricsFile, board: board);
        shown.Write(new RunStarted(new RunProgress(), null));
        for (var i = 0; i < Lines; i++)
        {
            var happened = new UpdateDone(new RunProgress(Updates: i + 1), new UpdateMetrics(5.5 + i, 4.25, 0.125, 3.0625, 17), 0.05);
            without[i] = Time(() => plain.Write(happened));
            with[i] = Time(() => shown.Write(happened));
        }

        return Median(with) - Median(without);
    }

    private static (double Difference, double Event, long Bytes) Videos(Experiment experiment, IEnvironment environment, RunFolder folder)
    {
        Episode[] episodes = [.. Enumerable.Range(0, experiment.Evaluation.Episodes).Select(i => Play(environment, (ulong)i))];
        var video = Path.Combine(folder.Videos, "evaluation-00001.gif");
        var writer = new VideoWriter();
        writer.Write(video, EvaluationVideo.ClipOf(episodes));
        using var learner = new Learner(experiment, environment.Spec.Action.Size, CPU, seed: 0);
        var prediction = OpenLoop.Predict(learner.Model, CPU, [.. episodes.Select(episode => new Sequence(episode, 0))], seed: 0);
        var path = PredictionVideo.PathFor(video);
        var write = Median([.. Enumerable.Range(0, 5).Select(_ => Time(() => PredictionVideo.Write(path, prediction, writer)))]);

        using var board = new RunTensorBoard(folder, experiment, 0, TimeProvider.System, static _ => { });
        board.Start([]);
        var done = new EvaluationDone(new RunProgress(), [1], null, video, 1);
        KeyValuePair<string, double>[] line = [KeyValuePair.Create(MetricTags.EvaluationReturn, 1.0)];
        var append = Median([.. Enumerable.Range(0, 9).Select(i => Time(() => board.Write(done, i, line)))]);
        var bytes = Directory.GetFiles(folder.Videos).Sum(file => new FileInfo(file).Length);

        // One of the three rows of a prediction's videos.
        return (write / 3, append, bytes);
    }

    private static Episode Play(IEnvironment environment, ulong seed)
    {
        var image = environment.Spec.Image!;
        var builder = new EpisodeBuilder(new ImageShape(image.Height, image.Width), environment.Spec.Action.Size);
        var random = new RandomStream(seed);
        builder.Reset(environment.Reset(seed).Image!);
        StepResult step;
        do
        {
            float[] action = [.. Enumerable.Range(0, environment.Spec.Action.Size).Select(_ => (float)random.NextUniform(-1, 1))];
            step = environment.Step(action);
            builder.Add(action, (float)step.Reward, step.Observation.Image!);
        }
        while (!step.Ended);
        return builder.Build(EpisodeName.Create(TimeProvider.System, seed));
    }

    private static double Time(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(double[] seconds) => seconds.Order().ElementAt(seconds.Length / 2);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
