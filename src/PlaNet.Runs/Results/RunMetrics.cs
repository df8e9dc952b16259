using PlaNet.Runs.Faults;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry;

namespace PlaNet.Runs.Results;

/// <summary>Writes the events of a run to its <c>metrics.jsonl</c>, and for TensorBoard.</summary>
public sealed class RunMetrics : IDisposable
{
    private readonly MetricsLog _log;
    private readonly FaultInjector _faults;
    private readonly RunTensorBoard? _board;

    /// <summary>Opens the metrics of a run. Existing lines are kept.</summary>
    /// <param name="path">Path of the metrics file.</param>
    /// <param name="faults">Faults to inject. Default: none.</param>
    /// <param name="board">Receives the same metrics, and is closed with this object. Default: none.</param>
    public RunMetrics(string path, FaultInjector? faults = null, RunTensorBoard? board = null)
    {
        _faults = faults ?? FaultInjector.None;
        _board = board;
        _log = new MetricsLog(path);
    }

    /// <summary>
    /// Writes an event. When a run resumes from a checkpoint, lines after that checkpoint are dropped, because their steps are repeated.
    /// Incidents are kept.
    /// </summary>
    /// <param name="runEvent">An event; those without metrics are ignored.</param>
    public void Write(RunEvent runEvent)
    {
        ArgumentNullException.ThrowIfNull(runEvent);
        if (runEvent is RunStarted)
        {
            _log.Keep(line => IsIncident(line)
                || (line.TryGetProperty(RunTags.ScheduleStep, out var step) && step.GetInt64() <= runEvent.Progress.Step));
            _board?.Start(MetricsLog.Read(_log.FilePath));
        }
        else if (Values(runEvent) is { } values)
        {
            var torn = _faults.Reach(FaultPoint.MetricsWrite, CancellationToken.None);

            // A score belongs to the weights that earned it, wherever the run is when it arrives.
            var subject = runEvent is EvaluationDone evaluation ? evaluation.Evaluated : runEvent.Progress;
            KeyValuePair<string, double>[] line =
            [
                KeyValuePair.Create(RunTags.ScheduleStep, (double)runEvent.Progress.Step),
                KeyValuePair.Create(MetricTags.Episodes, (double)subject.Episodes),
                .. values,
            ];
            if (torn is not null)
            {
                _log.AppendTorn(subject.Updates, line);
                throw new InjectedFaultException(torn);
            }

            _log.Append(subject.Updates, line);
            _board?.Write(runEvent, subject.Updates, line);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _log.Dispose();
        _board?.Dispose();
    }

    // Incidents are kept even if the run resumes from a checkpoint before them: they are not repeated.
    private static bool IsIncident(System.Text.Json.JsonElement line) =>
        line.EnumerateObject().Any(value => value.Name.StartsWith(RunTags.Incidents + "/", StringComparison.Ordinal));

    private static IEnumerable<KeyValuePair<string, double>>? Values(RunEvent runEvent)
    {
        return runEvent switch
        {
            UpdateDone update => Pairs(
            [
                (RunTags.Loss, update.Metrics.Loss),
                .. Image("", update.Metrics),
                (MetricTags.RewardLoss, update.Metrics.Reward),
                (MetricTags.Divergence, update.Metrics.Divergence),
                (MetricTags.GradientNorm, update.Metrics.GradientNorm),
                .. Further(update.Metrics),
                (RunTags.UpdateSeconds, update.Seconds),
                (MetricTags.UpdatesPerSecond, 1 / Math.Max(update.Seconds, 1e-9)),
            ]),
            EpisodeCollected episode => Pairs(
            [
                (ReturnTag(episode.Step), episode.Return),
                .. episode.Task is { } task
                    ? [(MetricTags.OfTask(ReturnTag(episode.Step), task), episode.Return)]
                    : Array.Empty<(string, double)>(),
                .. episode.TooShort > 0 ? [(RunTags.TooShort, episode.TooShort)] : Array.Empty<(string, double)>(),
                (RunTags.EpisodeSeconds, episode.Seconds),
            ]),
            EvaluationDone evaluation => Pairs(
            [
                .. Statistics(Summary.Of(evaluation.Returns)),
                .. Each(MetricTags.EvaluationReturn, evaluation.Returns),
                .. evaluation.Tasks.SelectMany(OfTask),
                .. evaluation.Test is { } test
                    ? Image("test/", test).Concat(
                    [
                        ("test/" + MetricTags.RewardLoss, test.Reward),
                        ("test/" + MetricTags.Divergence, test.Divergence),
                    ])
                    .Concat(Further(test).Select(term => ("test/" + term.Tag, term.Value)))
                    : [],
                (RunTags.EvaluationSeconds, evaluation.Seconds),
            ]),
            RunIncident incident => Pairs(
            [
                ($"{RunTags.Incidents}/{incident.Source}", 1),
                .. incident.DroppedEpisodes > 0 ? [(RunTags.DroppedEpisodes, incident.DroppedEpisodes)] : Array.Empty<(string, double)>(),
            ]),
            ActorsCounted counted => Pairs([(RunTags.Restarts, counted.Restarts), (RunTags.DeadLetters, counted.DeadLetters)]),
            ExperimentChanged changed => Pairs([(RunTags.Changes, changed.Changes.Count)]),
            CheckpointSaved saved => Pairs([(RunTags.CheckpointSeconds, saved.Seconds)]),
            _ => null,
        };
    }

    private static IEnumerable<(string Tag, double Value)> Image(string prefix, UpdateMetrics metrics) =>
        metrics.Image is { } image ? [(prefix + MetricTags.ImageLoss, image)] : [];

    // Terms of the objective that only some experiments have, and the learning rate if it is scheduled.
    private static IEnumerable<(string Tag, double Value)> Further(UpdateMetrics metrics) =>
        metrics.OptionalTerms.Select(
            term => (term.Name == "learning_rate" ? MetricTags.LearningRate : $"objectives/{term.Name}", term.Value));

    private static string ReturnTag(RunStep step)
    {
        return step switch
        {
            RunStep.Collect => MetricTags.CollectionReturn,
            RunStep.CollectSeedEpisode => RunTags.SeedReturn,
            _ => RunTags.TestSeedReturn,
        };
    }

    private static IEnumerable<(string Tag, double Value)> OfTask(TaskScore score)
    {
        return
        [
            .. Statistics(score.Summary).Select(value => (MetricTags.OfTask(value.Tag, score.Task), value.Value)),
            .. Each(MetricTags.OfTask(MetricTags.EvaluationReturn, score.Task), score.Returns),
        ];
    }

    private static IEnumerable<(string Tag, double Value)> Each(string tag, IEnumerable<double> returns)
    {
        return returns.Select((value, index) => ($"{tag}/{index}", value));
    }

    private static IEnumerable<(string Tag, double Value)> Statistics(Summary returns)
    {
        return
        [
            (MetricTags.EvaluationReturn, returns.Mean),
            (MetricTags.EvaluationMedian, returns.Median),
            (MetricTags.EvaluationLow, returns.Low),
            (MetricTags.EvaluationHigh, returns.High),
        ];
    }

    private static IEnumerable<KeyValuePair<string, double>> Pairs(IEnumerable<(string Tag, double Value)> values)
    {
        return values.Select(value => KeyValuePair.Create(value.Tag, value.Value));
    }
}
