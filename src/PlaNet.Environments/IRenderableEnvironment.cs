using PlaNet.MuJoCo;

namespace PlaNet.Environments;

/// <summary>An environment whose current state can be rendered on demand, so that unused frames are never rendered.</summary>
public interface IRenderableEnvironment : IEnvironment
{
    /// <summary>Opens a camera. The caller disposes it before it disposes the environment.</summary>
    /// <param name="image">Size of the frames, which are RGB whatever its channels.</param>
    /// <param name="camera">Index of the camera in the model.</param>
    /// <param name="quality">Model settings, or reduced settings for speed.</param>
    ICamera OpenCamera(ImageSpec image, int camera, RenderQuality quality);
}

/// <summary>Renders the current state of the environment that opened it.</summary>
public interface ICamera : IDisposable
{
    /// <summary>Renders one frame.</summary>
    /// <param name="rgb">Receives <c>[height, width, 3]</c> bytes: red, green, blue, top row first.</param>
    void Render(Span<byte> rgb);
}
