using PlaNet.MuJoCo;

namespace PlaNet.Environments.ControlSuite;

/// <summary>A camera of a control-suite model.</summary>
internal sealed class SuiteCamera(Physics physics, ImageSpec image, int camera, RenderQuality quality) : ICamera
{
    private readonly OffscreenRenderer _renderer = new(physics.Model, image.Width, image.Height, quality);

    public void Render(Span<byte> rgb)
    {
        _renderer.Render(physics.Data, camera, rgb);
    }

    public void Dispose()
    {
        _renderer.Dispose();
    }
}
