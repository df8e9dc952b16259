using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Runs.Settings;
using PlaNet.Telemetry;

namespace PlaNet.Cli;

/// <summary>Shows a run's progress.</summary>
public sealed class RunWatcher : IDisposable
{
    private readonly Experiment _experiment;
    private readonly RunFolder _folder;
    private readonly ProgressReporter _progress;
    private Progress _latest;
    private bool _finished;

    /// <summary>Begins to watch a run.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="folder">The run directory.</param>
    /// <param name="settings">Settings of the machine.</param>
    /// <param name="output">Where progress goes.</param>
    public RunWatcher(Experiment experiment, RunFolder folder, PlanetSettings settings, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(settings);
        _experiment = experiment;
        _folder = folder;
        var live = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        _progress = new ProgressReporter(
            output,
            new ProgressStyle(live, live ? Math.Max(Console.WindowWidth, 20) : 120) { PlainInterval = TimeSpan.FromSeconds(settings.ProgressSeconds) },
            TimeProvider.System);
        _latest = new Progress(0, 0, new RunSchedule(experiment).Episodes);
        _progress.Event($"run directory: {folder.Path}");
    }

    /// <summary>Takes an event in.</summary>
    /// <param name="happened">The event.</param>
    public void Watch(RunEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        _latest = _latest with { Updates = happened.Progress.Updates, Episodes = happened.Progress.Episodes, Activity = null };
        switch (happened)
        {
            case RunStarted { Checkpoint: { } checkpoint }:
                _progress.Event(
                    $"resuming from the checkpoint {checkpoint}: {happened.Progress.Episodes} episodes, {happened.Progress.Updates} updates");
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
    }

    /// <summary>Says how the run ended and where things are.</summary>
    /// <param name="complete">Whether it is complete; otherwise it was interrupted.</param>
    public void Finish(bool complete)
    {
        _finished = true;
        _progress.Finish();
        _progress.Event(complete
            ? $"done: videos in {_folder.Videos}, report in {Path.Combine(_folder.Report, "index.html")}"
            : "interrupted, everything is saved: the same command resumes it");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_finished)
        {
            // The run failed: what is said about it begins on a line of its own.
            _progress.Finish();
        }
    }
}
