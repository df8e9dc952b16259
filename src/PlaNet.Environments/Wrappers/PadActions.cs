using PlaNet.MuJoCo;

namespace PlaNet.Environments;

/// <summary>Gives an environment a wider action, so that one agent can act in tasks of different action sizes: what is added has no effect.</summary>
public sealed class PadActions : IRenderableEnvironment
{
    private readonly IEnvironment _inner;

    /// <summary>Wraps an environment and owns it from then on.</summary>
    /// <param name="inner">The environment.</param>
    /// <param name="size">Action dimensions; at least as many as the environment has. The added ones lie in [-1, 1].</param>
    public PadActions(IEnvironment inner, int size)
    {
        ArgumentNullException.ThrowIfNull(inner);
        var own = inner.Spec.Action;
        if (size < own.Size)
        {
            throw new ArgumentOutOfRangeException(
                nameof(size), size, $"Task {inner.Spec.Task} has {own.Size} action dimensions: padding cannot take any away.");
        }

        _inner = inner;
        var padding = ActionSpec.Unit(size - own.Size);
        Spec = inner.Spec with { Action = new ActionSpec([.. own.Low, .. padding.Low], [.. own.High, .. padding.High]) };
    }

    /// <inheritdoc />
    public EnvironmentSpec Spec { get; }

    /// <inheritdoc />
    public Observation Reset(ulong seed)
    {
        return _inner.Reset(seed);
    }

    /// <inheritdoc />
    public StepResult Step(ReadOnlySpan<float> action)
    {
        Spec.Action.Check(Spec.Task, action);
        return _inner.Step(action[.._inner.Spec.Action.Size]);
    }

    /// <inheritdoc />
    /// <exception cref="NotSupportedException">The wrapped environment cannot be drawn.</exception>
    public ICamera OpenCamera(ImageSpec image, int camera, RenderQuality quality)
    {
        return _inner is IRenderableEnvironment renderable
            ? renderable.OpenCamera(image, camera, quality)
            : throw new NotSupportedException($"Task {Spec.Task} cannot be drawn.");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _inner.Dispose();
    }
}
