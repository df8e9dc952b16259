using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Runs.Settings;
using PlaNet.Telemetry;

namespace PlaNet.Cli;

/// <summary>Prints the events and the progress of a run.</summary>
public sealed class RunWatcher : IDisposable
{
    private readonly Experiment _experiment;
    private readonly RunFolder _folder;
    private readonly ProgressReporter _progress;
    private Progress _latest;
    private bool _finished;

    /// <summary>Prints the run directory; pass <see cref="Watch"/> to the run.</summary>
    public RunWatcher(Experiment experiment, RunFolder folder, PlanetSettings settings, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(settings);
        _experiment = experiment;
        _folder = folder;
        var live = GuardedWriter.IsTerminal(output);
        _progress = new ProgressReporter(
            output,
            new ProgressStyle(live, live ? Math.Max(Console.WindowWidth, 20) : 120)
            {
                PlainInterval = TimeSpan.FromSeconds(settings.ProgressSeconds),
            },
            TimeProvider.System);
        _latest = new Progress(0, 0, new RunSchedule(experiment).Episodes);
        _progress.Event($"run directory: {folder.Path}");
    }

    /// <summary>Prints an event and the progress.</summary>
    public void Watch(RunEvent runEvent)
    {
        ArgumentNullException.ThrowIfNull(runEvent);
        var (updates, episodes) = (runEvent.Progress.Updates, runEvent.Progress.Episodes);

        // A decision carries the progress with which its episode was ordered; beside an overlapped collection, the run has continued since.
        _latest = runEvent is DecisionMade
            ? _latest
            : _latest with { Updates = updates, Episodes = episodes, Activity = null };
        switch (runEvent)
        {
            case RunStarted { Checkpoint: { } checkpoint }:
                _progress.Event($"resuming from the checkpoint {checkpoint}: {episodes} episodes, {updates} updates");
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
                    Activity = (decision.Step == RunStep.Evaluate ? "evaluating" : "collecting")
                        + $", decision {decision.Decision} of {decision.Decisions}",
                };
                break;
            case EpisodeCollected { Step: RunStep.Collect } episode:
                _latest = _latest with { LastReturn = episode.Return };
                break;
            case EvaluationDone evaluation:
                _progress.Event(
                    $"evaluation after {evaluation.Evaluated.Episodes} episodes: {Summary.Of(evaluation.Returns)} "
                    + $"({evaluation.Seconds:F0} s)");
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

    /// <summary>Prints how the run ended, and where its videos and report are.</summary>
    /// <param name="complete">Whether the run is complete; otherwise it was interrupted.</param>
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
            // The run failed: the error message must begin on a new line.
            _progress.Finish();
        }
    }
}
