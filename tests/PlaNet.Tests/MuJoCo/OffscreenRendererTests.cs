using PlaNet.MuJoCo;

namespace PlaNet.Tests.MuJoCo;

public sealed class OffscreenRendererTests
{
    [Fact]
    public void The_top_row_comes_first_and_rows_of_odd_widths_are_whole()
    {
        using var model = MjModel.FromXml(MjModelTests.Ball);
        using var data = new MjData(model);
        data.Forward();
        foreach (var (width, height) in new[] { (64, 64), (63, 33), (1, 1), (320, 200) })
        {
            using var renderer = new OffscreenRenderer(model, width, height);
            var rgb = new byte[width * height * 3];
            renderer.Render(data, 0, rgb);
            if (width > 1)
            {
                // The camera is 1 m high and looks horizontally: the ball is in the middle, the green floor below, nothing above.
                Assert.Equal((0, 0, 0), Pixel(rgb, width, width / 2, 0));
                var ball = Pixel(rgb, width, width / 2, height / 2);
                Assert.True(ball.R > ball.G && ball.R > ball.B, $"ball {ball}");
                foreach (var x in new[] { 0, width - 1 })
                {
                    var floor = Pixel(rgb, width, x, height - 1);
                    Assert.True(floor.G > floor.R && floor.G > floor.B, $"floor {floor}");
                }
            }
        }
    }

    [Fact]
    public void Wrong_cameras_buffers_and_models_are_refused_and_drawing_continues()
    {
        using var model = MjModel.FromXml(MjModelTests.Ball);
        using var twin = MjModel.FromXml(MjModelTests.Ball);
        using var data = new MjData(model);
        using var other = new MjData(twin);
        using var renderer = new OffscreenRenderer(model, 8, 8);
        var rgb = new byte[8 * 8 * 3];
        Assert.Contains("camera 1", Assert.Throws<MuJoCoException>(() => renderer.Render(data, 1, rgb)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "camera -1",
            Assert.Throws<MuJoCoException>(() => renderer.Render(data, -1, rgb)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => renderer.Render(data, 0, new byte[5]));
        Assert.Throws<ArgumentException>(() => renderer.Render(other, 0, rgb));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OffscreenRenderer(model, 0, 8));
        renderer.Render(data, 0, rgb);
        renderer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => renderer.Render(data, 0, rgb));
    }

    [Fact]
    public async Task Any_thread_may_draw_and_dispose()
    {
        using var model = MjModel.FromXml(MjModelTests.Ball);
        using var data = new MjData(model);
        data.Forward();
        var renderer = new OffscreenRenderer(model, 32, 32);
        var here = new byte[32 * 32 * 3];
        renderer.Render(data, 0, here);
        var there = await Task.Factory.StartNew(
            () =>
            {
                var rgb = new byte[32 * 32 * 3];
                renderer.Render(data, 0, rgb);
                renderer.Dispose();
                return rgb;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Assert.Equal(here, there);
    }

    [Fact]
    public void The_models_own_visual_settings_are_left_as_they_were()
    {
        using var model = MjModel.FromXml(MjModelTests.Ball);
        using var renderer = new OffscreenRenderer(model, 64, 64, RenderQuality.Fast);
        Assert.Equal(640, model.Ints("vis.global.offwidth")[0]);
        Assert.Equal(4096, model.Ints("vis.quality.shadowsize")[0]);
        Assert.Equal(28, model.Ints("vis.quality.numslices")[0]);
    }

    [Fact]
    public void Diagnosis_names_versions_backend_and_no_remedy_when_all_is_well()
    {
        var items = MuJoCoRuntime.Diagnose();
        Assert.Equal(
            ["MuJoCo shim", "MuJoCo headers", "MuJoCo library", "MuJoCo library path", "OpenGL backend", "GL_VERSION", "GL_RENDERER"],
            items.Select(item => item.Item));
        Assert.All(items, item => Assert.Null(item.Remedy));
        Assert.Equal(MuJoCoRuntime.Version, items[2].Value);
        Assert.Matches("^(egl-device:[0-9]+|surfaceless|osmesa)$", MuJoCoRuntime.OpenGlBackend);
    }

    private static (int R, int G, int B) Pixel(byte[] rgb, int width, int x, int y)
    {
        var at = 3 * ((y * width) + x);
        return (rgb[at], rgb[at + 1], rgb[at + 2]);
    }
}
