using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Tests.Runs;

/// <summary>The metrics role without an actor system: messages in, effects out.</summary>
public sealed class MetricsTests
{
    [Fact]
    public void Events_are_written_once_each_and_in_order_over_all_incarnations()
    {
        var written = new List<string>();
        var props = MetricsActor.Create(RoleHarness.Parts with { Watch = happened => written.Add(((RunWarning)happened).Message) });
        Assert.Equal(new EventWritten(1), Write(new RoleHarness(props), 1));

        // The first incarnation failed to write the second event, so that the third arrives first.
        var next = new RoleHarness(props);
        RoleHarness.Sent<MetricsReady>(next.Started);
        Assert.Null(Write(next, 3));
        Assert.Equal(new EventWritten(1), Write(next, 1));
        Assert.Equal(new EventWritten(2), Write(next, 2));
        Assert.Equal(new EventWritten(3), Write(next, 3));
        Assert.Equal(new EventWritten(2), Write(next, 2));
        Assert.Equal(["1", "2", "3"], written);
    }

    private static object? Write(RoleHarness metrics, long number)
    {
        var write = new WriteEvent(number, new RunWarning(new RunProgress(), $"{number}"));
        return Assert.IsType<Run>(Assert.Single(metrics.Tell(write))).Work(CancellationToken.None);
    }
}
