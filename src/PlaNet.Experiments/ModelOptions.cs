using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>What carries the latent state from one step to the next.</summary>
public enum TransitionKind
{
    /// <summary>The recurrent state-space model: a deterministic and a stochastic path. The paper's choice.</summary>
    Rssm,

    /// <summary>A state-space model with a stochastic path only.</summary>
    Ssm,

    /// <summary>The doubly recurrent network: a GRU before and another behind the samples.</summary>
    Drnn,
}

/// <summary>Whether, and how, the recurrent state-space model is kept from being stochastic.</summary>
public enum DeterministicForm
{
    /// <summary>It is stochastic: states are sampled.</summary>
    None,

    /// <summary>Samples are replaced by their means, as the original code's baseline does.</summary>
    Reference,

    /// <summary>There is no stochastic path: the state is the belief alone.</summary>
    BeliefOnly,
}

/// <summary>What the prior of the recurrent state-space model is computed from.</summary>
public enum PriorInput
{
    /// <summary>The belief, behind the GRU.</summary>
    Belief,

    /// <summary>The layer before the GRU, so that the prior does not know the belief: a fault of the first public version of the code.</summary>
    PreGru,
}

/// <summary>Where the reset gate of a GRU acts.</summary>
public enum GruForm
{
    /// <summary>On the state, before the candidate's product: <c>tanh([x, r h] V + d)</c>. The original code's form.</summary>
    ResetBefore,

    /// <summary>On the product: <c>tanh(x V_x + d + r (h V_h + e))</c>. cuDNN's and PyTorch's form.</summary>
    ResetAfter,
}

/// <summary>The activation of dense hidden layers.</summary>
public enum Activation
{
    /// <summary><c>max(0, x)</c>.</summary>
    Relu,

    /// <summary><c>x</c> above 0, <c>exp(x) - 1</c> below.</summary>
    Elu,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary><c>x sigmoid(x)</c>, also called SiLU.</summary>
    Swish,

    /// <summary><c>ln(1 + exp(x))</c>.</summary>
    Softplus,
}

/// <summary>Forms and sizes of the world model's networks (section 3 and appendix A of the paper).</summary>
public sealed record ModelOptions
{
    /// <summary>What carries the latent state from one step to the next. Default <see cref="TransitionKind.Rssm"/>.</summary>
    public TransitionKind Transition { get; init; } = TransitionKind.Rssm;

    /// <summary>
    /// Whether the recurrent state-space model is kept from being stochastic; with <see cref="TransitionKind.Rssm"/> only. The published
    /// baseline is <see cref="DeterministicForm.Reference"/> with a divergence scale of 0, which leaves the prior's mean untrained; with
    /// another scale the divergence trains it. <see cref="DeterministicForm.BeliefOnly"/> needs a divergence scale above 0. Default
    /// <see cref="DeterministicForm.None"/>.
    /// </summary>
    public DeterministicForm Deterministic { get; init; } = DeterministicForm.None;

    /// <summary>
    /// What the prior is computed from; with <see cref="TransitionKind.Rssm"/> only, and not with <see cref="DeterministicForm.BeliefOnly"/>.
    /// Default <see cref="PriorInput.Belief"/>.
    /// </summary>
    public PriorInput PriorInput { get; init; } = PriorInput.Belief;

    /// <summary>Where the reset gate of the GRU acts; not with <see cref="TransitionKind.Ssm"/>, which has none. Default <see cref="GruForm.ResetBefore"/>.</summary>
    public GruForm Gru { get; init; } = GruForm.ResetBefore;

    /// <summary>
    /// Activation of the dense hidden layers of transition model and reward head; encoder and decoder are ReLU always, as in the original
    /// code. Default <see cref="Activation.Relu"/>.
    /// </summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Size of the stochastic state, Z; unused with <see cref="DeterministicForm.BeliefOnly"/>. 1 to 65536. Default 30.</summary>
    [InRange(1, 65536)]
    public int StochasticSize { get; init; } = 30;

    /// <summary>Size of the deterministic state (the belief, GRU units), G; unused with <see cref="TransitionKind.Ssm"/>. 1 to 65536. Default 200.</summary>
    [InRange(1, 65536)]
    public int BeliefSize { get; init; } = 200;

    /// <summary>Units of the dense layers around the GRU. 1 to 65536. Default 200.</summary>
    [InRange(1, 65536)]
    public int HiddenSize { get; init; } = 200;

    /// <summary>Dense layers wherever the transition model has them: before the GRU, in the prior and in the posterior. 1 to 64. Default 1.</summary>
    [InRange(1, 64)]
    public int ModelLayers { get; init; } = 1;

    /// <summary>Channels of the encoder's first convolution; the others are 2, 4 and 8 times as many. 1 to 65536. Default 32.</summary>
    [InRange(1, 65536)]
    public int Depth { get; init; } = 32;

    /// <summary>Smallest standard deviation of the prior and the posterior. Positive. Default 0.1.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double MinStddev { get; init; } = 0.1;

    /// <summary>Hidden layers of the reward head. 0 to 64. Default 3.</summary>
    [InRange(0, 64)]
    public int RewardLayers { get; init; } = 3;

    /// <summary>Units of each hidden layer of the reward head. 1 to 65536. Default 300.</summary>
    [InRange(1, 65536)]
    public int RewardUnits { get; init; } = 300;

    /// <summary>Bits to which image values are quantised before the model sees them, 1 to 8. Default 5.</summary>
    [InRange(1, 8)]
    public int ImageBits { get; init; } = 5;
}
