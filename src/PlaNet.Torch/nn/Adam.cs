using PlaNet.Torch.Interop;

namespace PlaNet.Torch.Modules;

/// <summary>Where Adam adds its epsilon.</summary>
public enum AdamEpsilon
{
    /// <summary>To the corrected root, as in the paper and PyTorch: lr m' / (sqrt(v') + eps) with m' = m/(1-b1^t), v' = v/(1-b2^t).</summary>
    Standard,

    /// <summary>
    /// To the uncorrected root, as in TensorFlow 1: lr sqrt(1-b2^t)/(1-b1^t) m / (sqrt(v) + eps). Early on its effect is that of eps/sqrt(1-b2^t)
    /// in the other form: 32 times at the first step.
    /// </summary>
    Tf1,
}

/// <summary>Adam without weight decay. Its state can be read and put back for checkpoints.</summary>
public sealed class Adam : torch.optim.Optimizer
{
    private const string StepKey = "step";
    private const string FirstMoment = "exp_avg.";
    private const string SecondMoment = "exp_avg_sq.";
    private readonly (torch.Tensor Mean, torch.Tensor Square)[] _moments;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _eps;
    private readonly AdamEpsilon _epsilon;

    internal Adam(IEnumerable<(string name, Parameter parameter)> parameters, double lr, double beta1, double beta2, double eps, AdamEpsilon epsilon)
        : base(parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lr);
        ArgumentOutOfRangeException.ThrowIfNegative(beta1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta1, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(beta2);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta2, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(eps);
        LearningRate = lr;
        (_beta1, _beta2, _eps, _epsilon) = (beta1, beta2, eps, epsilon);
        _moments = [.. NamedParameters.Select(entry => (Zeros(entry.parameter), Zeros(entry.parameter)))];
    }

    /// <summary>How many steps were taken.</summary>
    public long Steps { get; private set; }

    /// <inheritdoc/>
    public override void step()
    {
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        Steps++;
        var correction1 = 1 - Math.Pow(_beta1, Steps);
        var correction2 = Math.Sqrt(1 - Math.Pow(_beta2, Steps));
        var (stepSize, rootScale) = _epsilon == AdamEpsilon.Tf1 ? (LearningRate * correction2 / correction1, 1.0) : (LearningRate / correction1, correction2);
        List<(torch.Tensor Parameter, torch.Tensor Gradient, torch.Tensor Mean, torch.Tensor Square)> others = [];
        for (var i = 0; i < _moments.Length; i++)
        {
            var parameter = NamedParameters[i].parameter;
            if (parameter.grad is not { } gradient) continue;
            var (mean, square) = _moments[i];
            var done = Native.Check(Native.planet_torch_adam(
                parameter.Handle, gradient.Handle, mean.Handle, square.Handle, stepSize, _beta1, _beta2, rootScale, _eps));
            GC.KeepAlive(gradient);
            if (done == 0) others.Add((parameter, gradient, mean, square));
        }

        if (others.Count > 0) Update(others, stepSize, rootScale);
    }

    /// <summary>
    /// The state by name: <c>step</c>, and for each parameter <c>exp_avg.NAME</c> and <c>exp_avg_sq.NAME</c>. The moments are the tensors themselves.
    /// </summary>
    public IReadOnlyDictionary<string, torch.Tensor> state_dict()
    {
        var state = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal) { [StepKey] = torch.tensor(Steps) };
        for (var i = 0; i < _moments.Length; i++)
        {
            state.Add(FirstMoment + NamedParameters[i].name, _moments[i].Mean);
            state.Add(SecondMoment + NamedParameters[i].name, _moments[i].Square);
        }

        return state;
    }

    /// <summary>Puts a state back.</summary>
    /// <param name="state">As <see cref="state_dict"/> gave it.</param>
    /// <exception cref="ArgumentException">A name is missing or unknown, or a shape is another; nothing is changed then.</exception>
    public void load_state_dict(IReadOnlyDictionary<string, torch.Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        var own = state_dict();
        foreach (var (name, value) in own)
        {
            if (!state.TryGetValue(name, out var given) || !given.shape.SequenceEqual(value.shape))
            {
                throw new ArgumentException($"The optimiser's state has no '{name}' of shape [{string.Join(", ", value.shape)}]: it belongs to another model.", nameof(state));
            }
        }

        if (state.Keys.FirstOrDefault(name => !own.ContainsKey(name)) is { } unknown)
        {
            throw new ArgumentException($"The optimiser's state has a '{unknown}' that the model does not: it belongs to another model.", nameof(state));
        }

        foreach (var (name, value) in own) value.copy_(state[name]);
        Steps = state[StepKey].ToInt64();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var (mean, square) in _moments)
        {
            mean.Dispose();
            square.Dispose();
        }
    }

    private static torch.Tensor Zeros(Parameter parameter) => torch.zeros_like(parameter).DetachFromDisposeScope();

    // On GPUs, and for tensors that the one-pass loop does not take: a handful of operators over all tensors at once.
    private void Update(
        List<(torch.Tensor Parameter, torch.Tensor Gradient, torch.Tensor Mean, torch.Tensor Square)> entries, double stepSize, double rootScale)
    {
        torch.Tensor[] parameters = [.. entries.Select(entry => entry.Parameter)], gradients = [.. entries.Select(entry => entry.Gradient)];
        torch.Tensor[] means = [.. entries.Select(entry => entry.Mean)], squares = [.. entries.Select(entry => entry.Square)];
        Ops._foreach_mul__Scalar.Run(means, _beta1);
        Ops._foreach_add__List.Run(means, gradients, 1 - _beta1);
        Ops._foreach_mul__Scalar.Run(squares, _beta2);
        Ops._foreach_addcmul__Scalar.Run(squares, gradients, gradients, 1 - _beta2);
        torch.Tensor[] roots = [.. Ops._foreach_sqrt.InvokeList(squares).OfType<torch.Tensor>()];
        Ops._foreach_div__Scalar.Run(roots, rootScale);
        Ops._foreach_add__Scalar.Run(roots, _eps);
        Ops._foreach_addcdiv__Scalar.Run(parameters, means, roots, -stepSize);
    }
}
