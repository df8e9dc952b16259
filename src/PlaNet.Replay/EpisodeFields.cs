namespace PlaNet.Replay;

/// <summary>Rules for the named arrays of an episode.</summary>
internal static class EpisodeFields
{
    public const string Image = "image";
    public const string Action = "action";
    public const string Reward = "reward";
    public const string Seed = "seed";
    public const string WeightsVersion = "weights_version";

    public static void CheckName(string field)
    {
        if (string.IsNullOrEmpty(field) || field is Image or Action or Reward or Seed or WeightsVersion
            || field.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-' or '.')))
        {
            throw new ArgumentException(
                $"'{field}' is not a valid name of a state: use letters, digits, '_', '-' and '.', " +
                "and none of the names image, action, reward, seed and weights_version.");
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
