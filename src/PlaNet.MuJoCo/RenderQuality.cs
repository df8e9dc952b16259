namespace PlaNet.MuJoCo;

/// <summary>How finely frames are rendered.</summary>
public enum RenderQuality
{
    /// <summary>The model's own settings: byte-identical to the recorded frames on the same OpenGL implementation.</summary>
    Reference,

    /// <summary>
    /// Shadow map 1024, curved surfaces of 16 slices and 8 stacks: about a quarter of the time on software rendering, a mean
    /// difference of about 0.3 of 255 at 64x64.
    /// </summary>
    Fast,
}
