using System.CommandLine;
using System.CommandLine.Parsing;
using Akka.Event;
using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Faults;
using PlaNet.Loading;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet train</c>: runs an experiment, or resumes it.</summary>
public static class TrainVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("train", "Train an agent; the same command again resumes it");
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
        var log = new Option<LogLevel?>("--log")
        {
            Description = "Write run.log in the run directory, from this level on: error, warning, info or debug",
            HelpName = "LEVEL",
            CustomParser = Level,
        };
        var cluster = new ClusterChoice();
        choice.AddTo(verb);
        verb.Add(seed);
        verb.Add(folder);
        verb.Add(allowChanges);
        device.AddTo(verb);
        verb.Add(cluster.Listen);
        verb.Add(cluster.To);
        verb.Add(cluster.Bind);
        verb.Add(cluster.Insecure);
        verb.Add(lease);
        verb.Add(faults);
        verb.Add(log);
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
                    cluster,
                    () => device.Read(line),
                    FaultPlan.Parse(line.GetValue(faults) ?? []),
                    line.GetValue(log),
                    line,
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

    private static LogLevel? Level(ArgumentResult given)
    {
        var word = given.Tokens[0].Value;
        LogLevel? level = word.ToUpperInvariant() switch
        {
            "ERROR" => LogLevel.ErrorLevel,
            "WARNING" => LogLevel.WarningLevel,
            "INFO" => LogLevel.InfoLevel,
            "DEBUG" => LogLevel.DebugLevel,
            _ => null,
        };
        if (level is null)
        {
            given.AddError($"--log {word}: there is no such level. Give error, warning, info or debug.");
        }

        return level;
    }

    private static async Task<int> TrainAsync(
        Experiment experiment,
        ulong seed,
        string? folder,
        bool allowChanges,
        ClusterChoice cluster,
        Func<torch.Device> device,
        FaultPlan plan,
        LogLevel? level,
        ParseResult line,
        CancellationToken interruption)
    {
        var settings = SettingsFile.Read(line);
        var path = folder ?? Path.Combine(settings.Planet.RunsDirectory, experiment.Name, $"{seed}-{ExperimentHash.Of(experiment)}");
        TorchRuntime.Configure(experiment.Compute);
        var chosen = device();
        var console = (PlanetInvocation)line.InvocationConfiguration;
        RunWatcher? watcher = null;
        using var session = RunSession.Open(new RunOptions(path, experiment, seed, chosen)
        {
            Settings = settings,
            Facts = Facts.Of(chosen),
            AllowChanges = allowChanges,
            Remote = cluster.Collection(line),
            Faults = plan,
            Watch = happened => watcher!.Watch(happened),
            Log = level,
            Warnings = console.Error,
            AtOnce = console.AtOnce,
        });
        using (watcher = new RunWatcher(experiment, session.Folder, settings.Planet, console.Output))
        {
            var complete = await session.TrainAsync(interruption);
            watcher.Finish(complete);
            return complete ? ExitCode.Success : ExitCode.Interrupted;
        }
    }
}
