using PlaNet.MuJoCo;

namespace PlaNet.Environments;

/// <summary>Adds an image, rendered after each decision, to the observation.</summary>
public sealed class PixelObservation : IEnvironment
{
    private readonly IRenderableEnvironment _inner;
    private readonly ICamera _camera;
    private readonly ImageSpec _image;

    /// <summary>Wraps an environment and takes ownership of it.</summary>
    /// <param name="inner">The environment; apply <see cref="ActionRepeat"/> inside this wrapper.</param>
    /// <param name="image">Size and channels of the images. Default 64 by 64, RGB.</param>
    /// <param name="camera">Index of the camera in the model. Default 0.</param>
    /// <param name="quality">Render settings. Default <see cref="RenderQuality.Reference"/>.</param>
    public PixelObservation(
        IRenderableEnvironment inner, ImageSpec? image = null, int camera = 0, RenderQuality quality = RenderQuality.Reference)
    {
        ArgumentNullException.ThrowIfNull(inner);
        (_inner, _image) = (inner, image ?? new ImageSpec());
        _camera = inner.OpenCamera(_image, camera, quality);
        Spec = inner.Spec with { Image = _image };
    }

    /// <inheritdoc />
    public EnvironmentSpec Spec { get; }

    /// <inheritdoc />
    public Observation Reset(ulong seed)
    {
        return WithImage(_inner.Reset(seed));
    }

    /// <inheritdoc />
    public StepResult Step(ReadOnlySpan<float> action)
    {
        var result = _inner.Step(action);
        return result with { Observation = WithImage(result.Observation) };
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _camera.Dispose();
        _inner.Dispose();
    }

    private Observation WithImage(Observation observation)
    {
        var rgb = new byte[_image.Height * _image.Width * 3];
        _camera.Render(rgb);
        return observation with { Image = _image.Channels == 1 ? Grey(rgb) : rgb };
    }

    // The luma of ITU-R BT.601, as in PIL's conversion to "L".
    private static byte[] Grey(byte[] rgb)
    {
        var grey = new byte[rgb.Length / 3];
        for (var i = 0; i < grey.Length; i++)
        {
            grey[i] = (byte)(((rgb[3 * i] * 299) + (rgb[(3 * i) + 1] * 587) + (rgb[(3 * i) + 2] * 114) + 500) / 1000);
        }

        return grey;
    }
}
