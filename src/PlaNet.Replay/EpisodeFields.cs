namespace PlaNet.Replay;

/// <summary>Rules for the named arrays of an episode.</summary>
internal static class EpisodeFields
{
    public const string Image = "image";
    public const string Action = "action";
    public const string Reward = "reward";
    public const string Terminated = "terminated";
    public const string Truncated = "truncated";
    public const string Seed = "seed";
    public const string WeightsVersion = "weights_version";

    /// <summary>Whether a name belongs to an array that is no state vector.</summary>
    public static bool IsKnown(string field) => field is Image or Action or Reward or Terminated or Truncated or Seed or WeightsVersion;

    public static void CheckName(string field)
    {
        if (string.IsNullOrEmpty(field) || IsKnown(field)
            || field.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-' or '.')))
        {
            throw new ArgumentException(
                $"'{field}' is not a valid name of a state: use letters, digits, '_', '-' and '.', " +
                "and none of the names image, action, reward, terminated, truncated, seed and weights_version.");
        }
    }

    /// <summary>Checks the actions and rewards of an episode, whose lengths must match.</summary>
    public static void CheckRows(string episode, int actionSize, ReadOnlySpan<float> action, ReadOnlySpan<float> reward)
    {
        if (reward.Length == 0)
        {
            throw new ArgumentException($"Episode {episode} has no rows: it needs at least the row of the reset.");
        }

        CheckFinite(Action, action);
        CheckFinite(Reward, reward);
        if (reward[0] != 0 || action[..actionSize].ContainsAnyExcept(0f))
        {
            throw new ArgumentException(
                $"Episode {episode} has an action or a reward that is not zero in row 0, which is the reset: " +
                "align actions and rewards to the image that they lead to.");
        }
    }

    /// <summary>How an episode ended, from its arrays; null if it has neither. A missing one counts as false in every row.</summary>
    /// <param name="terminated">The array <see cref="Terminated"/>, <c>[T+1]</c>.</param>
    /// <param name="truncated">The array <see cref="Truncated"/>, <c>[T+1]</c>.</param>
    /// <exception cref="InvalidDataException">The arrays contradict each other, or the episode continues after its end.</exception>
    public static EpisodeEnd? EndOf(bool[]? terminated, bool[]? truncated)
    {
        foreach (var (field, values) in new[] { (Terminated, terminated), (Truncated, truncated) })
        {
            if (values is not null && Array.IndexOf(values, true) is var row && row >= 0 && row < values.Length - 1)
            {
                throw new InvalidDataException(
                    $"{field} is true in row {row}, but only the last row, {values.Length - 1}, ends an episode: "
                    + "store what follows as another episode.");
            }
        }

        return (terminated is [.., true], truncated is [.., true]) switch
        {
            (true, true) => throw new InvalidDataException(
                "terminated and truncated are both true in the last row, but an episode ends in one way: "
                + "a terminal state is terminated, also at the time limit."),
            (true, false) => EpisodeEnd.Terminated,
            _ => terminated is null && truncated is null ? null : EpisodeEnd.Truncated,
        };
    }

    public static void CheckFinite(string field, ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    $"{field} holds {values[i]} at position {i}, but recorded numbers must be finite. " +
                    "The simulation has diverged: reduce the actions or the time step.");
            }
        }
    }
}
