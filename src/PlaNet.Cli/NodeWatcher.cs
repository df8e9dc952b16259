using System.Globalization;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>Says what a node does: a line for every event, and how all cells stand; the latter renews itself on a terminal.</summary>
public sealed class NodeWatcher
{
    private readonly StatusLine _line;

    /// <summary>Begins to watch.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="interval">Time between two lines about all cells where the output is not a terminal.</param>
    /// <param name="time">The clock.</param>
    public NodeWatcher(TextWriter output, TimeSpan interval, TimeProvider time)
    {
        _line = new StatusLine(output, interval, time);
    }

    /// <summary>How cells stand, on one line.</summary>
    /// <param name="progress">The progress.</param>
    public static string Line(GridProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var parts = new List<string> { $"{progress.Count(CellStatus.Done)} of {progress.Cells} done" };
        foreach (var (status, word) in new[]
        {
            (CellStatus.Running, "running"), (CellStatus.Queued, "queued"), (CellStatus.Failed, "failed"), (CellStatus.Paused, "paused"), (CellStatus.Cancelled, "cancelled"),
        })
        {
            if (progress.Count(status) > 0)
            {
                parts.Add($"{progress.Count(status)} {word}");
            }
        }

        parts.Add(string.Create(CultureInfo.InvariantCulture, $"{100 * progress.Fraction:F0} % of all steps"));
        if (progress.Left is { } left && left > TimeSpan.Zero)
        {
            parts.Add($"about {GridCosts.Duration(left.TotalSeconds)} left");
        }

        return string.Join(", ", parts);
    }

    /// <summary>Takes an event in.</summary>
    /// <param name="happened">The event.</param>
    public void Watch(NodeEvent happened)
    {
        switch (happened)
        {
            case RunBegun begun:
                _line.Event($"{begun.Lease.Key.Name}: running{(begun.Lease.Epoch > 1 ? $" (claim {begun.Lease.Epoch})" : "")}");
                break;
            case RunCompleted completed:
                _line.Event($"{completed.Lease.Key.Name}: done");
                break;
            case RunFailed failed:
                _line.Event($"{failed.Lease.Key.Name}: {(failed.Status == CellStatus.Failed ? "FAILED" : "failed, will be tried again")}: {failed.Reason}");
                break;
            case RunReleased released:
                _line.Event($"{released.Lease.Key.Name}: stopped, given back to the queue");
                break;
            case LeaseLost lost:
                _line.Event($"{lost.Lease.Key.Name}: no longer ours: it was cancelled or paused, or another node has it");
                break;
            case RunHeld held:
                _line.Event($"{held.Lease.Key.Name}: another process still runs it; waiting for that to end");
                break;
            case CoordinatorSilent silent:
                _line.Event($"the grid coordinator does not answer; retrying: {silent.Message}");
                break;
            case CoordinatorBack:
                _line.Event("the grid coordinator answers again");
                break;
            case Standing standing:
                _line.Show(Line(standing.Progress));
                break;
        }
    }

    /// <summary>Ends the line that renews itself.</summary>
    public void Finish() => _line.Finish();
}
