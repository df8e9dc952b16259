using System.CommandLine;
using System.Globalization;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet cell</c>: cancels, pauses or requeues single runs of a store, and prints their history.</summary>
public static class CellVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create() => new("cell", "Cancel, pause or requeue single runs of a store, or print their history")
    {
        Change(
            "cancel",
            "Cancel runs; a node that runs one stops it",
            CellChange.Cancel,
            "it is done or already cancelled"),
        Change(
            "pause",
            "Pause runs until they are requeued; a node that runs one stops it",
            CellChange.Pause,
            "it is neither queued nor running"),
        Change(
            "requeue",
            "Requeue failed, cancelled or paused runs; they resume from their checkpoints",
            CellChange.Requeue,
            "it is neither failed, cancelled nor paused"),
        History(),
    };

    private static Command Change(string name, string description, CellChange change, string refusal) =>
        Verb(name, description, async (source, keys, output, interruption) =>
        {
            var refused = 0;
            foreach (var key in keys)
            {
                var done = await source.ChangeAsync(key, change, interruption).ConfigureAwait(false);
                refused += done ? 0 : 1;
                await output.WriteLineAsync($"{key.Name}: {(done ? name + " done" : "not changed: " + refusal)}").ConfigureAwait(false);
            }

            return refused == 0 ? ExitCode.Success : ExitCode.UnusableInput;
        });

    private static Command History() =>
        Verb("history", "Print the history of runs: their claims, and how each one ended", async (source, keys, output, interruption) =>
        {
            foreach (var key in keys)
            {
                await output.WriteLineAsync(key.Name).ConfigureAwait(false);
                foreach (var entry in await source.HistoryAsync(key, interruption).ConfigureAwait(false))
                {
                    var at = entry.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
                    var status = entry.Status.ToString().ToLowerInvariant();
                    await output.WriteLineAsync(
                        $"  {at}  {status,-9}  claim {entry.Epoch}  {entry.Owner}  {entry.Reason}".TrimEnd()).ConfigureAwait(false);
                }
            }

            return ExitCode.Success;
        });

    private static Command Verb(
        string name, string description, Func<IGridSource, IReadOnlyList<CellKey>, TextWriter, CancellationToken, Task<int>> work)
    {
        var verb = new Command(name, description);
        var choice = new GridSourceChoice();
        var cells = new Argument<string[]>("RUN")
        {
            Description = "Names of runs as `planet status --all` prints them, or beginnings of names",
            Arity = ArgumentArity.OneOrMore,
        };
        choice.AddTo(verb);
        verb.Add(cells);
        verb.SetAction((line, interruption) => choice.AskAsync(
            line,
            source => source.ListAsync(interruption),
            (source, rows) =>
            {
                var keys = StoredNames.FindCells(rows, line.GetRequiredValue(cells));
                return work(source, keys, line.InvocationConfiguration.Output, interruption);
            },
            interruption));
        return verb;
    }
}
