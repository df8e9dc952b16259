namespace PlaNet.Replay;

/// <summary>
/// What an episode must satisfy to enter the replay of a run, whoever recorded it and when. That numbers are finite, that arrays have
/// matching lengths and that row 0 is the reset holds for every <see cref="Episode"/>; this adds what the run requires.
/// </summary>
/// <param name="ImageShape">Height and width of the images.</param>
/// <param name="ActionSize">Action dimensions, A.</param>
public sealed record EpisodeRule(ImageShape ImageShape, int ActionSize)
{
    /// <summary>How far an action may lie outside [-1, 1]: the rounding of a conversion between types of numbers.</summary>
    public const float ActionTolerance = 1e-6f;

    /// <summary>Why an episode cannot be used, as a sentence; null if it can.</summary>
    /// <param name="episode">The episode.</param>
    public string? FlawOf(Episode episode)
    {
        ArgumentNullException.ThrowIfNull(episode);
        return FlawOf(episode.ImageShape, episode.ActionSize, episode.Length, episode.Action);
    }

    /// <summary>The same for the parts of an episode that are read without its images.</summary>
    internal string? FlawOf(ImageShape imageShape, int actionSize, int length, ReadOnlySpan<float> action)
    {
        if (imageShape != ImageShape)
        {
            return $"its images are {imageShape.Height}x{imageShape.Width}, but must be {ImageShape.Height}x{ImageShape.Width}.";
        }

        if (actionSize != ActionSize)
        {
            return $"its actions have {actionSize} numbers, but must have {ActionSize}.";
        }

        if (length < 2)
        {
            return $"it has {length} rows, but must have at least 2: the reset and one decision.";
        }

        var outside = action.IndexOfAnyExceptInRange(-1 - ActionTolerance, 1 + ActionTolerance);
        return outside < 0 ? null
            : $"action {outside % ActionSize} of row {outside / ActionSize} is {action[outside]}, but actions must lie in [-1, 1].";
    }
}
