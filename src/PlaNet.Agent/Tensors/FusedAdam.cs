using PlaNet.Experiments;
using OptimizerOptions = PlaNet.Experiments.OptimizerOptions;

namespace PlaNet.Tensors;

/// <summary>
/// Adam (Kingma and Ba 2015) without weight decay, with either placement of epsilon, in libtorch's fused kernel. TorchSharp's
/// own Adam is not fused and does not support TensorFlow's placement.
/// </summary>
public sealed class FusedAdam : IDisposable
{
    private const string StepKey = "step";
    private const string FirstMoment = "exp_avg.";
    private const string SecondMoment = "exp_avg_sq.";

    // TorchSharp does not expose the fused operator; TorchScript can call every operator of libtorch.
    private static readonly Lazy<jit.CompilationUnit> s_script = new(() => jit.compile("""
        def step(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], s: List[Tensor],
                 lr: float, b1: float, b2: float, eps: float) -> int:
            none : List[Tensor] = []
            torch._fused_adam_(p, g, m, v, none, s, lr=lr, beta1=b1, beta2=b2, weight_decay=0.0, eps=eps, amsgrad=False, maximize=False)
            return 0

        """));

    private readonly (string Name, Parameter Parameter, Tensor Mean, Tensor Square)[] _entries;
    private readonly OptimizerOptions _options;

    /// <summary>Makes the optimiser with zero moments.</summary>
    /// <param name="parameters">The parameters to optimise, by name; already on their final device.</param>
    /// <param name="options">Decay rates, epsilon and its placement, and the initial learning rate.</param>
    public FusedAdam(IEnumerable<(string Name, Parameter Parameter)> parameters, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        LearningRate = options.LearningRate;
        static Tensor Zeros(Tensor like) => zeros_like(like).DetachFromDisposeScope();
        _entries = [.. parameters.Select(entry => (entry.Name, entry.Parameter, Zeros(entry.Parameter), Zeros(entry.Parameter)))];
    }

    /// <summary>Learning rate of the next step.</summary>
    public double LearningRate { get; set; }

    /// <summary>Number of steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Clears the gradients of all parameters.</summary>
    public void zero_grad()
    {
        foreach (var entry in _entries)
        {
            // TorchSharp returns a new tensor at every read of grad; without disposal its memory would stay until finalisation.
            using var gradient = entry.Parameter.grad;
            entry.Parameter.grad = null;
        }
    }

    /// <summary>Updates every parameter that has a gradient.</summary>
    public void step()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Steps++;

        // The kernel adds epsilon to the bias-corrected root, TensorFlow 1 to the uncorrected one: sqrt(v) + e = c (sqrt(v) / c + e / c).
        var eps = _options.EpsilonPlacement == AdamEpsilon.Tf1
            ? _options.Epsilon / Math.Sqrt(1 - Math.Pow(_options.Beta2, Steps))
            : _options.Epsilon;
        var updated = new List<(string, Parameter Parameter, Tensor Mean, Tensor Square)>();
        var gradients = new List<Tensor>();
        foreach (var entry in _entries)
        {
            if (entry.Parameter.grad is { } gradient)
            {
                updated.Add(entry);
                gradients.Add(gradient);
            }
        }

        // These change with every step, so they are not among those of Scalars.
        using var learningRate = LearningRate.ToScalar();
        using var epsilon = eps.ToScalar();
        s_script.Value.invoke(
            "step",
            updated.Select(entry => (Tensor)entry.Parameter).ToArray(),
            gradients.ToArray(),
            updated.Select(entry => entry.Mean).ToArray(),
            updated.Select(entry => entry.Square).ToArray(),
            updated.Select(entry => tensor((float)Steps, device: entry.Mean.device)).ToArray(),
            learningRate,
            Scalars.Of(_options.Beta1),
            Scalars.Of(_options.Beta2),
            epsilon);
    }

    /// <summary>
    /// The state by name: <c>step</c>, and for each parameter <c>exp_avg.NAME</c> and <c>exp_avg_sq.NAME</c>. The moments are not copied.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> state_dict()
    {
        var state = new Dictionary<string, Tensor>(StringComparer.Ordinal) { [StepKey] = tensor(Steps) };
        foreach (var (name, _, mean, square) in _entries)
        {
            state.Add(FirstMoment + name, mean);
            state.Add(SecondMoment + name, square);
        }

        return state;
    }

    /// <summary>Restores a state.</summary>
    /// <param name="state">A state that <see cref="state_dict"/> returned.</param>
    /// <exception cref="ArgumentException">A name is missing or unknown, or a shape differs; nothing is changed.</exception>
    public void load_state_dict(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var own = state_dict();
        StateDicts.RequireSame(own, state, "moments of the optimiser");
        foreach (var (name, value) in own)
        {
            value.copy_(state[name]);
        }

        Steps = state[StepKey].ToInt64();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, _, mean, square) in _entries)
        {
            mean.Dispose();
            square.Dispose();
        }
    }
}
