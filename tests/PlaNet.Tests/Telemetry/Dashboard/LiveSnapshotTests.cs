using PlaNet.Telemetry.Dashboard;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry.Dashboard;

/// <summary>Whatever stands in <c>live.json</c>, what can be read of it is shown, and the rest is not known.</summary>
public sealed class LiveSnapshotTests
{
    private const string Whole = """
        { "time": "2026-11-30T01:20:30.1Z", "pid": 123, "started": "2026-11-30T01:00:00Z",
          "progress": { "step": 12, "updates": 1200, "updates_planned": 14501, "episodes": 30, "episodes_planned": 150,
                        "decision": 17, "decisions": 125 },
          "seconds_left": 512.3, "rates": { "updates_per_second": 14.8, "decisions_per_second": 20.1 }, "memory_bytes": 1073741824,
          "roles": [ { "name": "learner", "restarts": 1, "mailbox": 2, "messages": 1234, "busy_seconds": 61.2, "doing": "update 1200" } ],
          "decision": { "episode": 31, "task": "cartpole_swingup", "decision": 17, "action": [0.3], "belief_mean": [[0.1], [0.2]],
                        "belief_std": [[1], [0.5]], "predicted_rewards": [0.7, 0.8], "predicted_reward": 0.71, "reward": 0.69 } }
        """;

    [Fact]
    public void All_of_a_whole_file_is_read()
    {
        var live = Read(Whole)!;
        Assert.Equal(new DateTimeOffset(2026, 11, 30, 1, 20, 30, 100, TimeSpan.Zero), live.Time);
        Assert.Equal((1200, 14501, 512.3), (live.Updates, live.UpdatesPlanned, live.SecondsLeft));
        Assert.Equal((30, 150), (live.Episodes, live.EpisodesPlanned));
        Assert.Equal(new LiveRole("learner", 1, 2, 1234, 61.2, "update 1200"), Assert.Single(live.Roles));
        Assert.Equal(0.71, live.Decision!.PredictedReward);
        Assert.Equal([[0.1], [0.2]], live.Decision.BeliefMean);
    }

    [Fact]
    public void Every_beginning_of_the_file_is_the_same_as_no_file()
    {
        for (var length = 0; length < Whole.TrimEnd().Length; length++)
        {
            Assert.Null(Read(Whole[..length]));
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("3")]
    public void A_file_that_is_no_object_is_the_same_as_no_file(string text) => Assert.Null(Read(text));

    [Fact]
    public void Members_of_another_type_are_not_known_and_the_others_are()
    {
        var live = Read("""
            { "time": 3, "pid": "x", "progress": [], "rates": null, "memory_bytes": 5, "seconds_left": "soon",
              "roles": [ 3, {}, { "name": 7 }, { "name": "learner", "restarts": "many", "doing": ["a"] } ],
              "decision": { "action": "left", "belief_mean": [[1, 2], [3]], "belief_std": [["a"]], "predicted_rewards": [1, null] } }
            """)!;
        Assert.Equal((null, null, null, null, 5), (live.Time, live.Pid, live.Updates, live.SecondsLeft, live.MemoryBytes));
        Assert.Equal(new LiveRole("learner", null, null, null, null, null), Assert.Single(live.Roles));
        Assert.Empty(live.Decision!.Action);
        Assert.Empty(live.Decision.BeliefMean);
        Assert.Empty(live.Decision.BeliefStd);
        Assert.Empty(live.Decision.PredictedRewards);
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["elsewhere"], Whole);
        Directory.CreateDirectory(folder["run"]);
        File.CreateSymbolicLink(folder["run/live.json"], folder["elsewhere"]);
        Assert.Null(LiveSnapshot.Read(folder["run"]));
    }

    private static LiveSnapshot? Read(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["live.json"], text);
        return LiveSnapshot.Read(folder.Path);
    }
}
