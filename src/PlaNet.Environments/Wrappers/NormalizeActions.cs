namespace PlaNet.Environments;

/// <summary>
/// Maps actions in [-1, 1] to the finite bounds of the wrapped environment (docs/environments.md). Unbounded dimensions are passed on
/// unchanged.
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
        Spec = inner.Spec with { Action = ActionSpec.Unit(inner.Spec.Action.Size) };
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
        var (low, high) = (_inner.Spec.Action.Low, _inner.Spec.Action.High);
        var scaled = new float[action.Length];
        for (var i = 0; i < scaled.Length; i++)
        {
            // Rounding can push the result past the bound.
            scaled[i] = float.IsFinite(low[i]) && float.IsFinite(high[i])
                ? Math.Clamp(low[i] + ((action[i] + 1) / 2 * (high[i] - low[i])), low[i], high[i])
                : action[i];
        }

        return scaled;
    }
}
