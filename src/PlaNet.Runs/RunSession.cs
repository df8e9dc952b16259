using Akka.Event;
using PlaNet.Common;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Loading;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry.Reports;

namespace PlaNet.Runs;

/// <summary>
/// A run and its locked directory: actors, state, metrics, checkpoints and report. The <c>train</c> command adds only its options and its
/// output to this class.
/// </summary>
public sealed class RunSession : IDisposable
{
    // Work that is still running once everything is saved belongs to dropped episodes or evaluations and need not finish.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);

    private readonly RunOptions _options;
    private readonly RunDirectory _directory;
    private readonly IReadOnlyList<EnvironmentSpec> _tasks;
    private readonly RunLog _log;
    private readonly CancellationTokenRegistration _exitRegistration;
    private readonly Lock _gate = new();
    private readonly RecentDecision _decisions;
    private RunMetrics? _metrics;
    private LiveFile? _live;
    private RunMeter? _meter;
    private RoleSystem? _system;
    private bool _ended;
    private ActorCounts _reportedCounts = new(0, 0, 0);
    private IReadOnlyList<OptionDifference> _changes;

    private RunSession(RunOptions options, IReadOnlyList<EnvironmentSpec> tasks, RunDirectory directory)
    {
        (_options, _tasks, _directory, _changes) = (options, tasks, directory, directory.Changes);
        _decisions = new RecentDecision(options.Time);

        // With remote collectors Akka logs a warning for every connection that is opened or closed.
        var akka = options.Remote is null ? LogLevel.WarningLevel : LogLevel.ErrorLevel;
        _log = new RunLog(options.Warnings, options.Log is null ? null : Folder.LogFile, options.Log ?? default, akka, options.Time);
        _exitRegistration = options.AtOnce.Register(
            () => directory.TrySetState(
                "INTERRUPTED: ended at once by a second signal; the work since the newest checkpoint will be repeated"));
    }

    /// <summary>The paths of its files and folders.</summary>
    public RunFolder Folder => _directory.Folder;

    /// <summary>What the run does now; null before it starts.</summary>
    public LiveState? State => _live?.State;

    /// <summary>Locks the run directory. Creates it if it does not exist.</summary>
    /// <param name="options">The run and its options.</param>
    /// <exception cref="RunException">
    /// The directory cannot be written, it contains another experiment, another seed or unrelated files, or another process has locked it;
    /// the program of <see cref="TaskOptions.Command"/> cannot be used, the episodes of a task are shorter than a chunk, the initial
    /// weights or the given episodes are missing or do not fit, the planner cannot plan the task's actions, or the model predicts the end
    /// of episodes and rewards that leave a state.
    /// </exception>
    /// <exception cref="InvalidOperationException">This process is already configured for other threads or kernels.</exception>
    public static RunSession Open(RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.InitialWeights is { Hash: var weights } && weights != options.Experiment.Model.InitialWeights)
        {
            throw new ArgumentException(
                $"The initial weights are {weights}, but model.initial_weights is {options.Experiment.Model.InitialWeights}: set it to "
                + "theirs.",
                nameof(options));
        }

        // Threads and kernels affect results bit by bit, and cannot change within a process.
        TorchRuntime.Configure(options.Experiment.Compute);
        options = options with { Experiment = RunDirectory.WithCommandFolder(options.Path, options.Experiment) };

        // Before the directory is created: a run that cannot learn leaves nothing behind.
        var tasks = Describe(options.Experiment, options.Settings.Planet.EnvironmentTimeouts);
        options = options with { Episodes = RequireEpisodes(options, tasks) };
        var facts = options.Facts;
        if (options.Episodes is { } given)
        {
            facts = new Dictionary<string, string>(facts, StringComparer.Ordinal) { ["episodes"] = given.ToString() };
        }

