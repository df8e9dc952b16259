using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry;
using PlaNet.Telemetry.TensorBoard;

namespace PlaNet.Runs.Results;

/// <summary>
/// Writes what TensorBoard shows of a run: the metrics, histograms, the videos of evaluations, and the experiment. docs/metrics.md lists
/// the tags. A full disk ends the run, as in <c>metrics.jsonl</c>. After any other failure a warning is published, and the next start
/// replaces the file.
/// </summary>
public sealed class RunTensorBoard : IDisposable
{
    private readonly RunFolder _folder;
    private readonly Experiment _experiment;
    private readonly ulong _seed;
    private readonly TimeProvider _time;
    private readonly Action<RunWarning> _warn;
    private EventLog? _log;

    /// <summary>Creates the writer; nothing is written before <see cref="Start"/>.</summary>
    /// <param name="folder">The run directory.</param>
    /// <param name="experiment">Experiment of the run.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="time">Clock.</param>
    /// <param name="warn">Receives a warning when the file cannot be written.</param>
    public RunTensorBoard(RunFolder folder, Experiment experiment, ulong seed, TimeProvider time, Action<RunWarning> warn)
    {
        (_folder, _experiment, _seed, _time, _warn) = (folder, experiment, seed, time, warn);
    }

    /// <summary>Writes a new file with the metrics of the run so far.</summary>
    /// <param name="lines">All lines of <c>metrics.jsonl</c>.</param>
    /// <exception cref="StorageException">The disk is full.</exception>
    public void Start(IEnumerable<MetricsLine> lines)
    {
        Guarded(new RunProgress(), () =>
        {
            _log?.Dispose();
            _log = null;
            _log = EventLog.Start(_folder.Path, _time, Head(), lines);
        });
    }

    /// <summary>Writes a line of the metrics with the histograms or videos of its event.</summary>
    /// <param name="runEvent">The event of the line.</param>
    /// <param name="step">Updates made so far.</param>
    /// <param name="line">Numbers by tag.</param>
    /// <exception cref="StorageException">The disk is full.</exception>
    public void Write(RunEvent runEvent, long step, IReadOnlyList<KeyValuePair<string, double>> line)
    {
        ArgumentNullException.ThrowIfNull(runEvent);
        if (_log is { } log)
        {
            Guarded(runEvent.Progress, () => log.Append(step, line, Others(runEvent)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _log?.Dispose();

    private static IEnumerable<SummaryValue> Others(RunEvent runEvent) => runEvent switch
    {
        UpdateDone update => update.Histograms.Select(histogram => new HistogramValue(
            histogram.Name, histogram.Min, histogram.Max, histogram.Sum, histogram.SumOfSquares, histogram.Limits, histogram.Counts)),
        EvaluationDone evaluation => Videos(evaluation),
        _ => [],
    };

    private static IEnumerable<ImageValue> Videos(EvaluationDone evaluation)
    {
        var prediction = PredictionVideo.PathFor(evaluation.Video);
        return new[]
        {
            (Tag: "videos/evaluation", Path: evaluation.Video),
            (Tag: "videos/prediction", Path: prediction + ".gif"),
            (Tag: "videos/prediction_strip", Path: prediction + ".png"),
        }

        // Episodes can be too short for a prediction.
        .Where(video => File.Exists(video.Path))
        .Select(video => ImageValue.Of(video.Tag, File.ReadAllBytes(video.Path)));
    }

    private IReadOnlyList<SummaryValue> Head()
    {
        var hash = ExperimentHash.Of(_experiment);
        var record = File.ReadAllText(_folder.ExperimentFile);
        return
        [
            new HyperParameters(
                $"{_experiment.Name}-{hash}",
                _time.GetUtcNow(),
                [
                    KeyValuePair.Create("seed", (object)_seed),
                    .. ExperimentOptions.All.Where(option => option.DecidesResult)
                        .Select(option => KeyValuePair.Create(option.Path, Parameter(option.Get(_experiment)))),
                ]),
            new TextValue("experiment", $"```json\n{record}\n```"),
        ];
    }

    private static object Parameter(object value) => value is Enum ? ExperimentOption.Format(value) : value;

    private void Guarded(RunProgress progress, Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            var failure = exception is FormatException ? null : StorageException.Of(_log?.FilePath ?? _folder.Path, exception);
            if (failure is { Problem: StorageProblem.Full })
            {
                throw failure;
            }

            _log?.Dispose();
            _log = null;
            _warn(new RunWarning(
                progress,
                $"TensorBoard's event file is no longer written: {failure?.Message ?? exception.Message} The run continues, and its next " +
                "start makes a complete file from metrics.jsonl; planet.telemetry.tensorboard = off writes none."));
        }
    }
}
