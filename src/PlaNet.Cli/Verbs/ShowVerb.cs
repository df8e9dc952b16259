using System.CommandLine;
using System.Globalization;
using PlaNet.Experiments;
using PlaNet.Training;
using Spectre.Console;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet show</c>: an experiment's canonical JSON, then what its model costs; or the cells of a grid and their cost.</summary>
public static class ShowVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("show", "Print an experiment and its cost, or with --grid the cells of a grid, their cost and the disk they need");
        var choice = new ExperimentChoice(required: false);
        var grid = new GridChoice(required: false);
        var onlyJson = new Option<bool>("--json") { Description = "Print the experiment's JSON only" };
        var rate = new Option<double?>("--gflops") { Description = "The machine's rate in GFLOP/s for a grid's times; measured if it is not given", HelpName = "N" };
        var runs = new Option<string?>("--runs") { Description = "Where a grid's runs are to go", HelpName = "DIR" };
        choice.AddTo(verb);
        grid.AddTo(verb);
        verb.Add(onlyJson);
        verb.Add(rate);
        verb.Add(runs);
        verb.SetAction(line =>
        {
            var output = line.InvocationConfiguration.Output;
            if (choice.IsGiven(line) == grid.IsGiven(line))
            {
                throw new UnusableInputException("show prints an experiment or a grid: give either --experiment NAME or --grid NAME.");
            }

            if (!grid.IsGiven(line))
            {
                return Show(choice.Read(line), line.GetValue(onlyJson), output);
            }

            GridCosts.Write(grid.Read(line), line.GetValue(rate), line.GetValue(runs) ?? MachineSettings.Read(SettingsFile.Path).RunsDirectory, output);
            return ExitCode.Success;
        });
        return verb;
    }

    private static int Show(Experiment experiment, bool onlyJson, TextWriter output)
    {
        output.WriteLine(ExperimentJson.Write(experiment));
        if (!onlyJson)
        {
            var actionSize = Tasks.Describe(experiment.Task).Action.Size;
            output.WriteLine();
            WriteCost(experiment, actionSize, ModelCost.Of(experiment, actionSize), output);
        }

        return ExitCode.Success;
    }

    private static void WriteCost(Experiment experiment, int actionSize, ModelCost cost, TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        var parts = new Table { Border = TableBorder.Simple };
        parts.AddColumn("part");
        parts.AddColumn(new TableColumn("parameters").RightAligned());
        parts.AddColumn(new TableColumn("multiply-adds per frame").RightAligned());
        foreach (var part in cost.Parts)
        {
            parts.AddRow(part.Name, Grouped(part.Parameters), Grouped(part.MultiplyAdds));
        }

        parts.AddRow("total", Grouped(cost.Parameters), Grouped(cost.Parts.Sum(part => part.MultiplyAdds)));
        console.Write(parts);

        var replay = experiment.Replay;
        var planner = experiment.Planner;
        var work = new Table { Border = TableBorder.Simple };
        work.AddColumn("work");
        work.AddColumn(new TableColumn("GFLOP").RightAligned());
        work.AddColumn("for");
        work.AddRow("update", Giga(cost.UpdateFlops), $"{replay.BatchSize} chunks of {replay.ChunkLength} frames, forward and backward");
        work.AddRow(
            "decision",
            Giga(cost.DecisionFlops),
            planner.Method == PlannerMethod.Cem
                ? $"{planner.Candidates} candidates x {planner.Iterations} iterations x {planner.Horizon} steps"
                : $"{planner.Trajectories} trajectories x {planner.Horizon} steps ({ExperimentOption.Format(planner.Method)})");
        console.Write(work);
        var tasks = string.Join(", ", Tasks.Of(experiment.Task).Select(task => task.Name));
        output.WriteLine($"{tasks}: {actionSize} number(s) in an action; run name {ExperimentHash.Of(experiment)}");
    }

    private static string Grouped(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Giga(double flops) => (flops / 1e9).ToString("N1", CultureInfo.InvariantCulture);
}
