using PlaNet.Runs;
using PlaNet.Tensors;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>Failures that end a run: what is kept, and that the same command resumes it.</summary>
public sealed class FailedRunTests
{
    [Theory]
    [InlineData("checkpoint.write@3=disk-full")]
    [InlineData("replay.append@3=disk-full")]
    [InlineData("metrics.write@6=disk-full")]
    public void A_full_disk_ends_the_run_and_harms_nothing_that_was_saved(string fault)
    {
        using var folder = new TemporaryFolder();
        var full = Assert.ThrowsAny<IOException>(() => SmallRun.Run(folder["run"], experiment: ShortRun.Experiment, faults: fault));
        Assert.Contains("No space left on device", full.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["000000001", "000000002"],
            Directory.GetDirectories(folder["run/checkpoints"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(SmallRun.Unfinished(folder["run"]));

        var (complete, events) = SmallRun.Run(folder["run"], experiment: ShortRun.Experiment);
        Assert.True(complete);
        Assert.DoesNotContain(events, happened => happened is RunWarning);
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    /// <summary>Two faults of a role whose budget is one restart, and the actor path in the failure.</summary>
    public static TheoryData<string, string> Budgets => new()
    {
        { "learner.update@3=crash,learner.update@4=crash", "/run/learner" },
        { "learner.publish@2=crash,learner.publish@3=crash", "/run/learner" },
        { "replay.sample@3=crash,replay.sample@4=crash", "/run/replay" },
        { "replay.append@3=crash,replay.append@4=crash", "/run/replay" },
        { "env.reset@3=crash,env.reset@4=crash", "/run/collector/environment-0" },
        { "env.step@19=crash,env.step@20=crash", "/run/collector/environment-0" },
        { "planner.decide@19=crash,planner.decide@20=crash", "/run/collector/planner" },
        { "collector.episode@3=crash,collector.episode@4=crash", "/run/collector" },
        { "evaluator.evaluate@1=crash,evaluator.evaluate@2=crash", "/run/evaluator" },
        { "evaluator.step@5=crash,evaluator.step@6=crash", "/run/evaluator" },
        { "metrics.write@6=crash,metrics.write@7=crash", "/run/metrics" },
        { "supervisor.step@9=crash,supervisor.step@10=crash", "/run" },
        { "checkpoint.write@3=crash,checkpoint.write@4=crash", "/run/learner" },
    };

    [Theory]
    [MemberData(nameof(Budgets))]
    public void A_role_that_exhausts_its_restarts_ends_the_run_and_the_same_command_resumes_it(string faults, string role)
    {
        using var folder = new TemporaryFolder();
        var once = SmallRun.Supervised(SmallRun.NoBackoff.Planet.Supervision with { MaxRestarts = 1 });
        var failure = Assert.Throws<RoleFailedException>(
            () => SmallRun.Run(folder["run"], experiment: ShortRun.Experiment, faults: faults, settings: once));
        Assert.StartsWith($"{role} failed 2 times in 600 s; last error: the injected fault ", failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetDirectories(folder["run/checkpoints"]));
        Assert.Empty(SmallRun.Unfinished(folder["run"]));

        Assert.True(SmallRun.Run(folder["run"], experiment: ShortRun.Experiment).Complete);
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void A_loss_that_is_not_a_number_once_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["run"], experiment: ShortRun.Experiment, faults: "learner.update@4=nan");
        Assert.True(complete);
        Assert.Contains(events, happened => happened is RunIncident { Source: "update" } incident
            && incident.Message.Contains("The run resumes from the newest checkpoint, once. The batch is in ", StringComparison.Ordinal));
        Assert.DoesNotContain(events, happened => happened is RunIncident { Source: "learner" });
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void A_loss_that_is_not_a_number_twice_ends_the_run_with_the_batch_saved()
    {
        using var folder = new TemporaryFolder();
        var failure = Assert.Throws<NonFiniteLossException>(
            () => SmallRun.Run(folder["run"], experiment: ShortRun.Experiment, faults: "learner.update@4=nan,learner.update@5=nan"));
        var batch = Path.Combine(folder["run"], "refused-update-3.safetensors");
        Assert.Contains("It happened again after resuming from the newest checkpoint", failure.Message, StringComparison.Ordinal);
        Assert.Contains(batch, failure.Message, StringComparison.Ordinal);
        using (var saved = Safetensors.Read(batch))
        {
            Assert.Equal([2L, 4, 64, 64, 3], saved.Tensors["image"].shape);
            Assert.Equal([2L, 4, 1], saved.Tensors["action"].shape);
            Assert.Equal([2L, 4], saved.Tensors["reward"].shape);
        }

        // The first checkpoint after the last collected episode still exists and is undamaged.
        Assert.True(Directory.Exists(folder["run/checkpoints/000000006"]));
        Assert.True(SmallRun.Run(folder["run"], experiment: ShortRun.Experiment).Complete);
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }
}
