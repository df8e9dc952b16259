using System.Runtime.ExceptionServices;
using PlaNet.Actors.Local;
using PlaNet.Experiments;
using PlaNet.Runs.Exchange;
using PlaNet.Runs.Messages;
using PlaNet.Training;
using PlaNet.Training.FaultInjection;

namespace PlaNet.Runs;

/// <summary>A run as a system of supervised actors in this process: begins it, or goes on from its newest checkpoint.</summary>
public static class TrainingRun
{
    // What still computes when everything is saved is a decision or a picture of something that was dropped.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);

    /// <summary>Goes on until the run is complete or interrupted; either way everything is saved on return.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="folder">The run directory, held by this process.</param>
    /// <param name="device">Where models live.</param>
    /// <param name="settings">Settings of the machine.</param>
    /// <param name="actors">Settings of the actor layer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="watch">Told about everything that happens, one event at a time, on threads of the run.</param>
    /// <param name="faults">What is to go wrong.</param>
    /// <param name="interrupt">Asks the run to stop: the current update is finished, half-played episodes are dropped.</param>
    /// <param name="remote">How episodes are played elsewhere; null where the run plays them itself. Default null.</param>
    /// <returns>True when the run is complete, false when it was interrupted.</returns>
    /// <exception cref="RunException">An episode that the checkpoint lists is missing or differs.</exception>
    /// <exception cref="RoleFailedException">A role failed more often than its budget allows.</exception>
    /// <exception cref="ExchangeException">The exchange with collectors cannot be used.</exception>
    /// <exception cref="NonFiniteLossException">An update met a loss that is not finite, twice.</exception>
    public static async Task<bool> RunAsync(
        Experiment experiment,
        ulong seed,
        RunFolder folder,
        Device device,
        MachineSettings settings,
        ActorSettings actors,
        TimeProvider time,
        Action<RunEvent> watch,
        Faults faults,
        CancellationToken interrupt,
        RemoteCollection? remote = null)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(watch);
        ArgumentNullException.ThrowIfNull(faults);
        var gate = new Lock();
        var parts = new RunParts(
            experiment,
            seed,
            folder,
            device,
            settings,
            time,
            [.. Enumerable.Range(0, experiment.Task.Count).Select(task => Tasks.Describe(experiment.Task, task))],
            happened =>
            {
                lock (gate)
                {
                    watch(happened);
                }
            },
            faults,
            interrupt)
        {
            Remote = remote,
        };
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = new LocalHost(new LocalHostOptions
        {
            Settings = actors,
            Supervision = RunSupervision.Top,
            Time = time,
            Log = entry => Tell(parts, entry),
        });
        var run = host.Spawn("run", RunSupervisor.Props(parts, complete => ended.TrySetResult(complete)));
        var stopped = host.WatchAsync(run, CancellationToken.None);
        void Note(Fault fault)
        {
            parts.Watch(new RunWarning(new RunProgress(), $"now comes the injected fault {fault}"));
            _ = host.TellAsync(run, new FaultFired(fault), CancellationToken.None).AsTask();
        }

        faults.Fired = Note;
        try
        {
            await using (interrupt.Register(() => _ = host.TellAsync(run, new InterruptRun(), CancellationToken.None).AsTask()))
            {
                await Task.WhenAny(ended.Task, stopped);
            }
        }
        finally
        {
            faults.Fired = null;
            try
            {
                await host.ShutdownAsync(s_grace);
            }
            catch (TimeoutException)
            {
                // Abandoned: the process is about to end.
            }
        }

        if (ended.Task.IsCompleted)
        {
            return await ended.Task;
        }

        var failure = (await stopped).Failure ?? new InvalidOperationException("The run's actors stopped before the run had ended.");
        if (RunSupervision.IsFinal(failure))
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        throw new RoleFailedException(run.Path, failure);
    }

    private static void Tell(RunParts parts, LogEntry entry)
    {
        if (entry.Severity >= LogSeverity.Warning)
        {
            parts.Watch(new RunWarning(new RunProgress(), $"{entry.Actor}: {entry.Text}"));
        }
    }
}
