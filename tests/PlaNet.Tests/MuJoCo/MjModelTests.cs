using System.Text;
using PlaNet.MuJoCo;

namespace PlaNet.Tests.MuJoCo;

public sealed class MjModelTests
{
    internal const string Ball = """
        <mujoco>
          <worldbody>
            <light pos="0 0 3"/>
            <camera name="eye" pos="0 -2 1" xyaxes="1 0 0 0 0 1"/>
            <geom name="floor" type="plane" size="2 2 0.1" rgba="0.2 0.4 0.2 1"/>
            <body name="ball" pos="0 0 1">
              <joint name="x" type="slide" axis="1 0 0"/>
              <joint name="z" type="slide" axis="0 0 1"/>
              <geom name="ball" size="0.1" rgba="0.8 0.2 0.2 1"/>
            </body>
          </worldbody>
          <actuator>
            <motor name="push" joint="x" gear="2"/>
          </actuator>
          <sensor>
            <jointpos name="height" joint="z"/>
          </sensor>
        </mujoco>
        """;

    [Fact]
    public void Arrays_are_read_and_written_by_name()
    {
        using var model = MjModel.FromXml(Ball);
        Assert.Equal((2, 2, 1), (model.PositionCount, model.VelocityCount, model.ControlCount));
        var size = model.Doubles("geom_size");
        Assert.Equal((2, 3), (size.Rows, size.Columns));
        var ball = model.Id(MjObject.Geom, "ball");
        Assert.Equal(0.1, size.Row(ball)[0]);
        size.Row(ball)[0] = 0.25;
        Assert.Equal(0.25, model.Doubles("geom_size").Row(ball)[0]);
        Assert.Equal(0.8f, model.Floats("geom_rgba").Row(ball)[0]);
        Assert.Equal(-9.81, model.Doubles("opt.gravity")[2]);
        model.Timestep = 0.004;
        Assert.Equal(0.004, model.Doubles("opt.timestep")[0]);
        Assert.Equal(["x", "z"], model.Names(MjObject.Joint));
    }

    [Fact]
    public void Unknown_names_and_wrong_types_are_refused()
    {
        using var model = MjModel.FromXml(Ball);
        Assert.Contains(
            "floor, ball",
            Assert.Throws<MuJoCoException>(() => model.Id(MjObject.Geom, "cube")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "geom_volume",
            Assert.Throws<MuJoCoException>(() => model.Doubles("geom_volume")).Message,
            StringComparison.Ordinal);
        Assert.Contains("float", Assert.Throws<MuJoCoException>(() => model.Doubles("geom_rgba")).Message, StringComparison.Ordinal);
        Assert.Contains("nballs", Assert.Throws<MuJoCoException>(() => model.Size("nballs")).Message, StringComparison.Ordinal);
        using var data = new MjData(model);
        Assert.Contains("qposs", Assert.Throws<MuJoCoException>(() => data.Doubles("qposs")).Message, StringComparison.Ordinal);
        Assert.Throws<IndexOutOfRangeException>(() => data.Qpos[2]);
    }

    [Fact]
    public void Malformed_xml_is_refused_with_the_line()
    {
        var broken = Ball.Replace("<sensor>", "<sensor", StringComparison.Ordinal);
        var refusal = Assert.Throws<MuJoCoException>(() => MjModel.FromXml(broken));
        Assert.Matches("[Ll]ine.*1[5-9]", refusal.Message.ReplaceLineEndings(" "));
    }

    [Fact]
    public void Xml_that_violates_the_schema_is_refused_with_the_line()
    {
        var unknown = Assert.Throws<MuJoCoException>(
            () => MjModel.FromXml(Ball.Replace("size=\"0.1\"", "sise=\"0.1\"", StringComparison.Ordinal)));
        Assert.Contains("sise", unknown.Message, StringComparison.Ordinal);
        Assert.Matches("[Ll]ine.*9", unknown.Message.ReplaceLineEndings(" "));
        var dangling = Assert.Throws<MuJoCoException>(
            () => MjModel.FromXml(Ball.Replace("joint=\"x\"", "joint=\"y\"", StringComparison.Ordinal)));
        Assert.Contains("'y'", dangling.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MjModel.FromXml(" "));
    }

    [Fact]
    public void Included_files_are_found_among_the_assets()
    {
        var assets = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["option.xml"] = Encoding.UTF8.GetBytes("<mujoco><option timestep=\"0.5\"/></mujoco>")
        };
        var xml = Ball.Replace("<worldbody>", "<include file=\"option.xml\"/><worldbody>", StringComparison.Ordinal);
        using var model = MjModel.FromXml(xml, assets);
        Assert.Equal(0.5, model.Timestep);
        Assert.Contains("option.xml", Assert.Throws<MuJoCoException>(() => MjModel.FromXml(xml)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_model_cannot_be_read()
    {
        var model = MjModel.FromXml(Ball);
        var size = model.Doubles("geom_size");
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => size[0]);
        Assert.Throws<ObjectDisposedException>(() => model.Doubles("geom_size"));
    }

    [Fact]
    public void Models_compiled_in_parallel_have_the_same_random_sky_texture()
    {
        const string Sky = """
            <mujoco><asset><texture type="skybox" builtin="gradient" rgb1="0 0 1" rgb2="0 0 0" width="200" height="200" mark="random" markrgb="1 1 1"/></asset></mujoco>
            """;
        var skies = new string[8];
        Parallel.For(0, skies.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var model = MjModel.FromXml(Sky);
            skies[i] = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(model.Bytes("tex_rgb").Span));
        });
        Assert.Single(skies.Distinct());
    }
}
