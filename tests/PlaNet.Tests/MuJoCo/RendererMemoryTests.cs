using PlaNet.MuJoCo;

namespace PlaNet.Tests.MuJoCo;

[Collection(nameof(Alone))]
public sealed class RendererMemoryTests
{
    [Fact]
    public void Making_and_freeing_renderers_leaks_no_memory()
    {
        using var model = MjModel.FromXml(MjModelTests.Ball);
        using var data = new MjData(model);
        data.Forward();
        var rgb = new byte[64 * 64 * 3];
        Cycle(20);
        var before = ResidentMemory.Mebibytes();
        Cycle(60);

        // A context with its shadow map and buffers takes tens of megabytes: even a leak of every tenth is visible.
        var growth = ResidentMemory.Mebibytes() - before;
        Assert.True(growth < 60, $"60 renderers grew the process by {growth:F1} MiB");

        void Cycle(int times)
        {
            for (var i = 0; i < times; i++)
            {
                using var renderer = new OffscreenRenderer(model, 64, 64, RenderQuality.Fast);
                renderer.Render(data, 0, rgb);
            }
        }
    }
}
