using System.CommandLine;
using System.CommandLine.Parsing;
using Akka.Event;
using PlaNet.Cli.Web;
using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Faults;
using PlaNet.Loading;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet train</c>: executes or resumes a run of an experiment.</summary>
public static class TrainVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("train", "Train an agent; the same command resumes an interrupted run");
        var choice = new ExperimentChoice();
        var device = new DeviceChoice();
        var seed = new Option<ulong>("--seed") { Description = "Seed of the run", HelpName = "N", DefaultValueFactory = _ => 0 };
        var folder = new Option<string?>("--out") { Description = "Run directory; by default runs/EXPERIMENT/SEED-HASH", HelpName = "DIR" };
        var lease = new Option<double?>("--lease")
        {
            Description = "Stop, as on Ctrl-C, when standard input ends or delivers no line for this time; for programs that start runs",
            HelpName = "SECONDS",
        };
        var allowChanges = new Option<bool>("--allow-changes")
        {
            Description = "Resume with options that differ from those of the run; experiment.json records both, and the step of the change",
        };
        var initial = new Option<string?>("--init-from")
        {
            Description = "Start with the weights of the newest checkpoint of another run",
            HelpName = "DIR",
        };
        var initialParts = new Option<string[]>("--parts")
        {
            Description = "With --init-from, only these parts of the model, separated by commas: encoder, dynamics, decoder, reward, "
                + "continuation",
            HelpName = "LIST",
            CustomParser = given => given.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        };
        var faults = new Option<string[]>("--fault")
        {
            Description = "Inject a fault, such as learner.update@37=crash; can be repeated",
            HelpName = "POINT@VISIT=ACTION",
            Arity = ArgumentArity.OneOrMore,
        };
        var log = new Option<LogLevel?>("--log")
        {
            Description = "Write run.log in the run directory, with entries of at least this level: error, warning, info or debug",
            HelpName = "LEVEL",
            CustomParser = ParseLevel,
        };
        var dashboard = new Option<int?>("--dashboard")
        {
            Description = "Serve a page that shows the run, at this port of the loopback address; 0, or no number, takes a free one",
            HelpName = "PORT",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = ParsePort,
        };
        var cluster = new ClusterChoice();
        choice.AddTo(verb);
        verb.Add(seed);
        verb.Add(folder);
        verb.Add(allowChanges);
        verb.Add(initial);
        verb.Add(initialParts);
        device.AddTo(verb);
        verb.Add(cluster.Listen);
        verb.Add(cluster.Seeds);
        verb.Add(cluster.Bind);
        verb.Add(cluster.Insecure);
        verb.Add(lease);
        verb.Add(faults);
        verb.Add(log);
        verb.Add(dashboard);
        verb.SetAction(async (line, interruption) =>
        {
            using var leased = LeasedInput.Watch(line.GetValue(lease), interruption);
            try
            {
                var (experiment, episodes) = GivenEpisodes.Complete(
                    choice.Read(line), line.GetValue(folder), WorkProgress.OfFiles(line.InvocationConfiguration.Error));
                var taken = TakeWeights(line.GetValue(initial), line.GetValue(initialParts), experiment, line);
                return await TrainAsync(
                    taken is null ? experiment : experiment with { Model = experiment.Model with { InitialWeights = taken.Hash } },
                    taken,
                    episodes,
                    line.GetValue(seed),
                    line.GetValue(folder),
                    line.GetValue(allowChanges),
                    cluster,
                    () => device.Read(line),
                    FaultPlan.Parse(line.GetValue(faults) ?? []),
                    line.GetValue(log),
                    line.GetResult(dashboard) is null ? null : line.GetValue(dashboard) ?? 0,
                    line,
                    leased.Token).ConfigureAwait(false);
            }
            catch (RunHeldException held) when (line.GetValue(lease) is not null)
            {
                // The process of the previous lease has not ended yet. That is no failure of the run, which returns to the queue.
                await line.InvocationConfiguration.Error.WriteLineAsync($"planet: {held.Message}").ConfigureAwait(false);
                return ExitCode.Interrupted;
            }
        });
        return verb;
    }

    private static LogLevel? ParseLevel(ArgumentResult given)
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

    private static InitialWeights? TakeWeights(string? run, string[]? parts, Experiment experiment, ParseResult line)
    {
        if (run is null)
        {
            return parts is null or []
                ? null
                : throw new UnusableInputException("--parts names parts of the run of --init-from: give --init-from as well.");
        }

        // A wrong path is refused before libtorch is loaded.
        _ = RunDirectory.Read(run);
        TorchRuntime.Configure(experiment.Compute);
        return InitialWeights.Take(run, parts ?? [], experiment, line.InvocationConfiguration.Error.WriteLine);
    }

    private static int? ParsePort(ArgumentResult given)
    {
        if (given.Tokens.Count == 0)
        {
            return 0;
        }

        var word = given.Tokens[0].Value;
        if (int.TryParse(word, System.Globalization.CultureInfo.InvariantCulture, out var port) && port is >= 0 and <= 65535)
        {
            return port;
        }

        given.AddError($"--dashboard {word}: must be a port from 0 to 65535. Give such a number, or none to take a free port.");
        return null;
    }

    private static async Task<int> TrainAsync(
        Experiment experiment,
        InitialWeights? initialWeights,
        GivenEpisodes? episodes,
        ulong seed,
        string? folder,
        bool allowChanges,
        ClusterChoice cluster,
        Func<torch.Device> device,
        FaultPlan plan,
        LogLevel? level,
        int? dashboard,
        ParseResult line,
        CancellationToken interruption)
    {
        var settings = SettingsFile.Read(line);
        var path = folder ?? Path.Combine(settings.Planet.RunsDirectory, experiment.Name, $"{seed}-{ExperimentHash.Of(experiment)}");
        TorchRuntime.Configure(experiment.Compute);
        var chosen = device();
        var console = (PlanetInvocation)line.InvocationConfiguration;
        RunWatcher? watcher = null;
        var warnings = new AsideWriter(console.Error, write =>
        {
            if (watcher is null)
            {
                write();
            }
            else
            {
                watcher.Aside(write);
            }
        });
        using var export = OperatorExport.Start(
            settings.Planet.Operators,
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["planet.experiment"] = experiment.Name,
                ["planet.seed"] = (long)seed,
                ["planet.run"] = Path.GetFullPath(path),
            },
            warnings);
        using var session = RunSession.Open(new RunOptions(path, experiment, seed, chosen)
        {
            Settings = settings,
            Facts = Facts.Of(chosen),
            AllowChanges = allowChanges,
            InitialWeights = initialWeights,
            Episodes = episodes,
            Remote = cluster.Collection(line),
            Faults = plan,
            Watch = runEvent => watcher!.Watch(runEvent),
            Log = level,
            Warnings = warnings,
            AtOnce = console.AtOnce,
        });
        var progress = GuardedWriter.ForProgress(console);
        await using var page = await RunPage.StartAsync(session.Folder.Path, dashboard, progress, console.Error);
        using (watcher = new RunWatcher(experiment, session.Folder, settings.Planet, progress, () => session.State?.Roles ?? []))
        {
            var complete = await session.TrainAsync(interruption);
            watcher.Finish(complete);
            return complete ? ExitCode.Success : ExitCode.Interrupted;
        }
    }
}
