using PlaNet.Runs.Faults;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs.Faults;

public sealed class FaultInjectorTests
{
    [Fact]
    public void Only_the_named_visit_of_the_named_point_fails_and_Fired_is_raised_first()
    {
        var faults = Make("env.step@2=crash");
        var fired = new List<Fault>();
        faults.Fired += fired.Add;
        Assert.Null(faults.Reach(FaultPoint.EnvironmentStep, default));
        Assert.Null(faults.Reach(FaultPoint.EnvironmentReset, default));
        Assert.Null(faults.Reach(FaultPoint.EnvironmentReset, default));
        Assert.Empty(fired);
        var crash = Assert.Throws<InjectedFaultException>(() => faults.Reach(FaultPoint.EnvironmentStep, default));
        Assert.Contains("env.step@2=crash", crash.Message, StringComparison.Ordinal);
        Assert.Equal("env.step@2=crash", Assert.Single(fired).ToString());
        Assert.Null(faults.Reach(FaultPoint.EnvironmentStep, default));
    }

    [Fact]
    public void A_full_disk_raises_the_error_of_the_operating_system()
    {
        var full = Assert.Throws<IOException>(() => Make("metrics.write@1=disk-full").Reach(FaultPoint.MetricsWrite, default));
        Assert.StartsWith("No space left on device", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Actions_that_the_caller_has_to_carry_out_are_returned()
    {
        Assert.Equal(FaultAction.Nan, Make("learner.update@1=nan").Reach(FaultPoint.LearnerUpdate, default)?.Action);
        Assert.Equal(FaultAction.Torn, Make("replay.append@1=torn").Reach(FaultPoint.ReplayAppend, default)?.Action);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hang_ends_with_its_incarnation_or_with_the_run(bool endsRun)
    {
        using var ends = new CancellationTokenSource();
        using var lasts = new CancellationTokenSource();
        var faults = new FaultInjector(FaultPlan.Parse(["env.step@1=hang"]), endsRun ? ends.Token : lasts.Token);
        var reached = new TaskCompletionSource();
        faults.Fired += _ => reached.SetResult();
        var hanging = Task.Run(
            () => faults.Reach(FaultPoint.EnvironmentStep, endsRun ? lasts.Token : ends.Token), TestContext.Current.CancellationToken);
        await reached.Task;
        Assert.False(hanging.IsCompleted);
        await ends.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
    }

    [Fact]
    public void A_torn_file_is_half_a_file_under_its_name()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "12345678");
        Assert.Throws<InjectedFaultException>(() => FaultInjector.Tear(folder["file"], Fault.Parse("replay.append@1=torn")));
        Assert.Equal("1234", File.ReadAllText(folder["file"]));
    }

    private static FaultInjector Make(string plan) => new(FaultPlan.Parse([plan]), CancellationToken.None);
}
