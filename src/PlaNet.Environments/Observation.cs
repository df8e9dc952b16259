namespace PlaNet.Environments;

/// <summary>What an environment shows at one time. Owns its memory: later steps do not change it.</summary>
/// <param name="Image"><c>[height, width, 3]</c> bytes: red, green, blue, the top row first; null without pixels.</param>
/// <param name="States">Low-dimensional observations by name, SI units.</param>
public sealed record Observation(byte[]? Image, IReadOnlyDictionary<string, float[]> States);

/// <summary>What one decision led to.</summary>
/// <param name="Observation">What is seen after the action.</param>
/// <param name="Reward">Reward of the decision, summed over repeated control steps.</param>
/// <param name="Terminated">The task itself ended (never, in the control suite): no reward could follow.</param>
/// <param name="Truncated">The time limit cut the episode off.</param>
public readonly record struct StepResult(Observation Observation, double Reward, bool Terminated, bool Truncated)
{
    /// <summary>Whether the episode is over.</summary>
    public bool Ended => Terminated || Truncated;
}
