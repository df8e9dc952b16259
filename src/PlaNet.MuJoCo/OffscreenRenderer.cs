namespace PlaNet.MuJoCo;

/// <summary>
/// Renders the state of a simulation into memory, without a window. Thread-safe: concurrent calls are serialised. OpenGL objects are freed
/// only by <see cref="Dispose"/>; there is no finalizer.
/// </summary>
public sealed class OffscreenRenderer : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MjModel _model;
    private nint _renderer;

    /// <summary>Creates an OpenGL context and uploads the model's textures and meshes.</summary>
    /// <param name="model">The model. Later edits of sizes, positions and colours take effect; edits of textures and meshes do not.</param>
    /// <param name="width">Width in pixels; at least 1.</param>
    /// <param name="height">Height in pixels; at least 1.</param>
    /// <param name="quality">Render settings. Default <see cref="RenderQuality.Reference"/>.</param>
    /// <exception cref="MuJoCoException">No off-screen OpenGL is available.</exception>
    public OffscreenRenderer(MjModel model, int width, int height, RenderQuality quality = RenderQuality.Reference)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        MuJoCoRuntime.EnsureOpenGl();
        (_model, Width, Height, Quality) = (model, width, height, quality);
        var (shadow, slices, stacks) = quality switch
        {
            RenderQuality.Reference => (0, 0, 0),
            RenderQuality.Fast => (1024, 16, 8),
            _ => throw new ArgumentOutOfRangeException(nameof(quality), quality, "The render quality must be Reference or Fast."),
        };
        Native.Check(Native.MakeRenderer(model.Handle, width, height, shadow, slices, stacks, out _renderer));
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Render settings.</summary>
    public RenderQuality Quality { get; }

    /// <summary>Renders one frame from a fixed camera of the model.</summary>
    /// <param name="data">A simulation of the renderer's model whose positions are computed.</param>
    /// <param name="camera">Index of the camera, from 0.</param>
    /// <param name="rgb">Receives the image: <c>[height, width, 3]</c>, red, green, blue, top row first.</param>
    /// <exception cref="ArgumentException">The buffer has another size, or the data belongs to another model.</exception>
    /// <exception cref="MuJoCoException">There is no such camera, or OpenGL failed.</exception>
    public unsafe void Render(MjData data, int camera, Span<byte> rgb)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!ReferenceEquals(data.Model, _model))
        {
            throw new ArgumentException("The data must belong to the renderer's MjModel instance.", nameof(data));
        }

        if (rgb.Length != Width * Height * 3)
        {
            throw new ArgumentException(
                $"A frame of {Width}x{Height} needs {Width * Height * 3} bytes but the buffer has {rgb.Length}: pass that many bytes.",
                nameof(rgb));
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_renderer == 0, this);
            fixed (byte* pixels = rgb)
            {
                Native.Check(Native.Render(_model.Handle, data.Handle, _renderer, camera, pixels));
            }
        }
    }

    /// <summary>Renders frames in C and discards them, as a baseline for benchmarks.</summary>
    internal void DrawInNativeLoop(MjData data, int count)
    {
        Native.Check(Native.BaselineFrames(_model.Handle, data.Handle, _renderer, count));
    }

    /// <summary>Frees the OpenGL context and its objects.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_renderer != 0)
            {
                var renderer = _renderer;
                _renderer = 0;
                Native.Check(Native.FreeRenderer(renderer));
            }
        }
    }
}
