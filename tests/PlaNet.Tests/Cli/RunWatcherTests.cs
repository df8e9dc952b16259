using PlaNet.Cli;
using PlaNet.Runs;
using PlaNet.Runs.Schedule;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

public sealed class RunWatcherTests
{
    [Fact]
    public void A_decision_beside_the_updates_does_not_take_their_number_back()
    {
        using var folder = new TemporaryFolder();
        using var output = new StringWriter();
        using var watcher = new RunWatcher(
            SmallRun.Experiment, new RunFolder(folder["run"]), new PlanetSettings { ProgressSeconds = 0 }, output);
        var ordered = new RunProgress(SeedEpisodes: 2, Updates: 5);
        watcher.Watch(new UpdateDone(ordered with { Updates = 9 }, new UpdateMetrics(1, 1, 1, 1, 1), 0.1));
        watcher.Watch(new DecisionMade(ordered, RunStep.Collect, 3, 10));
        var shown = output.ToString().TrimEnd().Split('\n')[^1];
        Assert.Contains("updates 9", shown);
        Assert.Contains("collecting, decision 3 of 10", shown);
    }
}
