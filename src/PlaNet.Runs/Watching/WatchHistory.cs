using System.Collections.Immutable;

namespace PlaNet.Runs.Watching;

/// <summary>The played steps of an episode, and the one that is shown. An immutable value.</summary>
/// <param name="Steps">The steps in order, at least one.</param>
/// <param name="Position">Index of the step that is shown.</param>
public sealed record WatchHistory(ImmutableList<WatchedStep> Steps, int Position)
{
    /// <summary>The step that is shown.</summary>
    public WatchedStep Shown => Steps[Position];

    /// <summary>Whether the newest played step is shown, so that the next step has to be played.</summary>
    public bool IsAtNewest => Position == Steps.Count - 1;

    /// <summary>Whether the episode has ended; earlier steps may be shown nevertheless.</summary>
    public bool HasEnded => Steps[^1].Decision is null;

    /// <summary>The start of an episode.</summary>
    /// <param name="first">The step after the reset.</param>
    public static WatchHistory Begin(WatchedStep first) => new([first], 0);

    /// <summary>Records the result of the newest decision, and shows the step that it led to.</summary>
    /// <param name="reward">Reward of the newest decision.</param>
    /// <param name="next">The step that follows.</param>
    /// <exception cref="InvalidOperationException">The episode has ended.</exception>
    public WatchHistory Append(double reward, WatchedStep next)
    {
        if (HasEnded)
        {
            throw new InvalidOperationException("The episode has ended: begin another one.");
        }

        var played = Steps.SetItem(Steps.Count - 1, Steps[^1] with { Reward = reward }).Add(next);
        return new WatchHistory(played, played.Count - 1);
    }

    /// <summary>Shows a recorded step.</summary>
    /// <param name="position">Index of the step; the nearest recorded one is shown.</param>
    public WatchHistory Show(int position) => this with { Position = Math.Clamp(position, 0, Steps.Count - 1) };
}
