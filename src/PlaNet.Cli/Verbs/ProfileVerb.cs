using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Inspection;
using PlaNet.Loading;
using PlaNet.Runs;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet profile</c>: where the time of an update and of a decision goes, or that of a run.</summary>
public static class ProfileVerb
{
    private const int MostRounds = 1000;

    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("profile", "Time the phases of an update and of a decision on this machine, or sum up the time of a run");
        var choice = new ExperimentChoice(required: false);
        var run = new Option<string?>("--run") { Description = "Sum up the time that this run took, instead", HelpName = "DIR" };
        var device = new DeviceChoice();
        var rounds = new Option<int>("--rounds")
        {
            Description = "Updates and decisions to time; medians are printed",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        };
        var trace = new Option<string?>("--trace")
        {
            Description = "Also write every phase to FILE, for the trace viewer of a browser (chrome://tracing or ui.perfetto.dev)",
            HelpName = "FILE",
        };
        choice.AddTo(verb);
        verb.Add(run);
        device.AddTo(verb);
        verb.Add(rounds);
        verb.Add(trace);
        verb.SetAction((line, interruption) =>
        {
            var output = line.InvocationConfiguration.Output;
            if (choice.IsGiven(line) == (line.GetValue(run) is not null))
            {
                throw new UnusableInputException(
                    "planet profile times an experiment or sums up a run: give either --experiment NAME or --run DIR.");
            }

            if (line.GetValue(run) is { } directory)
            {
                if (line.GetValue(trace) is { } file)
                {
                    throw new UnusableInputException(
                        $"--trace {file}: only phases of an experiment can be traced. Give --experiment NAME in place of --run.");
                }

                _ = RunDirectory.Read(directory);
                Print(RunTimes.Read(new RunFolder(Path.GetFullPath(directory))), output);
                return Task.FromResult(ExitCode.Success);
            }

            if (line.GetValue(rounds) is < 1 or > MostRounds)
            {
                throw new UnusableInputException(
                    $"--rounds {line.GetValue(rounds)}: must be from 1 to {MostRounds}. Use such a number.");
            }

            var experiment = choice.Read(line);
            TorchRuntime.Configure(experiment.Compute);
            var tasks = Tasks.DescribeAll(experiment.Task);
            Tasks.RequirePlanner(experiment.Planner, tasks[0]);
            var times = PhaseTimes.Measure(
                experiment,
                tasks[0].Action.Size,
                device.Read(line),
                line.GetValue(rounds),
                tasks.Any(task => task.Terminates),
                Tasks.RuleOf(experiment.Task, tasks).StateSize,
                tasks[0].Action.IsDiscrete,
                interruption);
            Report(times, experiment, line.GetValue(trace), output);
            return Task.FromResult(ExitCode.Success);
        });
        return verb;
    }

    private static void Print(RunTimes times, TextWriter output)
    {
        string Seconds(double seconds) => seconds.ToString("F1", CultureInfo.InvariantCulture);
        string Share(double seconds) => (seconds / times.Seconds).ToString("P1", CultureInfo.InvariantCulture);
        output.WriteLine($"the run took {Seconds(times.Seconds)} s up to its newest checkpoint; roles may work at the same time");
        output.WriteLine();
        TextTable.Write(
            output,
            ["role", "work", "count", "seconds", "each", "share of the run"],
            [.. times.Works.Select(work => new[]
            {
                work.Role,
                work.Work,
                work.Count.ToString(CultureInfo.InvariantCulture),
                Seconds(work.Seconds),
                work.Count == 0 ? "" : (work.Seconds / work.Count).ToString("F3", CultureInfo.InvariantCulture),
                Share(work.Seconds),
            })],
            leftAligned: 2);
        var sum = times.Works.Sum(work => work.Seconds);
        output.WriteLine($"all roles together: {Seconds(sum)} s, {Share(sum)} of the run");
    }

    private static void Report(PhaseTimes times, Experiment experiment, string? trace, TextWriter output)
    {
        Print(times.Updates, $"an update of {experiment.Name}", experiment.Compute.Threads, output);
        Print(times.Decisions, $"a decision of {experiment.Name}", experiment.Compute.Threads, output);
        if (trace is not null)
        {
            AtomicFile.WriteText(trace, Trace(times));
            output.WriteLine($"trace: {trace}");
        }
    }

    private static void Print(IReadOnlyList<Phase> phases, string what, int threads, TextWriter output)
    {
        var times = PhaseTimes.Summarise(phases);
        var rounds = phases.Count(phase => phase.Depth == 0);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {times[0].Seconds * 1000:F1} ms with {threads} CPU thread(s), median of {rounds}"));
        output.WriteLine();
        TextTable.Write(
            output,
            ["phase", "ms", "share"],
            [.. times.Skip(1).Select(time => new[]
            {
                time.Name,
                (time.Seconds * 1000).ToString("F1", CultureInfo.InvariantCulture),
                time.Share.ToString("P1", CultureInfo.InvariantCulture),
            })],
            leftAligned: 1);
        output.WriteLine();
    }

    // The trace event format: complete events ("X") with times in microseconds. Updates and decisions are two rows of the viewer.
    private static string Trace(PhaseTimes times)
    {
        var events = new[] { (Row: "updates", times.Updates), (Row: "decisions", times.Decisions) }.SelectMany((row, index) =>
            row.Item2.Select(phase => (object)new
            {
                name = phase.Name,
                cat = row.Row,
                ph = "X",
                ts = phase.Start.TotalMicroseconds,
                dur = phase.Duration.TotalMicroseconds,
                pid = 1,
                tid = index + 1,
                args = new { round = phase.Round },
            }).Prepend(new { name = "thread_name", ph = "M", pid = 1, tid = index + 1, args = new { name = row.Row } }));
        return JsonSerializer.Serialize(new { traceEvents = events });
    }
}
