using PlaNet.MuJoCo;

namespace PlaNet.Environments;

/// <summary>
/// Repeats each action for several control steps, or until the episode ends. Rewards are summed and the last observation is returned
/// (docs/tasks.md). Put it inside <see cref="PixelObservation"/>, so that only the last repeat is rendered.
/// </summary>
public sealed class ActionRepeat : IRenderableEnvironment, IRestorableEnvironment
{
    private readonly IEnvironment _inner;
    private readonly int _repeat;

    /// <summary>Wraps an environment and takes ownership of it.</summary>
    /// <param name="inner">An environment without images.</param>
    /// <param name="repeat">Control steps per decision, R; at least 1.</param>
    public ActionRepeat(IEnvironment inner, int repeat)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeat, 1);
        if (inner.Spec.Image is not null)
        {
            throw new ArgumentException(
                "The wrapped environment has images: put PixelObservation outside ActionRepeat, so that unused frames are not rendered.",
                nameof(inner));
        }

        (_inner, _repeat) = (inner, repeat);
        Spec = inner.Spec with { ActionRepeat = inner.Spec.ActionRepeat * repeat };
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
        var result = _inner.Step(action);
        var reward = result.Reward;
        for (var i = 1; i < _repeat && !result.Ended; i++)
        {
            result = _inner.Step(action);
            reward += result.Reward;
        }

        return result with { Reward = reward };
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
    /// <exception cref="NotSupportedException">The wrapped environment is not an <see cref="IRestorableEnvironment"/>.</exception>
    public EnvironmentState SaveState()
    {
        return Restorable().SaveState();
    }

    /// <inheritdoc />
    /// <exception cref="NotSupportedException">The wrapped environment is not an <see cref="IRestorableEnvironment"/>.</exception>
    public void RestoreState(EnvironmentState state)
    {
        Restorable().RestoreState(state);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _inner.Dispose();
    }

    private IRestorableEnvironment Restorable()
    {
        return _inner as IRestorableEnvironment
            ?? throw new NotSupportedException($"Task {Spec.Task} cannot be saved and restored: wrap an IRestorableEnvironment.");
    }
}
