using PlaNet.MuJoCo;

namespace PlaNet.Tests.MuJoCo;

public sealed class MjDataTests
{
    [Fact]
    public void A_falling_ball_follows_semi_implicit_Euler_integration()
    {
        using var model = MjModel.FromXml(MjModelTests.Ball);
        using var data = new MjData(model);
        for (var i = 0; i < 10; i++)
        {
            data.Step();
        }

        Assert.Equal(-9.81 * 0.02, data.Qvel[1], 1e-12);
        Assert.Equal(-9.81 * 0.002 * 0.002 * 55, data.Qpos[1], 1e-12);
        Assert.Equal(0.02, data.Time, 1e-12);
    }

    [Fact]
    public void A_control_step_equals_its_single_steps_and_updates_kinematics_and_sensors()
    {
        using var model = MjModel.FromXml(MjModelTests.Ball);
        using var whole = new MjData(model);
        using var single = new MjData(model);
        whole.Forward();
        single.Forward();
        (whole.Ctrl[0], single.Ctrl[0]) = (1.5, 1.5);
        for (var i = 0; i < 100; i++)
        {
            whole.ControlStep(5);
            for (var j = 0; j < 5; j++)
            {
                single.Step();
            }
        }

        Assert.Equal(single.Qpos.ToArray(), whole.Qpos.ToArray());
        Assert.Equal(single.Qvel.ToArray(), whole.Qvel.ToArray());
        Assert.Equal(1 + whole.Qpos[1], whole.Xpos[5]);
        Assert.Equal(whole.Qpos[1], whole.SensorData[0]);
        Assert.NotEqual(single.Qpos[1], single.SensorData[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => whole.ControlStep(0));
    }

    [Theory]
    [InlineData(1e12, "QVEL")]
    [InlineData(double.NaN, "Nan, Inf or huge value")]
    public void A_warning_is_an_error_that_names_it_and_the_data_must_then_be_reset(double velocity, string name)
    {
        using var model = MjModel.FromXml(MjModelTests.Ball);
        using var data = new MjData(model);
        data.Forward();
        data.Qvel[1] = velocity;
        Assert.Contains(name, Assert.Throws<MuJoCoException>(() => data.ControlStep(2)).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("reset", Assert.Throws<MuJoCoException>(data.Step).Message, StringComparison.Ordinal);
        data.Reset();
        data.Step();
    }

    [Fact]
    public void A_fatal_error_inside_a_step_is_an_exception_with_the_native_message_and_affects_no_other_model()
    {
        // The smallest stack that suffices while the box is in the air; contacts with the floor need more.
        using var model = SmallestStack();
        using var data = new MjData(model);
        data.Step();
        data.Qpos[2] = 0.05;
        Assert.Contains("stack", Assert.Throws<MuJoCoException>(data.Step).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("reset", Assert.Throws<MuJoCoException>(data.Forward).Message, StringComparison.Ordinal);
        data.Reset();
        data.Step();
        using var healthy = MjModel.FromXml(MjModelTests.Ball);
        using var other = new MjData(healthy);
        other.Step();

        static MjModel SmallestStack()
        {
            for (var size = 50; ; size += 50)
            {
                try
                {
                    return MjModel.FromXml($"""
                        <mujoco>
                          <size nstack="{size}"/>
                          <worldbody>
                            <geom type="plane" size="2 2 0.1"/>
                            <body pos="0 0 1"><freejoint/><geom type="box" size="0.1 0.1 0.1"/></body>
                          </worldbody>
                        </mujoco>
                        """);
                }
                catch (MuJoCoException tooSmall)
                    when (tooSmall.Message.Contains("overflow", StringComparison.OrdinalIgnoreCase) && size < 5000)
                {
                    continue;
                }
            }
        }
    }

    [Fact]
    public void A_restored_state_continues_bit_for_bit()
    {
        using var model = MjModel.FromXml(MjModelTests.Ball);
        using var data = new MjData(model);
        using var copy = new MjData(model);
        data.Forward();
        data.Ctrl[0] = 0.3;
        for (var i = 0; i < 80; i++)
        {
            data.ControlStep(3);
        }

        var saved = data.SaveState();
        copy.CopyFrom(data);
        data.ControlStep(200);
        var expected = data.SaveState();
        copy.ControlStep(200);
        data.RestoreState(saved);
        data.ControlStep(200);
        foreach (var found in new[] { data.SaveState(), copy.SaveState() })
        {
            Assert.Equal(expected.Time, found.Time);
            Assert.Equal(expected.Positions, found.Positions);
            Assert.Equal(expected.Velocities, found.Velocities);
            Assert.Equal(expected.WarmStart, found.WarmStart);
            Assert.Equal(expected.Sensors, found.Sensors);
        }

        Assert.Throws<ArgumentException>(() => data.RestoreState(saved with { Positions = [1] }));
    }

    [Fact]
    public void Data_of_another_model_is_refused()
    {
        using var model = MjModel.FromXml(MjModelTests.Ball);
        using var twin = MjModel.FromXml(MjModelTests.Ball);
        using var data = new MjData(model);
        using var other = new MjData(twin);
        Assert.Throws<ArgumentException>(() => data.CopyFrom(other));
    }
}
