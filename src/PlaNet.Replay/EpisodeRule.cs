namespace PlaNet.Replay;

/// <summary>A named state vector of an episode.</summary>
/// <param name="Name">Name, such as "position".</param>
/// <param name="Size">Number of values. At least 1.</param>
public readonly record struct StateShape(string Name, int Size);

/// <summary>
/// What an episode must satisfy to enter the replay of a run, whoever recorded it and when. That numbers are finite, that arrays have
/// matching lengths and that row 0 is the reset holds for every <see cref="Episode"/>; this adds what the run requires.
/// </summary>
/// <param name="ImageShape">Shape of the images; <see cref="ImageShape.None"/> without images.</param>
/// <param name="ActionSize">Action dimensions, A.</param>
public sealed record EpisodeRule(ImageShape ImageShape, int ActionSize)
{
    /// <summary>How far an action may lie outside [-1, 1]: the rounding of a conversion between types of numbers.</summary>
    public const float ActionTolerance = 1e-6f;

    /// <summary>The state vectors that the agent observes. Default none: others may be there.</summary>
    public IReadOnlyList<StateShape> States { get; init; } = [];

    /// <summary>Numbers of all these vectors, S.</summary>
    public int StateSize => States.Sum(state => state.Size);

    /// <summary>Whether actions are choices: from row 1 on, each must be one-hot. Default false.</summary>
    public bool IsDiscrete { get; init; }

    /// <summary>Why an episode cannot be used, as a sentence; null if it can.</summary>
    /// <param name="episode">The episode.</param>
    public string? FlawOf(Episode episode)
    {
        ArgumentNullException.ThrowIfNull(episode);
        return FlawOf(
            episode.ImageShape,
            episode.ActionSize,
            episode.Length,
            episode.Action,
            state => episode.States.TryGetValue(state, out var values) ? values.Length / episode.Length : null);
    }

    /// <summary>The same for the parts of an episode that are read without its images.</summary>
    internal string? FlawOf(ImageShape imageShape, int actionSize, int length, ReadOnlySpan<float> action, Func<string, int?> sizeOf)
    {
        if (imageShape != ImageShape)
        {
            return imageShape == ImageShape.None || ImageShape == ImageShape.None
                ? $"it has {imageShape}, but must have {ImageShape}."
                : imageShape.Channels != ImageShape.Channels
                ? $"its images have {imageShape.Channels} channel(s), but must have {ImageShape.Channels}."
                : $"its images are {imageShape.Height}x{imageShape.Width}, but must be {ImageShape.Height}x{ImageShape.Width}.";
        }

        if (actionSize != ActionSize)
        {
            return $"its actions have {actionSize} numbers, but must have {ActionSize}.";
        }

        foreach (var (name, size) in States)
        {
            if (sizeOf(name) is var actual && actual != size)
            {
                return actual is null
                    ? $"it has no state vector {name}, but must have one of {size} numbers."
                    : $"its state vector {name} has {actual} numbers, but must have {size}.";
            }
        }

        if (length < 2)
        {
            return $"it has {length} rows, but must have at least 2: the reset and one decision.";
        }

        var outside = action.IndexOfAnyExceptInRange(-1 - ActionTolerance, 1 + ActionTolerance);
        if (outside >= 0)
        {
            return $"action {outside % ActionSize} of row {outside / ActionSize} is {action[outside]}, but actions must lie in [-1, 1].";
        }

        // Row 0 is the reset, which no action led to.
        for (var row = 1; IsDiscrete && row < length; row++)
        {
            var numbers = action.Slice(row * ActionSize, ActionSize);
            if (numbers.Count(1f) != 1 || numbers.Count(0f) != ActionSize - 1)
            {
                return $"the action of row {row} is [{string.Join(", ", numbers.ToArray())}], but must be one of {ActionSize} choices: "
                    + "1 for the choice and 0 for the others.";
            }
        }

        return null;
    }
}
