using System.CommandLine;
using PlaNet.Actors;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Tensors;
using PlaNet.Training;
using PlaNet.Training.FaultInjection;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet train</c>: runs an experiment, or goes on with it where it stopped.</summary>
public static class TrainVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("train", "Train an agent; the same command again goes on where it stopped");
        var choice = new ExperimentChoice();
        var device = new DeviceChoice();
        var seed = new Option<ulong>("--seed") { Description = "The run's seed", HelpName = "N", DefaultValueFactory = _ => 0 };
        var folder = new Option<string?>("--out") { Description = "The run directory; by default runs/EXPERIMENT/SEED-HASH", HelpName = "DIR" };
        var lease = new Option<double?>("--lease")
        {
            Description = "Stop, as on Ctrl-C, when standard input ends or is silent for so long; for programs that start runs",
            HelpName = "SECONDS",
        };
        var allowChanges = new Option<bool>("--allow-changes")
        {
            Description = "Go on with other options than the run began with; experiment.json keeps both, and the step of the change",
        };
        var faults = new Option<string[]>("--fault")
        {
            Description = "Inject a fault, such as learner.update@37=crash; may be given several times",
            HelpName = "POINT@VISIT=ACTION",
            Arity = ArgumentArity.OneOrMore,
        };
        var episodesFrom = ExchangeChoice.NewEpisodesFrom();
        choice.AddTo(verb);
        verb.Add(seed);
        verb.Add(folder);
        verb.Add(allowChanges);
        device.AddTo(verb);
        verb.Add(episodesFrom);
        verb.Add(lease);
        verb.Add(faults);
        verb.SetAction(async (line, interruption) =>
        {
            using var leased = LeasedInput.Watch(line.GetValue(lease), interruption);
            try
            {
                return await TrainAsync(
                    choice.Read(line),
                    line.GetValue(seed),
                    line.GetValue(folder),
                    line.GetValue(allowChanges),
                    line.GetValue(episodesFrom),
                    () => device.Read(line),
                    FaultPlan.Parse(line.GetValue(faults) ?? []),
                    line.InvocationConfiguration.Output,
                    leased.Token).ConfigureAwait(false);
            }
            catch (RunHeldException held) when (line.GetValue(lease) is not null)
            {
                // Whoever had the lease before has not quite ended: nothing is wrong with the run, which goes back to the queue.
                await line.InvocationConfiguration.Error.WriteLineAsync($"planet: {held.Message}").ConfigureAwait(false);
                return ExitCode.Interrupted;
            }
        });
        return verb;
    }

    private static async Task<int> TrainAsync(
        Experiment experiment,
        ulong seed,
        string? folder,
        bool allowChanges,
        string? episodesFrom,
        Func<torch.Device> device,
        FaultPlan plan,
        TextWriter output,
        CancellationToken interruption)
    {
        var settings = MachineSettings.Read(SettingsFile.Path);
        var actors = ActorSettings.Read(SettingsFile.Path);
        var path = folder ?? Path.Combine(settings.RunsDirectory, experiment.Name, $"{seed}-{ExperimentHash.Of(experiment)}");
        TorchRuntime.Configure(experiment.Compute);
        var chosen = device();
        var remote = episodesFrom is null ? null : await ExchangeChoice.OpenAsync(episodesFrom, interruption);
        using var exchange = remote?.Exchange;
        using var directory = RunDirectory.Open(path, experiment, seed, Facts.Of(chosen), allowChanges);
        EffectiveSettings.Write(directory.Folder, settings, actors);
        plan.Record(directory.Folder);
        var faults = new Faults(plan, interruption);
        using var watcher = new RunWatcher(experiment, directory.Folder, settings, output, directory.Changes, faults);
        try
        {
            var complete = await TrainingRun.RunAsync(
                experiment, seed, directory.Folder, chosen, settings, actors, TimeProvider.System, watcher.Watch, faults, interruption, remote);
            directory.SetState(complete ? "DONE" : "INTERRUPTED");
            watcher.Finish(complete);
            return complete ? ExitCode.Success : ExitCode.Interrupted;
        }
        catch (Exception failure)
        {
            TrySetState(directory, $"FAILED: {failure.Message.ReplaceLineEndings(" ")}");
            throw;
        }
    }

    // A disk that was too full for the run may be too full for this line, and the failure itself is what the user must hear.
    private static void TrySetState(RunDirectory directory, string state)
    {
        try
        {
            directory.SetState(state);
        }
        catch (StorageException)
        {
            // The state stays RUNNING, as after a kill.
        }
    }
}
