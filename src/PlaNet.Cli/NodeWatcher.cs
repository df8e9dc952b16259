using System.Globalization;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>Prints a line for every event of a node, and the progress of all cells, on one updating line of a terminal.</summary>
public sealed class NodeWatcher
{
    private readonly StatusLine _line;

    /// <summary>Creates a watcher; pass <see cref="Watch"/> to the node.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="interval">Time between two progress lines when the output is not a terminal.</param>
    /// <param name="time">The clock.</param>
    public NodeWatcher(TextWriter output, TimeSpan interval, TimeProvider time)
    {
        _line = new StatusLine(output, interval, time);
    }

    /// <summary>Formats the progress of cells on one line.</summary>
    public static string Line(GridProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var parts = new List<string> { $"{progress.Count(CellStatus.Done)} of {progress.Cells} done" };
        foreach (var (status, word) in new[]
        {
            (CellStatus.Running, "running"), (CellStatus.Queued, "queued"), (CellStatus.Failed, "failed"), (CellStatus.Paused, "paused"),
            (CellStatus.Cancelled, "cancelled"),
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

    /// <summary>Prints an event.</summary>
    public void Watch(NodeEvent nodeEvent)
    {
        switch (nodeEvent)
        {
            case RunBegun begun:
                _line.Event($"{begun.Lease.Key.Name}: running{(begun.Lease.Epoch > 1 ? $" (claim {begun.Lease.Epoch})" : "")}");
                break;
            case RunCompleted completed:
                _line.Event($"{completed.Lease.Key.Name}: done");
                break;
            case RunFailed failed:
                var outcome = failed.Status == CellStatus.Failed ? "FAILED" : "failed, will be retried";
                _line.Event($"{failed.Lease.Key.Name}: {outcome}: {failed.Reason}");
                break;
            case RunReleased released:
                _line.Event($"{released.Lease.Key.Name}: stopped, given back to the queue");
                break;
            case LeaseLost lost:
                _line.Event($"{lost.Lease.Key.Name}: lease lost: the run was cancelled or paused, or another node has claimed it");
                break;
            case RunDirectoryLocked locked:
                _line.Event($"{locked.Lease.Key.Name}: another process still holds the run directory; waiting for that process to end");
                break;
            case CoordinatorUnavailable unavailable:
                _line.Event($"the grid coordinator does not reply; retrying: {unavailable.Message}");
                break;
            case CoordinatorRecovered:
                _line.Event("the grid coordinator replies again");
                break;
            case ProgressUpdated updated:
                _line.Show(Line(updated.Progress));
                break;
        }
    }

    /// <summary>Ends the updating line.</summary>
    public void Finish() => _line.Finish();
}
