using PlaNet.Environments;
using PlaNet.Environments.ControlSuite;

namespace PlaNet.Tests.Environments;

/// <summary>The task whose episodes end with a fall.</summary>
public sealed class SurvivalTests
{
    [Fact]
    public void An_idle_cart_loses_its_pole_at_30_degrees_and_every_step_until_then_earns_1()
    {
        using var environment = Reference.Bare("cartpole_survive");
        Assert.True(environment.Spec.Terminates);
        var physics = (CartpolePhysics)environment.Physics;
        environment.Reset(1);
        var limit = Math.Cos(Math.PI / 6);
        StepResult result;
        do
        {
            Assert.True(physics.PoleCosine >= limit);
            result = environment.Step([0]);
            Assert.Equal(1, result.Reward);
        }
        while (!result.Ended);

        Assert.True(result is { Terminated: true, Truncated: false });
        Assert.True(physics.PoleCosine < limit);
        Assert.Contains(
            "the last one ended",
            Assert.Throws<InvalidOperationException>(() => environment.Step([0])).Message,
            StringComparison.Ordinal);
        environment.Reset(1);
        Assert.False(environment.Step([0]).Ended);
    }

    [Theory]
    [InlineData(1.21, 0, true)]
    [InlineData(-1.21, 0, true)]
    [InlineData(1.15, 0, false)]
    [InlineData(0, 0.53, true)]
    [InlineData(0, -0.53, true)]
    [InlineData(0, 0.45, false)]
    public void The_episode_ends_outside_the_middle_of_the_rail_and_beyond_the_largest_angle(double cart, double angle, bool ends)
    {
        using var environment = Reference.Bare("cartpole_survive");
        environment.Reset(1);
        var data = environment.Physics.Data;
        (data.Qpos[0], data.Qpos[1]) = (cart, angle);
        data.Qvel.Clear();
        Assert.Equal(ends, environment.Step([0]).Terminated);
    }

    [Fact]
    public void A_controller_that_pushes_under_the_pole_survives_to_the_time_limit()
    {
        using var environment = TaskRegistry.Create("cartpole_survive");
        var seen = environment.Reset(3);
        var (steps, total) = (0, 0.0);
        StepResult result;
        do
        {
            var (position, velocity) = (seen.States["position"], seen.States["velocity"]);
            var push = (3 * position[2]) + (0.6f * velocity[1]) + (0.1f * position[0]) + (0.2f * velocity[0]);
            result = environment.Step([Math.Clamp(push, -1, 1)]);
            (seen, steps, total) = (result.Observation, steps + 1, total + result.Reward);
        }
        while (!result.Ended);

        Assert.True(result is { Terminated: false, Truncated: true }, $"it ended after {steps} decisions");
        Assert.Equal((250, 250.0), (steps, total));
    }

    [Fact]
    public void A_repeated_action_stops_at_the_end()
    {
        using var environment = TaskRegistry.Create("cartpole_survive", new TaskSettings { ActionRepeat = 1000 });
        environment.Reset(1);
        var result = environment.Step([1]);
        Assert.True(result.Terminated);
        Assert.InRange(result.Reward, 3, 30);
    }
}
