using Akka.Event;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Loading;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry.Reports;

namespace PlaNet.Runs;

/// <summary>
/// A run: its directory, held by this process, and everything in it: actors, state, metrics, checkpoints and report. The
/// <c>train</c> command is this class, its options and what it prints.
/// </summary>
public sealed class RunSession : IDisposable
{
    // What still computes when everything is saved is a decision or a picture of something that was dropped.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);

    private readonly RunOptions _options;
    private readonly RunDirectory _directory;
    private readonly RunLog _log;
    private readonly CancellationTokenRegistration _lastWords;
    private readonly Lock _gate = new();
    private RunMetrics? _metrics;
    private RoleSystem? _system;
    private bool _ended;
    private ActorCounts _counted = new(0, 0, 0);
    private IReadOnlyList<OptionDifference> _changes;

    private RunSession(RunOptions options, RunDirectory directory)
    {
        (_options, _directory, _changes) = (options, directory, directory.Changes);

        // Where collectors come and go, Akka warns of every connection.
        var akka = options.Remote is null ? LogLevel.WarningLevel : LogLevel.ErrorLevel;
        _log = new RunLog(options.Warnings, options.Log is null ? null : Folder.LogFile, options.Log ?? default, akka, options.Time);
        _lastWords = options.AtOnce.Register(
            () => TrySetState("INTERRUPTED: ended at once by a second signal; what was done since the newest checkpoint is done again"));
    }

    /// <summary>Where its parts lie.</summary>
    public RunFolder Folder => _directory.Folder;

    /// <summary>Takes the run directory, creating it where it does not exist.</summary>
    /// <param name="options">Which run, and how it is run.</param>
    /// <exception cref="RunException">
    /// The directory cannot be written, holds another experiment or seed or other things, or another process runs it.
    /// </exception>
    /// <exception cref="InvalidOperationException">This process computes with other threads or kernels than the experiment says.</exception>
    public static RunSession Open(RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        // Threads and kernels decide the bits of a result, and are fixed for the life of a process.
        TorchRuntime.Configure(options.Experiment.Compute);
        var directory = RunDirectory.Open(options.Path, options.Experiment, options.Seed, options.Facts, options.AllowChanges);
        try
        {
            AtomicFile.WriteText(directory.Folder.SettingsFile, options.Settings.ToString());
            options.Faults.Record(directory.Folder);
            return new RunSession(options, directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Starts the run, or resumes it from its newest checkpoint, until it is complete or interrupted; either way everything is saved on return
    /// and the state says so. To be called once.
    /// </summary>
    /// <param name="interrupt">Asks the run to stop: the current update is finished, half-played episodes are dropped.</param>
    /// <returns>True when the run is complete, false when it was interrupted.</returns>
    /// <exception cref="RunException">An episode that the checkpoint lists is missing or differs.</exception>
    /// <exception cref="RoleFailedException">A role failed more often than its budget allows.</exception>
    /// <exception cref="NonFiniteLossException">An update met a loss that is not finite, twice.</exception>
    public async Task<bool> TrainAsync(CancellationToken interrupt = default)
    {
        try
        {
            var complete = await RunAsync(interrupt).ConfigureAwait(false);
            await _lastWords.DisposeAsync().ConfigureAwait(false);
            _directory.SetState(complete ? "DONE" : "INTERRUPTED");
            RunReport.WriteTo(Folder.Path);
            return complete;
        }
        catch (Exception failure)
        {
            TrySetState($"FAILED: {failure.Message.ReplaceLineEndings(" ")}");
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lastWords.Dispose();
        _log.Dispose();
        _directory.Dispose();
    }

    private async Task<bool> RunAsync(CancellationToken interrupt)
    {
        var faults = new FaultInjector(_options.Faults, interrupt);
        var remote = _options.Remote;
        using var metrics = _metrics = new RunMetrics(Folder.MetricsFile, faults);
        var parts = new RunParts(
            _options.Experiment,
            _options.Seed,
            Folder,
            _options.Device,
            _options.Settings.Planet,
            _options.Time,
            [.. Enumerable.Range(0, _options.Experiment.Task.Count).Select(task => Tasks.Describe(_options.Experiment.Task, task))],
            Watch,
            faults,
            interrupt);
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var settings = _options.Log is { } level ? _options.Settings.WithLog(level) : _options.Settings;
        var system = _system = new RoleSystem(
            "run",
            system => RunSupervisor.Create(
                parts with { RemoteCollector = remote?.Join(system, () => system.Tell(new InterruptRun())) }, complete => ended.TrySetResult(complete)),
            RunSupervision.DecideAtTop,
            settings,
            _options.Time,
            Log,
            remote?.SetupOf(settings));
        faults.Fired = fault =>
        {
            Watch(new RunWarning(new RunProgress(), $"injecting the fault {fault}"));
            system.Tell(new FaultFired(fault));
        };
        try
        {
            await using (interrupt.Register(() => system.Tell(new InterruptRun())))
            {
                return await system.EndAsync(ended.Task, s_grace, () => remote?.LeaveAsync(system.System) ?? Task.CompletedTask).ConfigureAwait(false);
            }
        }
        finally
        {
            faults.Fired = null;
            lock (_gate)
            {
                _ended = true;
            }
        }
    }

    // What happens in the run, told by roles on any thread: to the metrics first, so that nobody hears what is not written down.
    private void Watch(RunEvent happened)
    {
        lock (_gate)
        {
            // An abandoned thread may still emit events: they are ignored.
            if (_ended)
            {
                return;
            }

            if (happened is RunIncident or CheckpointSaved && _system is { Counts: var counts } && counts != _counted)
            {
                Pass(new ActorsCounted(happened.Progress, counts.Restarts, counts.DeadLetters + counts.Stale));
                _counted = counts;
            }

            Pass(happened);
            if (happened is RunStarted && _changes.Count > 0)
            {
                Pass(new ExperimentChanged(happened.Progress, _changes));
                _changes = [];
            }
        }
    }

    private void Pass(RunEvent happened)
    {
        _metrics!.Write(happened);
        if (happened is EvaluationDone)
        {
            RunReport.WriteTo(Folder.Path);
        }

        _log.Write(happened);
        _options.Watch(happened);
    }

    private void Log(LogLine line)
    {
        _log.Write(line);
        if (line is { IsWarning: true, IsOfAkka: false })
        {
            Watch(new RunWarning(new RunProgress(), $"{line.Source}: {line.Text}"));
        }
    }

    // A disk that was too full for the run may be too full for this line, and the failure itself is what the user must hear.
    private void TrySetState(string state)
    {
        try
        {
            _directory.SetState(state);
        }
        catch (StorageException)
        {
            // The state stays RUNNING, as after a kill.
        }
    }
}
