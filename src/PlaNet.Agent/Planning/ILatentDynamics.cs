namespace PlaNet.Planning;

/// <summary>A latent model in which planners evaluate actions without images. A state is one row of numbers.</summary>
public interface ILatentDynamics
{
    /// <summary>Size of an action, A.</summary>
    long ActionSize { get; }

    /// <summary>Size of the standard normal noise of one transition.</summary>
    long NoiseSize { get; }

    /// <summary>Samples the next state of each row.</summary>
    /// <param name="state">[rows, state].</param>
    /// <param name="action">[rows, action], in [-1, 1].</param>
    /// <param name="noise">Standard normal noise, [rows, noise].</param>
    /// <returns>[rows, state].</returns>
    Tensor Transition(Tensor state, Tensor action, Tensor noise);

    /// <summary>The expected reward of the transition into a state.</summary>
    /// <param name="state">[rows, state].</param>
    /// <returns>[rows].</returns>
    Tensor Reward(Tensor state);

    /// <summary>
    /// The probability that the episode continues after a state, in [0, 1], from [rows, state] to [rows]: rewards after the state count
    /// only so much (docs/termination.md). Null if the model predicts no end.
    /// </summary>
    Func<Tensor, Tensor>? Continuation { get; }
}
