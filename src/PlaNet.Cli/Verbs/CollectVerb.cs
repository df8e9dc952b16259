using System.CommandLine;
using PlaNet.Cluster.Nodes;
using PlaNet.Experiments;
using PlaNet.Runs.Collecting;
using PlaNet.Runs.Settings;
using PlaNet.Loading;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet collect</c>: plays episodes for runs of other processes.</summary>
public static class CollectVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("collect", "Play episodes for runs that are trained with --episodes-from; start any number, on any machine");
        var store = NodeChoice.NewStore();
        store.Description = "Where runs are met: a folder of this machine, or postgres://user@host:5432/database";
        store.Required = true;
        var run = new Option<string?>("--run") { Description = "Only for this run: EXPERIMENT/SEED", HelpName = "NAME" };
        var idle = new Option<double?>("--idle") { Description = "End after so long without anything to play; otherwise wait for more", HelpName = "SECONDS" };
        var device = new DeviceChoice();
        verb.Add(store);
        verb.Add(run);
        verb.Add(idle);
        device.AddTo(verb);
        verb.SetAction((line, interruption) => CollectAsync(
            line.GetRequiredValue(store)!,
            line.GetValue(run),
            Idle(line.GetValue(idle)),
            () => device.Read(line),
            SettingsFile.Read(line),
            line.InvocationConfiguration,
            interruption));
        return verb;
    }

    private static TimeSpan? Idle(double? seconds) => seconds switch
    {
        null => null,
        >= 0 and < int.MaxValue => TimeSpan.FromSeconds(seconds.Value),
        _ => throw new UnusableInputException($"--idle {seconds}: a time is 0 seconds or more. Give such a number, or leave it out."),
    };

    private static async Task<int> CollectAsync(
        string store, string? run, TimeSpan? idle, Func<torch.Device> device, HoconSettings settings, InvocationConfiguration console, CancellationToken interruption)
    {
        var (grid, output) = (settings.Planet.Grid, console.Output);
        var remote = await ExchangeChoice.OpenAsync(store, grid, interruption).ConfigureAwait(false);
        using var exchange = remote.Exchange;
        var heartbeat = TimeSpan.FromSeconds(grid.HeartbeatSeconds);
        await output.WriteLineAsync($"store: {exchange.Address}").ConfigureAwait(false);
        var watcher = new CollectorWatcher(output, TimeSpan.FromSeconds(settings.Planet.ProgressSeconds), TimeProvider.System);
        await CollectorRun.RunAsync(
            new CollectorOptions(remote, NodeIdentity.OfThisProcess, heartbeat) { Run = run, Idle = idle },
            experiment => Load(experiment, device),
            settings,
            TimeProvider.System,
            watcher.Watch,
            interruption).ConfigureAwait(false);
        watcher.Finish();
        return interruption.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Success;
    }

    private static torch.Device Load(Experiment experiment, Func<torch.Device> device)
    {
        TorchRuntime.Configure(experiment.Compute);
        return device();
    }
}
