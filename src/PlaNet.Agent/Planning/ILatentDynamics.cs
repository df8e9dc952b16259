namespace PlaNet.Planning;

/// <summary>A model in which plans can be tried without images. A state is one row of numbers.</summary>
public interface ILatentDynamics
{
    /// <summary>Size of an action, A.</summary>
    long ActionSize { get; }

    /// <summary>Standard normal numbers that one transition consumes.</summary>
    long NoiseSize { get; }

    /// <summary>The states that actions lead to, each sampled once.</summary>
    /// <param name="state">[rows, state].</param>
    /// <param name="action">[rows, action], in [-1, 1].</param>
    /// <param name="noise">[rows, noise].</param>
    /// <returns>[rows, state].</returns>
    Tensor Transition(Tensor state, Tensor action, Tensor noise);

    /// <summary>The expected reward of being led to a state.</summary>
    /// <param name="state">[rows, state].</param>
    /// <returns>[rows].</returns>
    Tensor Reward(Tensor state);
}
