namespace PlaNet.Environments;

/// <summary>A task that an agent acts in, episode by episode. Used by one thread at a time.</summary>
public interface IEnvironment : IDisposable
{
    /// <summary>What the environment takes and gives.</summary>
    EnvironmentSpec Spec { get; }

    /// <summary>Starts an episode.</summary>
    /// <param name="seed">Decides the starting state: the same seed starts the same episode, bit for bit.</param>
    /// <returns>What is seen before the first action.</returns>
    Observation Reset(ulong seed);

    /// <summary>Takes one decision.</summary>
    /// <param name="action">One number per action dimension, finite and within the bounds of the spec.</param>
    /// <returns>What is seen after the action, and the reward it earned.</returns>
    /// <exception cref="ArgumentException">The action has the wrong length, or a value outside its bounds.</exception>
    /// <exception cref="InvalidOperationException">No episode is running.</exception>
    StepResult Step(ReadOnlySpan<float> action);
}
