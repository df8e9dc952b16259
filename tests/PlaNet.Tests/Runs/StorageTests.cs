using PlaNet.Common;
using PlaNet.Runs;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>Runs on a full or read-only disk.</summary>
public sealed class StorageTests
{
    [Fact]
    public void A_run_on_a_full_disk_fails_with_the_reason_and_resumes_like_an_undisturbed_one()
    {
        using var disk = new SmallDisk(kibibytes: 16384);
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["whole"]);
        disk.Fill(leave: 200_000);
        var failure = Assert.Throws<StorageException>(() => SmallRun.Run(disk["run"]));
        Assert.Equal(StorageProblem.Full, failure.Problem);
        Assert.Contains(disk["run"], failure.Message);
        Assert.StartsWith("FAILED: The disk is full", File.ReadAllText(disk["run/state"]));
        disk.Empty();
        Assert.True(SmallRun.Run(disk["run"]).Complete);
        Assert.Equal(SmallRun.Fingerprint(folder["whole"]), SmallRun.Fingerprint(disk["run"]));
        Assert.Empty(SmallRun.Unfinished(disk["run"]));
    }

    [Fact]
    public void A_disk_that_is_full_at_any_file_ends_the_run_as_failed_and_the_run_resumes_when_there_is_space()
    {
        using var disk = new SmallDisk(kibibytes: 16384);
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["whole"]);

        // The file of events for TensorBoard grows with every update and would sometimes need the next page first.
        var settings = SmallRun.NoBackoff;
        var withoutEvents = settings with { Planet = settings.Planet with { Telemetry = new() { Tensorboard = false } } };

        // Files of the start, one page after the other: the record of the experiment, the state and the settings.
        foreach (var room in new[] { 0, 4096, 8192, 12288 })
        {
            disk.Fill(leave: room);
            var refusal = Assert.ThrowsAny<Exception>(() => SmallRun.Run(disk["run"]));
            Assert.Contains("No space left on device", refusal.Message);
            Assert.Contains(disk["run"], refusal.Message);
            Assert.True(!File.Exists(disk["run/state"]) || IsFailed(""));
            disk.Empty();
        }

        Fails("episodes/train/", happened => happened is RunStarted);
        Fails("checkpoints/.000000001.tmp/", happened => happened is EpisodeCollected);
        Fails("refused-update-0.safetensors", happened => happened is CheckpointSaved { Progress.Step: 3 }, "learner.update@1=nan");
        Fails("videos/evaluation-00004.gif", happened => happened is DecisionMade { Step: RunStep.Evaluate, Decision: 2 });
        Fails("state", happened => happened is CheckpointSaved { Progress.Step: 18 });

        // The state and the temporary file of its successor take a page each.
        Fails("report/index.html", happened => happened is RunStarted, room: 8192);
        Assert.True(SmallRun.Run(disk["run"]).Complete);
        Assert.Equal(SmallRun.Fingerprint(folder["whole"]), SmallRun.Fingerprint(disk["run"]));
        Assert.Equal("DONE\n", File.ReadAllText(disk["run/state"]));

        void Fails(string file, Func<RunEvent, bool> fill, string? fault = null, int room = 0)
        {
            var failure = Assert.Throws<StorageException>(() => SmallRun.Run(
                disk["run"],
                (happened, _) =>
                {
                    if (fill(happened) && !File.Exists(disk["ballast"]))
                    {
                        disk.Fill(room);
                    }
                },
                faults: fault,
                settings: withoutEvents));
            Assert.Equal(StorageProblem.Full, failure.Problem);
            Assert.True(failure.Message.Contains(disk["run/" + file], StringComparison.Ordinal), failure.Message);
            Assert.True(IsFailed("The disk is full: could not write "));
            Assert.Empty(SmallRun.Unfinished(disk["run"]));
            disk.Empty();
        }

        bool IsFailed(string reason) => File.ReadAllText(disk["run/state"]).StartsWith("FAILED: " + reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("settings.conf")]
    [InlineData("metrics.jsonl")]
    [InlineData("report/index.html")]
    [InlineData("videos/evaluation-00004.gif")]
    public void A_run_that_cannot_write_a_file_is_not_taken_for_running(string name)
    {
        using var folder = new TemporaryFolder();
        RunDirectory.Open(folder["run"], SmallRun.Experiment, 3, new Dictionary<string, string>()).Dispose();
        Directory.CreateDirectory(Path.Combine(folder["run"], name));
        var failure = Assert.ThrowsAny<Exception>(() => SmallRun.Run(folder["run"]));
        Assert.Contains(name, failure.Message);
        Assert.StartsWith("FAILED: ", File.ReadAllText(folder["run/state"]));
        Assert.Empty(SmallRun.Unfinished(folder["run"]));
    }

    [Fact]
    public void A_run_in_a_read_only_folder_is_refused_and_not_taken_for_running()
    {
        using var disk = new SmallDisk(kibibytes: 16384);
        RunDirectory.Open(disk["run"], SmallRun.Experiment, 3, new Dictionary<string, string>()).Dispose();
        disk.MakeReadOnly();
        var refusal = Assert.Throws<RunException>(() => SmallRun.Run(disk["run"]));
        Assert.Contains("read-only", refusal.Message);
        Assert.Contains(disk["run"], refusal.Message);
        Assert.Contains("--out", refusal.Message);
    }

    [Fact]
    public void A_metrics_log_that_cannot_grow_fails_with_a_storage_error()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["metrics.jsonl"], "/dev/full");
        using var metrics = new RunMetrics(folder["metrics.jsonl"]);
        var failure = Assert.Throws<StorageException>(() => metrics.Write(new CheckpointSaved(new RunProgress(), "x", 1)));
        Assert.Equal(StorageProblem.Full, failure.Problem);
    }
}
