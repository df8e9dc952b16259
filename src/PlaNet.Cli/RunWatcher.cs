using PlaNet.Experiments;
using PlaNet.Telemetry;
using PlaNet.Telemetry.Reports;
using PlaNet.Training;
using PlaNet.Training.FaultInjection;

namespace PlaNet.Cli;

/// <summary>Shows a run's progress and writes its metrics and report.</summary>
public sealed class RunWatcher : IDisposable
{
    private readonly Experiment _experiment;
    private readonly RunFolder _folder;
    private readonly RunMetrics _metrics;
    private readonly ProgressReporter _progress;
    private IReadOnlyList<OptionDifference> _changes;
    private Progress _latest;
    private bool _finished;

    /// <summary>Begins to watch a run.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="folder">The run directory.</param>
    /// <param name="settings">Settings of the machine.</param>
    /// <param name="output">Where progress goes.</param>
    /// <param name="changes">Options that were changed before the run goes on; noted once it does. Default none.</param>
    /// <param name="faults">What is to go wrong; null for nothing.</param>
    public RunWatcher(
        Experiment experiment,
        RunFolder folder,
        MachineSettings settings,
        TextWriter output,
        IReadOnlyList<OptionDifference>? changes = null,
        Faults? faults = null)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(settings);
        _experiment = experiment;
        _changes = changes ?? [];
        _folder = folder;
        _metrics = new RunMetrics(folder.MetricsFile, faults);
        var live = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        _progress = new ProgressReporter(
            output,
            new ProgressStyle(live, live ? Math.Max(Console.WindowWidth, 20) : 120) { PlainInterval = TimeSpan.FromSeconds(settings.ProgressSeconds) },
            TimeProvider.System);
        _latest = new Progress(0, 0, Schedule.EpisodesInAll(experiment));
        _progress.Event($"run directory: {folder.Path}");
    }

    /// <summary>Takes an event in.</summary>
    /// <param name="happened">The event.</param>
    public void Watch(RunEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        _metrics.Write(happened);
        _latest = _latest with { Updates = happened.Progress.Updates, Episodes = happened.Progress.Episodes, Activity = null };
        switch (happened)
        {
            case RunStarted { Checkpoint: { } checkpoint }:
                _progress.Event(
                    $"going on from the checkpoint {checkpoint}: {happened.Progress.Episodes} episodes, {happened.Progress.Updates} updates");
                break;
            case RunStarted:
                _progress.Event($"{_experiment.Name}: {_experiment.Description}");
                break;
            case ExperimentChanged changed:
                _progress.Event($"the experiment was changed: {string.Join(", ", changed.Changes)}");
                break;
            case UpdateDone update:
                _latest = _latest with
                {
                    ImageLoss = update.Metrics.Image,
                    RewardLoss = update.Metrics.Reward,
                    Divergence = update.Metrics.Divergence,
                };
                break;
            case DecisionMade decision:
                _latest = _latest with
                {
                    Activity = $"{(decision.Step == RunStep.Evaluate ? "evaluating" : "collecting")}, decision {decision.Decision} of {decision.Decisions}",
                };
                break;
            case EpisodeCollected { Step: RunStep.Collect } episode:
                _latest = _latest with { LastReturn = episode.Return };
                break;
            case EvaluationDone evaluation:
                RunReport.WriteTo(_folder.Path);
                _progress.Event(
                    $"evaluation after {happened.Progress.Episodes} episodes: {Summary.Of(evaluation.Returns)} ({evaluation.Seconds:F0} s)");
                foreach (var score in evaluation.Tasks)
                {
                    _progress.Event($"  {score.Task}: {score.Summary}");
                }

                break;
            case RunIncident incident:
                _progress.Event($"warning: {incident.Message}");
                break;
            case RunWarning warning:
                _progress.Event($"warning: {warning.Message}");
                break;
        }

        _progress.Report(_latest);
        if (happened is RunStarted && _changes.Count > 0)
        {
            var changes = _changes;
            _changes = [];
            Watch(new ExperimentChanged(happened.Progress, changes));
        }
    }

    /// <summary>Writes the report once more, now that the run's state is known, and says how the run ended and where things are.</summary>
    /// <param name="complete">Whether it is complete; otherwise it was interrupted.</param>
    public void Finish(bool complete)
    {
        _finished = true;
        _progress.Finish();
        var report = RunReport.WriteTo(_folder.Path);
        _progress.Event(complete
            ? $"done: videos in {_folder.Videos}, report in {report}"
            : "interrupted, everything is saved: the same command goes on from here");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_finished)
        {
            // The run failed: what is said about it begins on a line of its own.
            _progress.Finish();
        }

        _metrics.Dispose();
    }
}
