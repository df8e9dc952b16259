using PlaNet.Cli;
using PlaNet.Cluster.Stores;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cluster;

/// <summary>A grid of small real runs through a real Slurm.</summary>
[Collection(nameof(Alone))]
public sealed class SlurmTests(SlurmCluster slurm) : IClassFixture<SlurmCluster>
{
    [Fact]
    public async Task A_task_that_is_signalled_to_stop_is_requeued_and_completes_the_grid()
    {
        Assert.SkipWhen(SlurmCluster.Missing is not null, SlurmCluster.Missing ?? "");
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        string[] runs = ["--runs", folder["it's here"]];
        var listen = $"127.0.0.1:{FreePort.Take()}";
        using var grid = PlanetProcess.Start(["grid", .. SmallGrid.Words, .. runs, "--listen", listen, "--workers", "0"], settings);
        await grid.Printed("others join with");
        var (code, _, error) = await PlanetProcess.Run(
            ["slurm", .. SmallGrid.Words, .. runs, "--join", listen, "--out", folder["job"]], settings);
        Assert.True(code == ExitCode.Success, error);
        var job = slurm.Ask(folder.Path, [settings], ["sbatch", "--parsable", "job"]).Trim();
        var task = job + "_1";
        using var store = SmallGrid.Store(folder["it's here"]);

        await slurm.Until(() => store.List().Any(row => row.State is { Status: CellStatus.Running, Step: > 0 }));
        // Slurm sends this signal itself shortly before the time limit.
        slurm.Ask("scancel", "--batch", "--signal=USR1", task);
        await slurm.Until(() =>
            Show(task) is var shown
                && shown.Contains("JobState=PENDING", StringComparison.Ordinal)
                && shown.Contains("Restarts=1", StringComparison.Ordinal));
        Assert.All(store.List(), row => Assert.NotEqual(CellStatus.Running, row.State.Status));
        Assert.Contains(store.List(), row => row.State.Status == CellStatus.Queued);

        // Slurm would wait two minutes before it restarts a requeued job. An immediate start can fail: Slurm revokes credentials by the
        // second in which they were issued, so a credential issued in the second of a revocation is revoked too.
        slurm.Ask("scontrol", "update", "JobId=" + task, "StartTime=now+5");
        await slurm.Until(() => Show(task).Contains("JobState=COMPLETED", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Success, (await grid.End()).Code);
        Assert.All(store.List(), row =>
        {
            Assert.Equal(CellStatus.Done, row.State.Status);
            Assert.Single(store.History(row.Key), happened => happened.Status == CellStatus.Done);
            Assert.Equal("DONE\n", File.ReadAllText(folder[$"it's here/{row.Key.Name}/state"]));
        });
        var log = File.ReadAllText(folder[$"slurm-{task}.out"]);
        Assert.Contains("started again 0 time(s)", log);
        Assert.Contains("given back to the queue", log);
        Assert.Contains("started again 1 time(s)", log);
    }

    private string Show(string task) => slurm.Ask("scontrol", "show", "job", task);
}
