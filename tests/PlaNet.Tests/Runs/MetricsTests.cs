using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Tests.Runs;

/// <summary>The metrics without a host: messages in, effects out.</summary>
public sealed class MetricsTests
{
    [Fact]
    public void Events_are_written_once_each_and_in_order_over_all_incarnations()
    {
        var written = new List<string>();
        var props = MetricsActor.Create(Rehearsal.Parts with { Watch = happened => written.Add(((RunWarning)happened).Message) });
        Assert.Equal(new EventWritten(1), Write(new Rehearsal(props), 1));

        // The third was told before the second was written, which the first incarnation failed at.
        var next = new Rehearsal(props);
        Rehearsal.Told<MetricsReady>(next.Begun);
        Assert.Null(Write(next, 3));
        Assert.Equal(new EventWritten(1), Write(next, 1));
        Assert.Equal(new EventWritten(2), Write(next, 2));
        Assert.Equal(new EventWritten(3), Write(next, 3));
        Assert.Equal(new EventWritten(2), Write(next, 2));
        Assert.Equal(["1", "2", "3"], written);
    }

    private static object? Write(Rehearsal metrics, long number)
    {
        var note = new WriteEvent(number, new RunWarning(new RunProgress(), $"{number}"));
        return Assert.IsType<Run>(Assert.Single(metrics.Tell(note))).Work(CancellationToken.None);
    }
}
