namespace PlaNet.Environments;

/// <summary>
/// Gives an environment actions in [-1, 1] where its own lie between other finite bounds (spec 1.4); unbounded dimensions are passed on
/// as they are.
/// </summary>
public sealed class NormalizeActions : IConcurrentEnvironment
{
    private readonly IEnvironment _inner;
    private StepResult? _taken;

    /// <summary>Wraps an environment and owns it from then on.</summary>
    /// <param name="inner">The environment.</param>
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
    /// <remarks>Where the wrapped environment cannot step elsewhere, the decision is taken before this returns.</remarks>
    public void BeginStep(ReadOnlySpan<float> action)
    {
        if (_inner is IConcurrentEnvironment concurrent)
        {
            concurrent.BeginStep(Scale(action));
        }
        else
        {
            _taken = _inner.Step(Scale(action));
        }
    }

    /// <inheritdoc />
    public StepResult EndStep()
    {
        if (_inner is IConcurrentEnvironment concurrent)
        {
            return concurrent.EndStep();
        }

        var taken = _taken ?? throw new InvalidOperationException($"Task {Spec.Task} is taking no step: call BeginStep first.");
        _taken = null;
        return taken;
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
            // Rounding may carry the sum past the bound by one part in ten million.
            scaled[i] = float.IsFinite(low[i]) && float.IsFinite(high[i])
                ? Math.Clamp(low[i] + ((action[i] + 1) / 2 * (high[i] - low[i])), low[i], high[i])
                : action[i];
        }

        return scaled;
    }
}
