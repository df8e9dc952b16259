using System.Collections.Concurrent;
using System.Diagnostics;
using PlaNet.Runs.Actors;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>The paths of messages as traces. Alone, because a listener hears every run of the process.</summary>
[Collection(nameof(Alone))]
public sealed class ActorTraceTests
{
    [Fact]
    public void A_decision_and_an_update_are_one_tree_each_and_listening_changes_no_result()
    {
        using var folder = new TemporaryFolder();
        var all = new ConcurrentQueue<Activity>();
        using (Listen(all))
        {
            Assert.True(SmallRun.Run(folder["run"], experiment: ShortRun.Experiment).Complete);
        }

        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
        var decisions = Trees(all, "receive DecideActions").Where(tree => tree.Any(span => span.OperationName == "decision")).ToArray();
        Assert.NotEmpty(decisions);
        foreach (var tree in decisions)
        {
            var names = tree.Select(span => $"{span.GetTagItem("planet.role")} {span.OperationName}").ToHashSet();
            Assert.Superset(
                new HashSet<string>(
                [
                    "collector/planner receive DecideActions", "collector/planner work DecideActions", " decision", " encoder",
                    "collector receive ActionsDecided", "collector/environment-0 receive StepEnvironment",
                    "collector/environment-0 work StepEnvironment", "collector receive Observed",
                ]),
                names);
            Assert.Equal("work DecideActions", tree.Single(span => span.OperationName == "decision").Parent!.OperationName);
        }

        var updates = Trees(all, "receive SampleBatch");
        Assert.Equal(5, updates.Length);
        Assert.All(updates, tree =>
        {
            var names = tree.Select(span => span.OperationName).ToArray();
            string[] path =
                ["work SampleBatch", "receive BatchSampled", "receive UpdateModel", "update", "receive ModelUpdated", "receive WriteEvent"];
            Assert.All(path, name => Assert.Contains(name, names));
        });
    }

    [Fact]
    public void Phases_of_a_trace_that_is_not_sampled_begin_no_trace()
    {
        using var folder = new TemporaryFolder();
        var all = new ConcurrentQueue<Activity>();
        using (Listen(all, sampled: false))
        {
            Assert.True(SmallRun.Run(folder["run"], experiment: ShortRun.Experiment).Complete);
        }

        Assert.DoesNotContain(all, span => span.Source.Name == Phases.SourceName);
        Assert.DoesNotContain(all, span => span.Recorded);
    }

    [Fact]
    public async Task A_failure_marks_its_span_and_a_reply_belongs_to_the_trace_of_the_order()
    {
        var all = new ConcurrentQueue<Activity>();
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (Listen(all))
        {
            var child = Behavior.Of(_ => Next.With(0), (_, message, context) => message is Order
                ? Next.With(1, new Run("device", _ => throw new InvalidOperationException("broken")) { Failed = _ => new Failed() })
                : Next.With(0, new Tell(context.Parent, message)));
            var top = Behavior.Of(_ => Next.With(0, new Spawn("child", child)), (state, message, _) =>
            {
                if (message is Failed)
                {
                    ended.TrySetResult(true);
                }

                return message is Order ? Next.With(state, new TellChild("child", message)) : Next.With(state);
            });
            var system = new RoleSystem(
                "top", top, _ => Akka.Actor.Directive.Stop, SmallRun.NoBackoff, TimeProvider.System, _ => { });
            system.Tell(new Order());
            Assert.True(await system.EndAsync(ended.Task.WaitAsync(TimeSpan.FromSeconds(60)), TimeSpan.FromSeconds(60)));
        }

        var tree = Assert.Single(Trees(all, "receive Order"));
        Assert.Equal(
            ["top receive Order", "child receive Order", "child work Order", "child receive Failed", "top receive Failed"],
            tree.OrderBy(span => span.StartTimeUtc).Select(span => $"{span.GetTagItem("planet.role")} {span.OperationName}"));
        var failed = tree.Single(span => span.OperationName == "work Order");
        Assert.Equal((ActivityStatusCode.Error, "InvalidOperationException: broken"), (failed.Status, failed.StatusDescription));
    }

    private static ActivityListener Listen(ConcurrentQueue<Activity> stopped, bool sampled = true)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is ActorTrace.SourceName or Phases.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                sampled ? ActivitySamplingResult.AllDataAndRecorded
                : options.Parent == default ? ActivitySamplingResult.PropagationData
                : ActivitySamplingResult.None,
            ActivityStopped = stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    // The activities of each trace that begins with this one; all others of the trace descend from it.
    private static Activity[][] Trees(IEnumerable<Activity> all, string root)
    {
        var trees = all.GroupBy(span => span.TraceId).Select(trace => trace.ToArray())
            .Where(trace => Array.Exists(trace, span => span.ParentSpanId == default && span.OperationName == root))
            .ToArray();
        foreach (var tree in trees)
        {
            var spans = tree.Select(span => span.SpanId).ToHashSet();
            Assert.Single(tree, span => span.ParentSpanId == default);
            Assert.All(tree.Where(span => span.ParentSpanId != default), span => Assert.Contains(span.ParentSpanId, spans));
        }

        return trees;
    }

    private sealed record Order;

    private sealed record Failed;
}
