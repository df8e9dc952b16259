using System.CommandLine;
using PlaNet.Actors;
using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Torch;
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
        var faults = new Option<string[]>("--fault")
        {
            Description = "Inject a fault, such as learner.update@37=crash; may be given several times",
            HelpName = "POINT@VISIT=ACTION",
            Arity = ArgumentArity.OneOrMore,
        };
        choice.AddTo(verb);
        verb.Add(seed);
        verb.Add(folder);
        device.AddTo(verb);
        verb.Add(faults);
        verb.SetAction((line, interruption) => TrainAsync(
            choice.Read(line),
            line.GetValue(seed),
            line.GetValue(folder),
            () => device.Read(line),
            FaultPlan.Parse(line.GetValue(faults) ?? []),
            line.InvocationConfiguration.Output,
            interruption));
        return verb;
    }

    private static async Task<int> TrainAsync(
        Experiment experiment, ulong seed, string? folder, Func<torch.Device> device, FaultPlan plan, TextWriter output, CancellationToken interruption)
    {
        var settings = MachineSettings.Read(SettingsFile.Path);
        var actors = ActorSettings.Read(SettingsFile.Path);
        var path = folder ?? Path.Combine(settings.RunsDirectory, experiment.Name, $"{seed}-{ExperimentHash.Of(experiment)}");
        TorchRuntime.Configure(new TorchRuntimeOptions { Threads = experiment.Compute.Threads, NativeKernels = experiment.Compute.NativeKernels });
        var chosen = device();
        using var directory = RunDirectory.Open(path, experiment, seed, Facts.Of(chosen));
        plan.Record(directory.Folder);
        var faults = new Faults(plan, interruption);
        using var watcher = new RunWatcher(experiment, directory.Folder, settings, output, faults);
        try
        {
            var complete = await TrainingRun.RunAsync(
                experiment, seed, directory.Folder, chosen, settings, actors, TimeProvider.System, watcher.Watch, faults, interruption);
            directory.SetState(complete ? "DONE" : "INTERRUPTED");
            watcher.Finish(complete);
            return complete ? ExitCode.Success : ExitCode.Interrupted;
        }
        catch (Exception failure)
        {
            directory.SetState($"FAILED: {failure.Message.ReplaceLineEndings(" ")}");
            throw;
        }
    }
}
