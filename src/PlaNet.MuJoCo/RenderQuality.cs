namespace PlaNet.MuJoCo;

/// <summary>Render settings, which trade fidelity for speed.</summary>
public enum RenderQuality
{
    /// <summary>The model's own settings: byte-identical to the recorded frames on the same OpenGL implementation.</summary>
    Reference,

    /// <summary>
    /// Shadow map of 1024, curved surfaces of 16 slices and 8 stacks. Takes about a quarter of the time with software rendering; the mean
    /// difference is about 0.3 of 255 at 64x64.
    /// </summary>
    Fast,
}