        if (options.InitialWeights is { } taken)
        {
            facts = new Dictionary<string, string>(facts, StringComparer.Ordinal)
            {
                ["initial_weights"] = $"{string.Join(", ", taken.Parts)} of {taken.Source}",
            };
        }
        else if (options.Experiment.Model.InitialWeights is { Length: > 0 } hash)
        {
            InitialWeights.Require(new RunFolder(options.Path).InitialWeightsFile, hash);
        }

        var directory = RunDirectory.Open(options.Path, options.Experiment, options.Seed, facts, options.AllowChanges);
        try
        {
            options.InitialWeights?.WriteTo(directory.Folder.InitialWeightsFile);
            options.Episodes?.CopyTo(directory.Folder);
            AtomicFile.WriteText(directory.Folder.SettingsFile, options.Settings.ToString());
            options.Faults.Record(directory.Folder);
            return new RunSession(options, tasks, directory);
        }
        catch (Exception failure)
        {
            directory.TrySetFailed(failure);
            directory.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Starts the run, or resumes it from its newest checkpoint, and returns when it is complete or interrupted. Everything is saved on
    /// return, and the state of the run is recorded. May be called once.
    /// </summary>
    /// <param name="interrupt">Asks the run to stop: the current update is finished, unfinished episodes are dropped.</param>
    /// <returns>True if the run is complete, false if it was interrupted.</returns>
    /// <exception cref="RunException">An episode that the checkpoint lists is missing or differs.</exception>
    /// <exception cref="RoleFailedException">A role failed more often than its restart budget allows.</exception>
    /// <exception cref="NonFiniteLossException">A loss was not finite, and again after resuming from the newest checkpoint.</exception>
    public async Task<bool> TrainAsync(CancellationToken interrupt = default)
    {
        try
        {
            var complete = await RunAsync(interrupt).ConfigureAwait(false);
            await _exitRegistration.DisposeAsync().ConfigureAwait(false);
            _directory.SetState(complete ? "DONE" : "INTERRUPTED");
            RunReport.WriteTo(Folder.Path);
            return complete;
        }
        catch (Exception failure)
        {
            _directory.TrySetFailed(failure);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _exitRegistration.Dispose();
        _log.Dispose();
        _directory.Dispose();
    }

    private static EnvironmentSpec[] Describe(Experiment experiment, EnvironmentTimeouts timeouts)
    {
        EnvironmentSpec[] tasks =
        [
            .. Enumerable.Range(0, experiment.Task.Count).Select(
                task => experiment.Schedule.Plays ? Tasks.Try(experiment.Task, task, timeouts) : Tasks.Describe(experiment.Task, task))
        ];
        foreach (var task in tasks)
        {
            Tasks.RequirePlanner(experiment.Planner, task);
        }

        var shortest = tasks.MinBy(task => task.Decisions)!;
        var rows = shortest.Decisions + 1;
        if (experiment.Objective.RewardAlignment == RewardAlignment.OutOf
            && experiment.Model.HasContinuation(tasks.Any(task => task.Terminates)))
        {
            throw new RunException(
                "objective.reward_alignment is out_of: it must be into where the model predicts the end of episodes, because a terminal "
                + "state has no reward that leaves it; set objective.reward_alignment=into or model.continuation=off");
        }

        return experiment.Replay.ChunkLength <= rows || !experiment.Schedule.Plays
            ? tasks
            : throw new RunException(
                $"replay.chunk_length is {experiment.Replay.ChunkLength}: it must be at most {rows}, the rows of an episode of " +
                $"{shortest.Task}, which has {shortest.ControlSteps} control steps and an action repeat of {shortest.ActionRepeat}; " +
                $"lower replay.chunk_length to {rows} or less");
    }

    private static GivenEpisodes? RequireEpisodes(RunOptions options, EnvironmentSpec[] tasks)
    {
        if (!options.Experiment.Schedule.Plays && options.Remote is not null)
        {
            throw new RunException(
                "schedule.collect is none: it must be planner or random where other processes collect episodes; leave --listen out.");
        }

        var replay = options.Experiment.Replay;
        if (replay.EpisodesFrom.Length == 0)
        {
            return null;
        }

        if (replay.EpisodesHash.Length == 0)
        {
            throw new RunException(
                "replay.episodes_hash is empty: it must be the hash of the episodes of replay.episodes_from, which planet train sets and "
                + "planet show prints.");
        }

        var episodes = options.Episodes
            ?? (Directory.Exists(replay.EpisodesFrom) ? GivenEpisodes.Take(replay.EpisodesFrom) : null);
        if (episodes is null)
        {
            _ = GivenEpisodes.Of(new RunFolder(options.Path), replay.EpisodesHash);
            return null;
        }

        episodes.Require(options.Experiment, Tasks.RuleOf(options.Experiment.Task, tasks));
        return episodes;
    }

    private async Task<bool> RunAsync(CancellationToken interrupt)
    {
        var faults = new FaultInjector(_options.Faults, interrupt);
        var remote = _options.Remote;
        var board = _options.Settings.Planet.Telemetry.Tensorboard
            ? new RunTensorBoard(Folder, _options.Experiment, _options.Seed, _options.Time, warning => Publish(warning))
            : null;
        using var metrics = _metrics = new RunMetrics(Folder.MetricsFile, faults, board);
        var parts = new RunParts(
            _options.Experiment,
            _options.Seed,
            Folder,
            _options.Device,
            _options.Settings.Planet,
            _options.Time,
            _tasks,
            Watch,
            faults,
            interrupt)
        {
            Decisions = _decisions,
        };
        using var live = _live = new LiveFile(
            Folder.LiveFile,
            new RunStatus(_options.Experiment),
            () => _system?.Roles ?? [],
            _decisions,
            _options.Time,
            message => Watch(new RunWarning(new RunProgress(), message)));
        using var meter = _meter = new RunMeter(() => live.State, () => _system?.Counts ?? new ActorCounts(0, 0, 0));
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var settings = _options.Log is { } level ? _options.Settings.WithLog(level) : _options.Settings;
        var system = _system = new RoleSystem(
            "run",
            system => RunSupervisor.Create(
                parts with { RemoteCollector = remote?.Join(system, () => system.Tell(new InterruptRun())) },
                complete => ended.TrySetResult(complete)),
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
                return await system
                    .EndAsync(ended.Task, s_grace, () => LeaveAsync(system))
                    .ConfigureAwait(false);
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

    // The last state is that before the roles stop.
    private Task LeaveAsync(RoleSystem system)
    {
        _live!.Dispose();
        return _options.Remote?.LeaveAsync(system.System) ?? Task.CompletedTask;
    }

    // Called by roles on any thread. Metrics are written first, so that no event is reported that was not recorded.
    private void Watch(RunEvent runEvent)
    {
        lock (_gate)
        {
            // Abandoned threads may still emit events after the end of the run.
            if (_ended)
            {
                return;
            }

            if (runEvent is RunIncident or CheckpointSaved && _system is { Counts: var counts } && counts != _reportedCounts)
            {
                Publish(new ActorsCounted(runEvent.Progress, counts.Restarts, counts.DeadLetters + counts.Stale));
                _reportedCounts = counts;
            }

            Publish(runEvent);
            if (runEvent is RunStarted && _changes.Count > 0)
            {
                Publish(new ExperimentChanged(runEvent.Progress, _changes));
                _changes = [];
            }
        }
    }

    private void Publish(RunEvent runEvent)
    {
        _metrics!.Write(runEvent);
        _live!.Watch(runEvent);
        _meter!.Watch(runEvent);
        if (runEvent is EvaluationDone)
        {
            RunReport.WriteTo(Folder.Path);
        }

        _log.Write(runEvent);
        _options.Watch(runEvent);
    }

    private void Log(LogLine line)
    {
        _log.Write(line);
        if (line is { IsWarning: true, IsFromAkka: false })
        {
            Watch(new RunWarning(new RunProgress(), $"{line.Source}: {line.Text}"));
        }
    }
}
