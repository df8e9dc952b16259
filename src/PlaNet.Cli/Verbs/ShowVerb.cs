using System.CommandLine;
using System.Globalization;
using PlaNet.Experiments;
using PlaNet.Training;
using Spectre.Console;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet show</c>: an experiment's canonical JSON, then what its model costs.</summary>
public static class ShowVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("show", "Print an experiment, its parameter counts and its cost per update and per decision");
        var choice = new ExperimentChoice();
        var onlyJson = new Option<bool>("--json") { Description = "Print the JSON only" };
        choice.AddTo(verb);
        verb.Add(onlyJson);
        verb.SetAction(line => Show(choice.Read(line), line.GetValue(onlyJson), line.InvocationConfiguration.Output));
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
