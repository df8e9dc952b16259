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
        Change("cancel", "Take runs out of their grid; a node that runs one stops it", CellChange.Cancel, "it is done or cancelled"),
        Change("pause", "Set runs aside until they are queued again; a node that runs one stops it", CellChange.Pause, "it is neither queued nor running"),
        Change("requeue", "Queue failed, cancelled or paused runs again; they resume from their checkpoints", CellChange.Requeue, "it is neither failed, cancelled nor paused"),
        History(),
    };

    private static Command Change(string name, string description, CellChange change, string refusal) => Verb(name, description, async (source, keys, output, interruption) =>
    {
        var refused = 0;
        foreach (var key in keys)
        {
            var done = await source.ChangeAsync(key, change, interruption).ConfigureAwait(false);
            refused += done ? 0 : 1;
            await output.WriteLineAsync($"{key.Name}: {(done ? name + " done" : "left as it is: " + refusal)}").ConfigureAwait(false);
        }

        return refused == 0 ? ExitCode.Success : ExitCode.UnusableInput;
    });

    private static Command History() => Verb("history", "Tell what happened to runs: who claimed them when, and how it ended", async (source, keys, output, interruption) =>
    {
        foreach (var key in keys)
        {
            await output.WriteLineAsync(key.Name).ConfigureAwait(false);
            foreach (var happened in await source.HistoryAsync(key, interruption).ConfigureAwait(false))
            {
                var at = happened.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
                await output.WriteLineAsync(
                    $"  {at}  {happened.Status.ToString().ToLowerInvariant(),-9}  claim {happened.Epoch}  {happened.Owner}  {happened.Reason}".TrimEnd()).ConfigureAwait(false);
            }
        }

        return ExitCode.Success;
    });

    private static Command Verb(string name, string description, Func<IGridSource, IReadOnlyList<CellKey>, TextWriter, CancellationToken, Task<int>> work)
    {
        var verb = new Command(name, description);
        var choice = new GridSourceChoice();
        var cells = new Argument<string[]>("RUN") { Description = "Runs as `planet status --all` names them, or the beginnings of their names", Arity = ArgumentArity.OneOrMore };
        choice.AddTo(verb);
        verb.Add(cells);
        verb.SetAction((line, interruption) => choice.AskAsync(
            line,
            source => source.ListAsync(interruption),
            (source, rows) => work(source, StoredNames.FindCells(rows, line.GetRequiredValue(cells)), line.InvocationConfiguration.Output, interruption),
            interruption));
        return verb;
    }
}
