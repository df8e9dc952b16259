using PlaNet.MuJoCo;

namespace PlaNet.Environments;

/// <summary>
/// Pads the action of an environment, so that one agent can act in tasks of different action sizes. The added dimensions have no effect.
/// </summary>
public sealed class PadActions : IRenderableEnvironment
{
    private readonly IEnvironment _inner;

    /// <summary>Wraps an environment and takes ownership of it.</summary>
    /// <param name="inner">An environment with at most <paramref name="size"/> action dimensions, which are continuous.</param>
    /// <param name="size">Number of action dimensions. The added dimensions have the bounds [-1, 1].</param>
    public PadActions(IEnvironment inner, int size)
    {
        ArgumentNullException.ThrowIfNull(inner);
        var own = inner.Spec.Action;
        if (own.IsDiscrete)
        {
            throw new ArgumentException(
                $"Task {inner.Spec.Task} has {own.Size} choices, which cannot be padded: train an agent for this task alone.", nameof(inner));
        }

        if (size < own.Size)
        {
            throw new ArgumentOutOfRangeException(
                nameof(size),
                size,
                $"Task {inner.Spec.Task} has {own.Size} action dimensions: the padded size must be at least {own.Size}.");
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
    /// <exception cref="NotSupportedException">The wrapped environment is not an <see cref="IRenderableEnvironment"/>.</exception>
    public ICamera OpenCamera(ImageSpec image, int camera, RenderQuality quality)
    {
        return _inner is IRenderableEnvironment renderable
            ? renderable.OpenCamera(image, camera, quality)
            : throw new NotSupportedException($"Task {Spec.Task} cannot be rendered: wrap an IRenderableEnvironment.");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _inner.Dispose();
    }
}
