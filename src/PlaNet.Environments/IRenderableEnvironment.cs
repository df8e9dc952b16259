using PlaNet.MuJoCo;

namespace PlaNet.Environments;

/// <summary>An environment whose present state can be drawn at any time, so that frames nobody looks at are never drawn.</summary>
public interface IRenderableEnvironment : IEnvironment
{
    /// <summary>Opens a camera on the environment. The caller disposes it, before the environment.</summary>
    /// <param name="image">Size of the frames.</param>
    /// <param name="camera">Index of the camera in the model.</param>
    /// <param name="quality">How finely to draw.</param>
    ICamera OpenCamera(ImageSpec image, int camera, RenderQuality quality);
}

/// <summary>Draws the present state of the environment that opened it.</summary>
public interface ICamera : IDisposable
{
    /// <summary>Draws one frame.</summary>
    /// <param name="rgb">Takes <c>[height, width, 3]</c> bytes: red, green, blue, the top row first.</param>
    void Render(Span<byte> rgb);
}
