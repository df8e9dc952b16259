using System.CommandLine;
using System.Globalization;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet cell</c>: cancels, pauses or queues single runs of a store again, and tells what happened to them.</summary>
public static class CellVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create() => new("cell", "Cancel, pause or queue single runs of a store again, or see what happened to them")
    {
        Change("cancel", "Take runs out of their grid; a node that runs one stops it at its next heartbeat", (store, key) => store.Cancel(key), "it is done or cancelled"),
        Change("pause", "Set runs aside until they are queued again; a node that runs one stops it at its next heartbeat", (store, key) => store.Pause(key), "it is neither queued nor running"),
        Change("requeue", "Queue failed, cancelled or paused runs again; they resume from their checkpoints", (store, key) => store.Requeue(key), "it is neither failed, cancelled nor paused"),
        History(),
    };

    private static Command Change(string name, string description, Func<IGridStore, CellKey, bool> change, string refusal)
    {
        var (verb, store, runs, cells) = Verb(name, description);
        verb.SetAction(line =>
        {
            using var open = NodeChoice.OpenStore(line.GetValue(store), NodeChoice.Runs(line.GetValue(runs), line), create: false);
            var refused = 0;
            foreach (var key in StoredNames.FindCells(open, line.GetRequiredValue(cells)))
            {
                var done = change(open, key);
                refused += done ? 0 : 1;
                line.InvocationConfiguration.Output.WriteLine($"{key.Name}: {(done ? name + " done" : "left as it is: " + refusal)}");
            }

            return refused == 0 ? ExitCode.Success : ExitCode.UnusableInput;
        });
        return verb;
    }

    private static Command History()
    {
        var (verb, store, runs, cells) = Verb("history", "Tell what happened to runs: who claimed them when, and how it ended");
        verb.SetAction(line =>
        {
            using var open = NodeChoice.OpenStore(line.GetValue(store), NodeChoice.Runs(line.GetValue(runs), line), create: false);
            foreach (var key in StoredNames.FindCells(open, line.GetRequiredValue(cells)))
            {
                line.InvocationConfiguration.Output.WriteLine(key.Name);
                foreach (var happened in open.History(key))
                {
                    var at = happened.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
                    line.InvocationConfiguration.Output.WriteLine($"  {at}  {happened.Status.ToString().ToLowerInvariant(),-9}  claim {happened.Epoch}  {happened.Owner}  {happened.Reason}".TrimEnd());
                }
            }

            return ExitCode.Success;
        });
        return verb;
    }

    private static (Command Verb, Option<string?> Store, Option<string?> Runs, Argument<string[]> Cells) Verb(string name, string description)
    {
        var verb = new Command(name, description);
        var (store, runs) = (NodeChoice.NewStore(), NodeChoice.NewRuns());
        var cells = new Argument<string[]>("RUN") { Description = "Runs as `planet status --all` names them, or the beginnings of their names", Arity = ArgumentArity.OneOrMore };
        verb.Add(store);
        verb.Add(runs);
        verb.Add(cells);
        return (verb, store, runs, cells);
    }
}
