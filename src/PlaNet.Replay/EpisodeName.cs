using System.Globalization;
using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>Names of episodes, which are also the names of their files.</summary>
public static class EpisodeName
{
    /// <summary>A new name, <c>YYYYMMDDThhmmss-</c> and 32 hexadecimal digits: names sort by the time of recording (spec 1.2).</summary>
    /// <param name="time">Where the time (UTC) comes from.</param>
    /// <param name="random">Where the digits come from; two numbers are drawn.</param>
    public static string Create(TimeProvider time, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        return string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd'T'HHmmss}-{random.NextUInt64():x16}{random.NextUInt64():x16}");
    }

    /// <summary>
    /// The name of the episode of a seed: its digits follow from the seed, so that an episode which a killed process recorded is recognised.
    /// </summary>
    /// <param name="time">Where the time (UTC) comes from.</param>
    /// <param name="seed">Seed of the environment's reset.</param>
    public static string Create(TimeProvider time, ulong seed) => Create(time, RandomStream.Fork(seed, "episode name"));

    /// <summary>How the name of a seed's episode ends, whenever it was recorded.</summary>
    /// <param name="seed">Seed of the environment's reset.</param>
    public static string EndingOf(ulong seed) => Create(TimeProvider.System, seed)[^32..];

    /// <summary>Refuses what cannot name a file everywhere.</summary>
    /// <param name="name">A name.</param>
    /// <exception cref="ArgumentException">The name is empty, too long, or holds other characters than letters, digits, '-' and '_'.</exception>
    public static void Check(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > 100 || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')))
        {
            throw new ArgumentException($"'{name}' cannot name an episode: use 1 to 100 letters, digits, '-' and '_'.");
        }
    }
}
