namespace PlaNet.Environments;

/// <summary>An observation at one time step. It owns its memory: later steps do not change it.</summary>
/// <param name="Image"><c>[height, width, channels]</c> bytes: red, green, blue, or grey; top row first; null without images.</param>
/// <param name="States">Low-dimensional observations by name, SI units.</param>
public sealed record Observation(byte[]? Image, IReadOnlyDictionary<string, float[]> States);

/// <summary>Result of one decision.</summary>
/// <param name="Observation">The observation after the action.</param>
/// <param name="Reward">Reward of the decision, summed over the repeated control steps.</param>
/// <param name="Terminated">Whether the task reached a terminal state: no reward could follow. Never true in the original suite.</param>
/// <param name="Truncated">Whether the time limit ended the episode.</param>
public readonly record struct StepResult(Observation Observation, double Reward, bool Terminated, bool Truncated)
{
    /// <summary>Whether the episode is over.</summary>
    public bool Ended => Terminated || Truncated;
}
