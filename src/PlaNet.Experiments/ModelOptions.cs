using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>The form of the transition model.</summary>
public enum TransitionKind
{
    /// <summary>The recurrent state-space model: a deterministic and a stochastic path. The paper's choice.</summary>
    Rssm,

    /// <summary>A state-space model with a stochastic path only.</summary>
    Ssm,

    /// <summary>The doubly recurrent network: one GRU before the stochastic sample and one after it.</summary>
    Drnn,
}

/// <summary>Whether and how the recurrent state-space model is made deterministic.</summary>
public enum DeterministicForm
{
    /// <summary>The model is stochastic: states are sampled.</summary>
    None,

    /// <summary>Samples are replaced by their means, as in the baseline of the original code.</summary>
    Reference,

    /// <summary>There is no stochastic path: the state is the belief alone.</summary>
    BeliefOnly,
}

/// <summary>The input of the prior in the recurrent state-space model.</summary>
public enum PriorInput
{
    /// <summary>The belief: the output of the GRU.</summary>
    Belief,

    /// <summary>
    /// The layer before the GRU, so the prior does not depend on the new belief. A bug of the first public version of the code.
    /// </summary>
    PreGru,
}

/// <summary>Where the reset gate of a GRU acts.</summary>
public enum GruForm
{
    /// <summary>On the state, before the matrix product of the candidate: <c>tanh([x, r h] V + d)</c>. The original code's form.</summary>
    ResetBefore,

    /// <summary>On the result of the matrix product: <c>tanh(x V_x + d + r (h V_h + e))</c>. cuDNN's and PyTorch's form.</summary>
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

/// <summary>Whether the model predicts the end of episodes (docs/termination.md).</summary>
public enum ContinuationPrediction
{
    /// <summary>If the environment announces that its episodes can reach a terminal state.</summary>
    Announced,

    /// <summary>Always.</summary>
    On,

    /// <summary>Never: imagined rewards count as if no episode ended.</summary>
    Off,
}

/// <summary>How the numbers of state vectors enter the model and are predicted.</summary>
public enum StateTransform
{
    /// <summary><c>sign(x) ln(1 + |x|)</c>: nearly unchanged below 1, compressed above, so that large velocities do not dominate.</summary>
    Symlog,

    /// <summary>Unchanged.</summary>
    Plain,
}

/// <summary>Forms and sizes of the world model's networks (section 3 and appendix A of the paper).</summary>
public sealed record ModelOptions
{
    /// <summary>The form of the transition model. Default <see cref="TransitionKind.Rssm"/>.</summary>
    public TransitionKind Transition { get; init; } = TransitionKind.Rssm;

    /// <summary>
    /// Whether and how the recurrent state-space model is made deterministic. Allowed with <see cref="TransitionKind.Rssm"/> only. The
    /// published baseline is <see cref="DeterministicForm.Reference"/> with a divergence scale of 0, which leaves the prior's mean
    /// untrained; with any other scale the divergence trains it. <see cref="DeterministicForm.BeliefOnly"/> needs a divergence scale above
    /// 0. Default <see cref="DeterministicForm.None"/>.
    /// </summary>
    public DeterministicForm Deterministic { get; init; } = DeterministicForm.None;

    /// <summary>
    /// The input of the prior. A value other than the default is allowed with <see cref="TransitionKind.Rssm"/> only, and not with
    /// <see cref="DeterministicForm.BeliefOnly"/>. Default <see cref="PriorInput.Belief"/>.
    /// </summary>
    public PriorInput PriorInput { get; init; } = PriorInput.Belief;

    /// <summary>
    /// Where the reset gate of the GRU acts. Must be the default with <see cref="TransitionKind.Ssm"/>, which has no GRU. Default
    /// <see cref="GruForm.ResetBefore"/>.
    /// </summary>
    public GruForm Gru { get; init; } = GruForm.ResetBefore;

