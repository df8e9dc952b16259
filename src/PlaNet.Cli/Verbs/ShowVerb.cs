using System.CommandLine;
using System.Globalization;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Inspection;
using PlaNet.Runs;
using PlaNet.Runs.Playing;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet show</c>: prints an experiment's canonical JSON and its cost, or the cells of a grid and their cost.</summary>
public static class ShowVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command(
            "show", "Print an experiment and its cost, or with --grid the experiments of a grid, their cost and disk space");
        var choice = new ExperimentChoice(required: false);
        var grid = new GridChoice(required: false);
        var onlyJson = new Option<bool>("--json") { Description = "Print only the experiment's JSON" };
        var timed = new Option<bool>("--time") { Description = "Time updates, decisions and steps on this machine's CPU" };
        var runs = new Option<string?>("--runs")
        {
            Description = "Directory of runs; the free space of its disk is printed with --grid",
            HelpName = "DIR",
        };
        choice.AddTo(verb);
        grid.AddTo(verb);
        verb.Add(onlyJson);
        verb.Add(timed);
        verb.Add(runs);
        verb.SetAction(line =>
        {
            var output = line.InvocationConfiguration.Output;
            if (choice.IsGiven(line) == grid.IsGiven(line))
            {
                throw new UnusableInputException(
                    "planet show prints one experiment or one grid: give either --experiment NAME or --grid NAME.");
            }

            if (!grid.IsGiven(line))
            {
                var (experiment, episodes) = GivenEpisodes.Complete(
                    choice.Read(line), run: null, WorkProgress.OfFiles(line.InvocationConfiguration.Error));
                return Show(experiment, episodes, line.GetValue(onlyJson), line.GetValue(timed), output);
            }

            var settings = SettingsFile.Read(line).Planet;
            GridCosts.Write(
                grid.Read(line),
                line.GetValue(timed),
                line.GetValue(runs) ?? settings.RunsDirectory,
                settings.CheckpointsKept,
                output,
                line.InvocationConfiguration.Error);
            return ExitCode.Success;
        });
        return verb;
    }

    private static int Show(Experiment experiment, GivenEpisodes? episodes, bool onlyJson, bool timed, TextWriter output)
    {
        output.WriteLine(ExperimentJson.Write(experiment));
        if (!onlyJson)
        {
            output.WriteLine();
            WriteCost(experiment, timed, output);
            if (experiment.Replay is { EpisodesFrom: { Length: > 0 } from, EpisodesHash: var hash })
            {
                output.WriteLine("learns from " + (episodes?.ToString()
                    ?? $"{experiment.Schedule.SeedEpisodes} episode(s) that were in {from}, sha256 {hash}"));
            }
        }

        return ExitCode.Success;
    }

    private static void WriteCost(Experiment experiment, bool timed, TextWriter output)
    {
        var specs = Tasks.DescribeAll(experiment.Task);
        var actionSize = specs[0].Action.Size;
        var cost = timed ? GridCosts.Measure(experiment) : null;
        var parts = cost?.Learning.Parts ?? LearningCost.PartsOf(
            experiment, actionSize, specs.Any(task => task.Terminates), Tasks.RuleOf(experiment.Task, specs).StateSize);
        string[][] rows =
        [
            .. parts.Select(part => new[] { part.Name, Grouped(part.Parameters) }),
            ["total", Grouped(parts.Sum(part => part.Parameters))],
        ];
        TextTable.Write(output, ["part", "parameters"], rows, leftAligned: 1);
        output.WriteLine();
        var work = cost?.Work ?? RunWork.Of(experiment);
        var (replay, planner) = (experiment.Replay, experiment.Planner);
        var update = Each(cost?.Learning.UpdateSeconds);
        output.WriteLine($"{Grouped(work.Updates)} updates of {replay.BatchSize} chunks of {replay.ChunkLength} frames{update}");
        var effort = planner.Method == PlannerMethod.Cem
            ? $"{planner.Candidates} candidates x {planner.Iterations} iterations x {planner.Horizon} steps"
            : $"{planner.Trajectories} trajectories x {planner.Horizon} steps ({ExperimentOption.Format(planner.Method)})";
        output.WriteLine($"{Grouped(work.Decisions)} decisions of {effort}{Each(cost?.Learning.DecisionSeconds)}");
        var frame = experiment.Task.HasImages ? " with a frame" : "";
        output.WriteLine($"{Grouped(work.Steps)} steps of an environment{frame}{Each(cost?.StepSeconds)}");
        output.WriteLine(cost is null
            ? "--time measures an update, a decision and a step on this machine"
            : $"{GridCosts.Duration(cost.Seconds)} with {experiment.Compute.Threads} CPU thread(s) on an otherwise idle machine");
        var tasks = string.Join(", ", Tasks.Of(experiment.Task).Select(task => task.Name));
        output.WriteLine($"{tasks}: {actionSize} number(s) in an action; run name {ExperimentHash.Of(experiment)}");
    }

    private static string Each(double? seconds) =>
        seconds is { } known ? string.Create(CultureInfo.InvariantCulture, $", {known * 1000:N1} ms each") : "";

    private static string Grouped(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
