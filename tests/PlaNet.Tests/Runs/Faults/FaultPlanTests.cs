using PlaNet.Runs;
using PlaNet.Runs.Faults;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs.Faults;

public sealed class FaultPlanTests
{
    [Fact]
    public void Options_that_are_repeated_and_lists_with_commas_are_one_plan()
    {
        var plan = FaultPlan.Parse(["learner.update@37=crash,env.step@100=hang", "checkpoint.write@2=disk-full"]);
        Assert.Equal("learner.update@37=crash,env.step@100=hang,checkpoint.write@2=disk-full", plan.ToString());
        Assert.Equal(new Fault(FaultPoint.EnvironmentStep, 100, FaultAction.Hang), plan.Faults[1]);
        Assert.Empty(FaultPlan.Parse([]).Faults);
    }

    [Theory]
    [InlineData("learner.updaet@1=crash", "no fault point learner.updaet", "Did you mean learner.update?", "supervisor.step")]
    [InlineData("learner.update@1=crahs", "no action crahs", "Did you mean crash?", "crash, hang, kill, nan")]
    [InlineData("env.step@1=torn", "env.step does not support torn", "crash, hang, kill")]
    [InlineData("replay.append@1=nan", "replay.append does not support nan", "crash, hang, kill, disk-full, torn")]
    [InlineData("env.step@0=crash", "the visit is 0", "from 1 to")]
    [InlineData("env.step@-1=crash", "the visit is -1", "from 1 to")]
    [InlineData("env.step@many=crash", "the visit is many", "from 1 to")]
    [InlineData("env.step@99999999999=crash", "the visit is 99999999999", "from 1 to 2147483647")]
    [InlineData("env.step=crash", "POINT@VISIT=ACTION", "learner.update@37=crash")]
    [InlineData("", "POINT@VISIT=ACTION")]
    [InlineData("env.step@1=crash,", "POINT@VISIT=ACTION")]
    [InlineData("env.step@1=crash,env.step@1=kill", "env.step@1=crash,env.step@1=kill", "a visit of env.step")]
    public void An_invalid_fault_is_refused_with_the_valid_choices(string text, params string[] parts)
    {
        var message = Assert.Throws<RunException>(() => FaultPlan.Parse([text])).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_point_and_action_is_read_as_it_is_written()
    {
        foreach (var fault in FaultPoint.All.SelectMany(point => point.Actions.Select(action => new Fault(point, 3, action))))
        {
            Assert.Equal(fault, Fault.Parse(fault.ToString()));
        }
    }

    [Fact]
    public void Each_start_with_a_plan_is_a_line_in_the_run_directory()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder["."]);
        FaultPlan.None.Record(run);
        Assert.False(File.Exists(run.FaultsFile));
        FaultPlan.Parse(["env.step@1=crash", "env.step@2=hang"]).Record(run);
        FaultPlan.Parse(["env.step@7=kill"]).Record(run);
        Assert.Equal(["env.step@1=crash,env.step@2=hang", "env.step@7=kill"], File.ReadAllLines(run.FaultsFile));
    }
}
