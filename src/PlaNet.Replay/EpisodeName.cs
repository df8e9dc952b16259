using System.Globalization;
using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>Names of episodes, which are also the names of their files.</summary>
public static class EpisodeName
{
    /// <summary>A new name, <c>YYYYMMDDThhmmss-</c> and 32 hexadecimal digits: names sort by the time of recording.</summary>
    /// <param name="time">Source of the time (UTC).</param>
    /// <param name="random">Source of the digits; two 64-bit numbers are drawn.</param>
    public static string Create(TimeProvider time, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        return string.Create(
            CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd'T'HHmmss}-{random.NextUInt64():x16}{random.NextUInt64():x16}");
    }

    /// <summary>
    /// A name whose digits are derived from the episode's seed, so that a resumed run recognises an episode that a killed process recorded.
    /// </summary>
    /// <param name="time">Source of the time (UTC).</param>
    /// <param name="seed">Seed of the environment's reset.</param>
    public static string Create(TimeProvider time, ulong seed) => Create(time, RandomStream.Fork(seed, "episode name"));

    /// <summary>The last 32 characters of the name of a seed's episode: the part that does not depend on the time.</summary>
    /// <param name="seed">Seed of the environment's reset.</param>
    public static string EndingOf(ulong seed) => Create(TimeProvider.System, seed)[^32..];

    /// <summary>Throws if a name is not a valid file name on every file system.</summary>
    /// <exception cref="ArgumentException">
    /// The name is empty, longer than 100 characters, or has other characters than letters, digits, '-' and '_'.
    /// </exception>
    public static void Check(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > 100
            || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')))
        {
            throw new ArgumentException($"'{name}' is not a valid name of an episode: use 1 to 100 letters, digits, '-' and '_'.");
        }
    }
}
