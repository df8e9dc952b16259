using System.Globalization;
using PlaNet.Cluster.Collectors;

namespace PlaNet.Cli;

/// <summary>Says what a collector does: a line for every event, and how far the episode has come; the latter renews itself on a terminal.</summary>
public sealed class CollectorWatcher
{
    private readonly StatusLine _line;
    private int _delivered;
    private string _run = "";

    /// <summary>Begins to watch.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="interval">Time between two lines about an episode where the output is not a terminal.</param>
    /// <param name="time">The clock.</param>
    public CollectorWatcher(TextWriter output, TimeSpan interval, TimeProvider time)
    {
        _line = new StatusLine(output, interval, time);
    }

    /// <summary>Takes an event in.</summary>
    /// <param name="happened">The event.</param>
    public void Watch(CollectorEvent happened)
    {
        switch (happened)
        {
            case EpisodeBegun begun:
                _run = begun.Run;
                var request = begun.Request;
                _line.Event(
                    $"{_run}: playing the episode of seed {request.Seed}{(request.WeightsVersion is { } version ? $" with weights version {version}" : "")}{(begun.Epoch > 1 ? $" (claim {begun.Epoch})" : "")}");
                break;
            case EpisodeDecision decision:
                _line.Show($"{_run}: decision {decision.Decision} of {decision.Decisions}, {Delivered}");
                break;
            case EpisodeDelivered delivered:
                _delivered++;
                _line.Event(string.Create(
                    CultureInfo.InvariantCulture, $"{_run}: delivered, return {delivered.Return:F1}, {delivered.Seconds:F1} s; {Delivered}"));
                break;
            case EpisodeLost lost:
                _line.Event($"{_run}: what was played is dropped: {lost.Reason}");
                break;
            case CollectorIdle:
                _line.Event("nothing to play: waiting for a run that wants episodes");
                break;
            case CollectorWarning warning:
                _line.Event($"warning: {warning.Message}");
                break;
        }
    }

    /// <summary>Ends the line that renews itself, and says what was done.</summary>
    public void Finish()
    {
        _line.Finish();
        _line.Event(Delivered);
    }

    private string Delivered => $"{_delivered} episode{(_delivered == 1 ? "" : "s")} delivered";
}
