namespace PlaNet.Environments;

/// <summary>
/// Maps actions in [-1, 1] to the finite bounds of the wrapped environment, whatever their size (docs/environments.md). Unbounded
/// dimensions and discrete actions are passed on unchanged.
/// </summary>
public sealed class NormalizeActions : IConcurrentEnvironment
{
    private readonly IEnvironment _inner;
    private StepResult? _result;

    /// <summary>Wraps an environment and takes ownership of it.</summary>
    public NormalizeActions(IEnvironment inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = inner;
        Spec = inner.Spec.Action.IsDiscrete ? inner.Spec : inner.Spec with { Action = ActionSpec.Unit(inner.Spec.Action.Size) };
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
        return _inner.Step(Scale(action));
    }

    /// <inheritdoc />
    /// <remarks>Steps synchronously if the wrapped environment is not an <see cref="IConcurrentEnvironment"/>.</remarks>
    public void BeginStep(ReadOnlySpan<float> action)
    {
        if (_inner is IConcurrentEnvironment concurrent)
        {
            concurrent.BeginStep(Scale(action));
        }
        else
        {
            _result = _inner.Step(Scale(action));
        }
    }

    /// <inheritdoc />
    public StepResult EndStep()
    {
        if (_inner is IConcurrentEnvironment concurrent)
        {
            return concurrent.EndStep();
        }

        var result = _result ?? throw new InvalidOperationException($"Task {Spec.Task} has no step in progress: call BeginStep first.");
        _result = null;
        return result;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _inner.Dispose();
    }

    private float[] Scale(ReadOnlySpan<float> action)
    {
        Spec.Action.Check(Spec.Task, action);
        if (Spec.Action.IsDiscrete)
        {
            return action.ToArray();
        }

        var (low, high) = (_inner.Spec.Action.Low, _inner.Spec.Action.High);
        var scaled = new float[action.Length];
        for (var i = 0; i < scaled.Length; i++)
        {
            // In 64 bits no width overflows. The weighted mean, unlike low + share * width, has both bounds exactly at the ends, also if
            // one of them is lost in the width beside the other.
            var share = (action[i] + 1.0) / 2;
            scaled[i] = float.IsFinite(low[i]) && float.IsFinite(high[i])
                ? Math.Clamp((float)(((1 - share) * low[i]) + (share * high[i])), low[i], high[i])
                : action[i];
        }

        return scaled;
    }
}
