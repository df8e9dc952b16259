using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Runs.Settings;
using PlaNet.Telemetry;

namespace PlaNet.Cli;

/// <summary>
/// Prints the events and the progress of a run: on a terminal as a few rows that are updated in place, otherwise as plain lines.
/// </summary>
public sealed class RunWatcher : IDisposable
{
    // Four updates of the rows a second are smooth enough, and shares of the time are those of the latest second.
    private static readonly TimeSpan s_refresh = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan s_measure = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Experiment _experiment;
    private readonly RunFolder _folder;
    private readonly TextWriter _output;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly long _begun;
    private readonly Func<IReadOnlyList<RoleStatus>> _roles;
    private readonly ProgressReporter _lines;
    private readonly LiveRegion? _region;
    private readonly ITimer? _timer;
    private RunStatus _status;
    private (TimeSpan At, IReadOnlyList<RoleStatus> Roles) _measured;
    private IReadOnlyList<RoleShare> _shares = [];
    private bool _finished;

    /// <summary>Prints the run directory; pass <see cref="Watch"/> to the run.</summary>
    /// <param name="experiment">The experiment of the run.</param>
    /// <param name="folder">The run directory.</param>
    /// <param name="settings">Settings of this machine.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="roles">Returns what each role has done. Default: nothing.</param>
    public RunWatcher(
        Experiment experiment,
        RunFolder folder,
        PlanetSettings settings,
        TextWriter output,
        Func<IReadOnlyList<RoleStatus>>? roles = null)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(settings);
        (_experiment, _folder, _output, _roles) = (experiment, folder, output, roles ?? (static () => []));
        _begun = _time.GetTimestamp();
        _status = new RunStatus(experiment);
        _measured = (TimeSpan.Zero, []);
        _lines = new ProgressReporter(output, TimeSpan.FromSeconds(settings.ProgressSeconds), _time);
        if (LiveRegion.IsSupported(output, Environment.GetEnvironmentVariable))
        {
            _region = new LiveRegion(output, LiveRegion.TerminalSize);
            _timer = _time.CreateTimer(_ => Refresh(), null, s_refresh, s_refresh);
        }

        Event($"run directory: {folder.Path}");
    }

    private TimeSpan Now => _time.GetElapsedTime(_begun);

    /// <summary>Prints an event and the progress.</summary>
    public void Watch(RunEvent runEvent)
    {
        ArgumentNullException.ThrowIfNull(runEvent);
        lock (_gate)
        {
            _status = _status.After(runEvent, Now);
        }

        foreach (var line in Lines(runEvent))
        {
            Event(line);
        }

        if (_region is null)
        {
            _lines.Report(Progress(runEvent));
        }
    }

    /// <summary>Lets another writer write lines to the same terminal.</summary>
    /// <param name="write">Writes whole lines.</param>
    public void Aside(Action write)
    {
        ArgumentNullException.ThrowIfNull(write);
        lock (_gate)
        {
            if (_region is null)
            {
                write();
            }
            else
            {
                _region.Above(write);
            }
        }
    }

    /// <summary>Prints how the run ended, and where its videos and report are.</summary>
    /// <param name="complete">Whether the run is complete; otherwise it was interrupted.</param>
    public void Finish(bool complete)
    {
        End();
        var videos = Directory.Exists(_folder.Videos) && Directory.EnumerateFiles(_folder.Videos).Any() ? $"videos in {_folder.Videos}, " : "";
        Event(complete
            ? $"done: {videos}report in {Path.Combine(_folder.Report, "index.html")}"
            : "interrupted, everything is saved: the same command resumes it");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // If the run failed, the error message must begin on a new line.
        End();
        _timer?.Dispose();
    }

    private IEnumerable<string> Lines(RunEvent runEvent)
    {
        var progress = runEvent.Progress;
        switch (runEvent)
        {
            case RunStarted { Checkpoint: { } checkpoint }:
                yield return $"resuming from the checkpoint {checkpoint}: {progress.Episodes} episodes, {progress.Updates} updates";
                break;
            case RunStarted:
                yield return $"{_experiment.Name}: {_experiment.Description}";
                break;
            case ExperimentChanged changed:
                yield return $"the experiment was changed: {string.Join(", ", changed.Changes)}";
                break;
            case EvaluationDone evaluation:
                yield return $"evaluation after {evaluation.Evaluated.Episodes} episodes: {Summary.Of(evaluation.Returns)} "
                    + $"({evaluation.Seconds:F0} s)";
                foreach (var score in evaluation.Tasks)
                {
                    yield return $"  {score.Task}: {score.Summary}";
                }

                break;
            case RunIncident incident:
                yield return $"warning: {incident.Message}";
                break;
            case RunWarning warning:
                yield return $"warning: {warning.Message}";
                break;
        }
    }

    private Progress Progress(RunEvent runEvent) => new(
        _status.Progress.Updates,
        _status.Progress.Episodes,
        _status.Schedule.Episodes,
        _status.Returns.IsEmpty ? null : _status.Returns[^1],
        _status.Losses?.Image,
        _status.Losses?.Reward,
        _status.Losses?.Divergence,
        runEvent is DecisionMade decision
            ? $"{(decision.Step == RunStep.Evaluate ? "evaluating" : "collecting")}, decision {decision.Decision} of {decision.Decisions}"
            : null,
        _status.Updates.PerSecond,
        _status.Left(Now),
        _status.Losses?.State);

    private void Event(string line)
    {
        lock (_gate)
        {
            if (_region is null)
            {
                _lines.Event(line);
            }
            else
            {
                _region.Above(() => _output.WriteLine(line));
            }
        }
    }

    private void Refresh()
    {
        lock (_gate)
        {
            if (!_finished)
            {
                _region!.Show(LiveView.Rows(State(), _region.Columns, _output.Encoding.CodePage == 65001));
            }
        }
    }

    private LiveViewState State()
    {
        var now = Now;
        if (now - _measured.At >= s_measure)
        {
            var roles = _roles();
            _shares = Shares(_measured.Roles, roles, (now - _measured.At).TotalSeconds);
            _measured = (now, roles);
        }

        return new LiveViewState(
            _status, _status.Left(now), Environment.WorkingSet, _shares, _measured.Roles.Sum(role => role.Restarts));
    }

    private static IReadOnlyList<RoleShare> Shares(IReadOnlyList<RoleStatus> before, IReadOnlyList<RoleStatus> now, double seconds) =>
    [
        .. from role in now
           let earlier = before.FirstOrDefault(other => other.Name == role.Name)?.BusySeconds ?? 0
           select new RoleShare(role.Name[(role.Name.LastIndexOf('/') + 1)..], Math.Clamp((role.BusySeconds - earlier) / seconds, 0, 1)),
    ];

    private void End()
    {
        lock (_gate)
        {
            if (_finished)
            {
                return;
            }

            if (_region is null)
            {
                _lines.Finish();
            }
            else
            {
                Refresh();
                _region.End();
            }

            _finished = true;
        }
    }
}
