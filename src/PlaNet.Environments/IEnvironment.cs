namespace PlaNet.Environments;

/// <summary>A task in which an agent acts, one episode after another. Not thread-safe: use it from one thread at a time.</summary>
public interface IEnvironment : IDisposable
{
    /// <summary>The actions, the observations and the length of an episode.</summary>
    EnvironmentSpec Spec { get; }

    /// <summary>Starts an episode.</summary>
    /// <param name="seed">Seed of the initial state: the same seed gives the same episode, bit for bit.</param>
    /// <returns>The observation before the first action.</returns>
    Observation Reset(ulong seed);

    /// <summary>Advances the episode by one decision.</summary>
    /// <param name="action">
    /// One value per action dimension, finite and within the bounds of <see cref="Spec"/>; one-hot if its actions are discrete.
    /// </param>
    /// <returns>The observation after the action, the reward, and whether the episode ended.</returns>
    /// <exception cref="ArgumentException">The action has the wrong length, or a value outside its bounds.</exception>
    /// <exception cref="InvalidOperationException">No episode is running.</exception>
    StepResult Step(ReadOnlySpan<float> action);
}