    /// <summary>
    /// Activation of the dense hidden layers in the transition model and the reward head. Encoder and decoder always use ReLU, as in the
    /// original code. Default <see cref="Activation.Relu"/>.
    /// </summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Size of the stochastic state, Z; unused with <see cref="DeterministicForm.BeliefOnly"/>. 1 to 65536. Default 30.</summary>
    [InRange(1, 65536)]
    public int StochasticSize { get; init; } = 30;

    /// <summary>
    /// Size of the deterministic state (the belief, GRU units), G; unused with <see cref="TransitionKind.Ssm"/>. 1 to 65536. Default 200.
    /// </summary>
    [InRange(1, 65536)]
    public int BeliefSize { get; init; } = 200;

    /// <summary>Units of the dense layers in the transition model. 1 to 65536. Default 200.</summary>
    [InRange(1, 65536)]
    public int HiddenSize { get; init; } = 200;

    /// <summary>
    /// Layers in each stack of dense layers of the transition model: before the GRU, in the prior and in the posterior. 1 to 64. Default 1.
    /// </summary>
    [InRange(1, 64)]
    public int ModelLayers { get; init; } = 1;

    /// <summary>Channels of the encoder's first convolution; the next ones have 2, 4 and 8 times as many. 1 to 65536. Default 32.</summary>
    [InRange(1, 65536)]
    public int Depth { get; init; } = 32;

    /// <summary>Smallest standard deviation of the prior and the posterior. Positive. Default 0.1.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double MinStddev { get; init; } = 0.1;

    /// <summary>
    /// Whether a continuation head predicts if an episode continues after a state; planners then weight imagined rewards with it. It has
    /// the layers and units of the reward head. Default <see cref="ContinuationPrediction.Announced"/>; no task of the paper terminates.
    /// </summary>
    [AddedLater]
    public ContinuationPrediction Continuation { get; init; } = ContinuationPrediction.Announced;

    /// <summary>
    /// How state vectors enter the model and are predicted; without effect unless <see cref="TaskOptions.Observations"/> has them. Default
    /// <see cref="StateTransform.Symlog"/>.
    /// </summary>
    [AddedLater]
    public StateTransform StateTransform { get; init; } = StateTransform.Symlog;

    /// <summary>
    /// Hidden layers of the encoder and of the decoder of state vectors; without effect unless <see cref="TaskOptions.Observations"/> has
    /// them. 1 to 64. Default 2.
    /// </summary>
    [InRange(1, 64), AddedLater]
    public int StateLayers { get; init; } = 2;

    /// <summary>
    /// Units of each of these layers, and size of the embedding of a state vector. 1 to 65536. Default 200.
    /// </summary>
    [InRange(1, 65536), AddedLater]
    public int StateUnits { get; init; } = 200;

    /// <summary>Hidden layers of the reward head. 0 to 64. Default 3.</summary>
    [InRange(0, 64)]
    public int RewardLayers { get; init; } = 3;

    /// <summary>Units of each hidden layer of the reward head. 1 to 65536. Default 300.</summary>
    [InRange(1, 65536)]
    public int RewardUnits { get; init; } = 300;

    /// <summary>Bits per colour value to which images are quantised before they enter the model. 1 to 8. Default 5.</summary>
    [InRange(1, 8)]
    public int ImageBits { get; init; } = 5;

    /// <summary>
    /// SHA-256 of the weights of another run with which the run starts; <c>--init-from</c> sets it. Default "": all weights are drawn.
    /// </summary>
    [Sha256, AddedLater]
    public string InitialWeights { get; init; } = "";

    /// <summary>Whether the model has a continuation head.</summary>
    /// <param name="terminates">Whether a task of the experiment announces that its episodes can terminate.</param>
    public bool HasContinuation(bool terminates) =>
        Continuation == ContinuationPrediction.On || (Continuation == ContinuationPrediction.Announced && terminates);
}
