using System.Globalization;
using PlaNet.Cluster.Collectors;

namespace PlaNet.Cli;

/// <summary>Prints a line for every event of a collector, and the progress of its episode, on one updating line of a terminal.</summary>
public sealed class CollectorWatcher
{
    private readonly StatusLine _line;
    private int _delivered;
    private string _run = "";

    /// <summary>Creates a watcher; pass <see cref="Watch"/> to the collector.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="interval">Time between two progress lines when the output is not a terminal.</param>
    /// <param name="time">The clock.</param>
    public CollectorWatcher(TextWriter output, TimeSpan interval, TimeProvider time)
    {
        _line = new StatusLine(output, interval, time);
    }

    /// <summary>Prints an event.</summary>
    public void Watch(CollectorEvent collectorEvent)
    {
        switch (collectorEvent)
        {
            case EpisodeBegun begun:
                _run = begun.Run;
                var request = begun.Request;
                var weights = request.WeightsVersion is { } version ? $" with weights version {version}" : "";
                var claim = begun.Epoch > 1 ? $" (claim {begun.Epoch})" : "";
                _line.Event($"{_run}: playing the episode of seed {request.Seed}{weights}{claim}");
                break;
            case EpisodeDecision decision:
                _line.Show($"{_run}: decision {decision.Decision} of {decision.Decisions}, {Delivered}");
                break;
            case EpisodeDelivered delivered:
                _delivered++;
                _line.Event(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_run}: delivered, return {delivered.Return:F1}, {delivered.Seconds:F1} s; {Delivered}"));
                break;
            case EpisodeLost lost:
                _line.Event($"{_run}: episode dropped: {lost.Reason}");
                break;
            case CollectorIdle:
                _line.Event("no episode requested: waiting for a run that requests one");
                break;
            case CollectorWarning warning:
                _line.Event($"warning: {warning.Message}");
                break;
        }
    }

    /// <summary>Ends the updating line, and prints the number of delivered episodes.</summary>
    public void Finish()
    {
        _line.Finish();
        _line.Event(Delivered);
    }

    private string Delivered => $"{_delivered} episode{(_delivered == 1 ? "" : "s")} delivered";
}
