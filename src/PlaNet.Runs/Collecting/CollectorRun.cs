using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Runs.Exchange;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Settings;

namespace PlaNet.Runs.Collecting;

/// <summary>A process that plays episodes for runs of other processes, on this machine or others.</summary>
public static class CollectorRun
{
    // What still computes when the claim is given back is an episode that is dropped.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);

    /// <summary>Plays until it is interrupted, or until there has been nothing to play for as long as the options say.</summary>
    /// <param name="options">How it works.</param>
    /// <param name="load">Loads the tensor library as an experiment wants it; returns where models live. Called once for each run.</param>
    /// <param name="settings">Settings of the machine and of Akka.</param>
    /// <param name="time">The clock.</param>
    /// <param name="watch">Told what happens, one event at a time, on threads of the collector.</param>
    /// <param name="interrupt">Asks it to stop: what it plays is dropped and given back.</param>
    /// <param name="log">Told every line of the log, on any thread. Default null: nobody is.</param>
    /// <exception cref="ExchangeException">The exchange cannot be used.</exception>
    /// <exception cref="RoleFailedException">A role failed more often than its budget allows.</exception>
    public static async Task RunAsync(
        CollectorOptions options,
        Func<Experiment, Device> load,
        HoconSettings settings,
        TimeProvider time,
        Action<CollectorEvent> watch,
        CancellationToken interrupt,
        Action<LogLine>? log = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(load);
        ArgumentNullException.ThrowIfNull(watch);
        var gate = new Lock();
        void Watch(CollectorEvent happened)
        {
            lock (gate)
            {
                watch(happened);
            }
        }

        ActingParts Prepare(RunOffer offer)
        {
            var experiment = ExperimentJson.Read(offer.Experiment);
            var device = load(experiment);
            EnvironmentSpec[] tasks = [.. Enumerable.Range(0, experiment.Task.Count).Select(task => Tasks.Describe(experiment.Task, task))];
            return new ActingParts(
                experiment, device, settings.Planet, time, tasks, happened => Tell(Watch, happened), FaultInjector.None, interrupt)
            {
                Environments = 1,
            };
        }

        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var service = new CollectorService(options, Prepare, time, Watch, () => ended.TrySetResult(true));
        var system = new RoleSystem("service", service.Create(), RunSupervision.DecideAtTop, settings, time, line =>
        {
            log?.Invoke(line);
            if (line is { IsWarning: true, IsOfAkka: false })
            {
                Watch(new CollectorWarning($"{line.Source}: {line.Text}"));
            }
        });
        await using (interrupt.Register(() => ended.TrySetResult(true)))
        {
            await system.EndAsync(ended.Task, s_grace);
        }
    }

    private static void Tell(Action<CollectorEvent> watch, RunEvent happened)
    {
        if (happened is DecisionMade decision)
        {
            watch(new EpisodeDecision(decision.Decision, decision.Decisions));
        }
    }
}
