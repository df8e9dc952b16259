using System.Globalization;
using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>A file is not a readable episode.</summary>
/// <param name="name">Name of the file or episode.</param>
/// <param name="reason">Why it cannot be read, as a sentence.</param>
/// <param name="cause">The underlying error. Default none.</param>
public sealed class EpisodeFileException(string name, string reason, Exception? cause = null)
    : Exception($"{name} is not a readable episode: {reason}", cause)
{
    /// <summary>Name of the file or episode.</summary>
    public string Name { get; } = name;

    /// <summary>Why it cannot be read, as a sentence.</summary>
    public string Reason { get; } = reason;
}

/// <summary>Metadata of a stored episode, available without reading its images.</summary>
/// <param name="Name">Name of the episode; with the extension .npz, the name of its file.</param>
/// <param name="Length">Rows, T+1; valid starts of chunks are 0 to Length - L.</param>
/// <param name="Return">Sum of the rewards.</param>
/// <param name="FileBytes">Size of the file, in bytes.</param>
public sealed record EpisodeEntry(string Name, int Length, double Return, long FileBytes)
{
    /// <summary>How the episode ended; null if the file does not say, which counts as truncated.</summary>
    public EpisodeEnd? End { get; init; }

    /// <summary>Decisions, T.</summary>
    public int Steps => Length - 1;
}

/// <summary>
/// The file format of episodes: an .npz archive with image (unless the agent observes state vectors alone), action, reward, the state
/// vectors under their own names, the flags terminated and truncated of every row for tasks that can terminate, and the scalars seed and
/// weights_version if known (docs/runs.md, "The directory").
/// </summary>
public static class EpisodeFile
{
    /// <summary>Extension of the files.</summary>
    public const string Extension = ".npz";

    // Names and shapes in a message come from the file.
    private const int MaxReason = 500;

    /// <summary>The content of an episode's file. Equal episodes give equal bytes.</summary>
    public static byte[] ToBytes(Episode episode)
    {
        ArgumentNullException.ThrowIfNull(episode);
        var length = episode.Length;
        var arrays = new List<KeyValuePair<string, NpyArray>>();
        if (episode.ImageShape is { Bytes: > 0 } shape)
        {
            arrays.Add(new(EpisodeFields.Image, NpyArray.From(episode.Image, length, shape.Height, shape.Width, shape.Channels)));
        }

        arrays.Add(new(EpisodeFields.Action, NpyArray.From(episode.Action, length, episode.ActionSize)));
        arrays.Add(new(EpisodeFields.Reward, NpyArray.From(episode.Reward, length)));
        if (episode.End is { } end)
        {
            arrays.Add(new(EpisodeFields.Terminated, NpyArray.From(LastRow(length, end == EpisodeEnd.Terminated), length)));
            arrays.Add(new(EpisodeFields.Truncated, NpyArray.From(LastRow(length, end == EpisodeEnd.Truncated), length)));
        }

        foreach (var (name, values) in episode.States.OrderBy(state => state.Key, StringComparer.Ordinal))
        {
            arrays.Add(new(name, NpyArray.From(values, length, values.Length / length)));
        }

        if (episode.Seed is { } seed)
        {
            arrays.Add(new(EpisodeFields.Seed, NpyArray.From([seed])));
        }

        if (episode.WeightsVersion is { } version)
        {
            arrays.Add(new(EpisodeFields.WeightsVersion, NpyArray.From([version])));
        }

        using var stream = new MemoryStream(capacity: 1 << 16);
        NpzFile.Write(stream, arrays);
        return stream.ToArray();
    }

    /// <summary>Reads an episode; numbers of other types are converted to 32-bit floats.</summary>
    /// <param name="name">Name of the episode.</param>
    /// <param name="content">The content of the file.</param>
    /// <exception cref="EpisodeFileException">The content is truncated, damaged or not an episode.</exception>
    public static Episode FromBytes(string name, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return Guard(name, () =>
        {
            using var stream = new MemoryStream(content, writable: false);
            var arrays = NpzFile.Read(stream);
            var image = ImageOf(arrays, array => array.Shape.Count);
            var action = Get(arrays, EpisodeFields.Action);
            var reward = Get(arrays, EpisodeFields.Reward);
            var (shape, length) = CheckImage(image?.TypeCode, image?.Shape, reward.Shape);
            CheckShape(EpisodeFields.Action, action.Shape, [length, null]);
            CheckShape(EpisodeFields.Reward, reward.Shape, [length]);
            var states = new Dictionary<string, float[]>(StringComparer.Ordinal);
            ulong? seed = null;
            long? version = null;
            foreach (var (field, array) in arrays)
            {
                switch (field)
                {
                    case EpisodeFields.Image or EpisodeFields.Action or EpisodeFields.Reward:
                    case EpisodeFields.Terminated or EpisodeFields.Truncated:
                        break;
                    case EpisodeFields.Seed:
                        seed = unchecked((ulong)Scalar(field, array));
                        break;
                    case EpisodeFields.WeightsVersion:
                        version = Scalar(field, array);
                        break;
                    default:
                        CheckShape(field, array.Shape.Take(1).ToArray(), [length]);
                        states.Add(field, array.ToSingles());
                        break;
                }
            }

            return new Episode(
                name,
                shape,
                action.Shape[1],
                (byte[]?)image?.Data ?? [],
                action.ToSingles(),
                reward.ToSingles(),
                states,
                seed,
                version,
                EndOf(arrays, length));
        });
    }

    /// <summary>
    /// Reads the metadata of an episode. Only the archive's directory, the headers, actions, rewards and flags are read and checked, not
    /// the images.
    /// </summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="rule">What the episode must satisfy in addition. Default none.</param>
    /// <exception cref="EpisodeFileException">The file is truncated, damaged in a part that is read, or not such an episode.</exception>
    public static EpisodeEntry ReadEntry(string path, EpisodeRule? rule = null)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return Guard(Path.GetFileName(path), () =>
        {
            EpisodeName.Check(name);
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            var (headers, arrays) = NpzFile.ReadSome(
                stream, [EpisodeFields.Action, EpisodeFields.Reward, EpisodeFields.Terminated, EpisodeFields.Truncated]);
            var image = ImageOf(headers, header => header.Shape.Count);
            var (action, reward) = (Get(arrays, EpisodeFields.Action), Get(arrays, EpisodeFields.Reward));
            var (shape, length) = CheckImage(image?.TypeCode, image?.Shape, reward.Shape);
            CheckShape(EpisodeFields.Action, action.Shape, [length, null]);
            CheckShape(EpisodeFields.Reward, reward.Shape, [length]);
            var (actions, rewards) = (action.ToSingles(), reward.ToSingles());
            EpisodeFields.CheckRows(name, action.Shape[1], actions, rewards);
            if (rule?.FlawOf(
                shape,
                action.Shape[1],
                length,
                actions,
                state => headers.TryGetValue(state, out var header) && header.Shape is [_, var size] ? size : null) is { } flaw)
            {
                throw new InvalidDataException(flaw);
            }

            double total = 0;
            foreach (var value in rewards)
            {
                total += value;
            }

            return new EpisodeEntry(name, length, total, stream.Length) { End = EndOf(arrays, length) };
        });
    }

    private static bool[] LastRow(int length, bool value)
    {
        var rows = new bool[length];
        rows[^1] = value;
        return rows;
    }

    private static EpisodeEnd? EndOf(IReadOnlyDictionary<string, NpyArray> arrays, int length)
    {
        bool[]? Flags(string field)
        {
            if (!arrays.TryGetValue(field, out var array))
            {
                return null;
            }

            CheckShape(field, array.Shape, [length]);
            return array.Data as bool[]
                ?? throw new InvalidDataException($"{field} has the type {array.TypeCode}, but must have |b1 (bool).");
        }

        return EpisodeFields.EndOf(Flags(EpisodeFields.Terminated), Flags(EpisodeFields.Truncated));
    }

    private static T Guard<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception
            is InvalidDataException or IOException or UnauthorizedAccessException or NotSupportedException
            or ArgumentException or OverflowException)
        {
            var reason = exception switch
            {
                ArgumentOutOfRangeException => "the height and width of images and the length of actions must be at least 1.",
                OverflowException => "the shape of an array is too large.",
                _ => OneLine.Of(exception.Message, MaxReason),
            };
            throw new EpisodeFileException(name, reason, exception);
        }
    }

    private static T Get<T>(IReadOnlyDictionary<string, T> arrays, string field)
    {
        return arrays.TryGetValue(field, out var array) ? array : throw new InvalidDataException($"it has no array '{field}'.");
    }

    // An episode without images has state vectors, one or more. Anything else lacks its images, for example because their name is damaged.
    private static T? ImageOf<T>(IReadOnlyDictionary<string, T> arrays, Func<T, int> rank)
        where T : class
    {
        var states = arrays.Where(array => !EpisodeFields.IsKnown(array.Key)).ToArray();
        return arrays.TryGetValue(EpisodeFields.Image, out var image) ? image
            : states.Length > 0 && states.All(state => rank(state.Value) <= 2) && arrays.ContainsKey(EpisodeFields.Reward) ? null
            : throw new InvalidDataException($"it has no array '{EpisodeFields.Image}'.");
    }

    // Without images, the rewards give the number of rows.
    private static (ImageShape Shape, int Length) CheckImage(string? typeCode, IReadOnlyList<int>? shape, IReadOnlyList<int> reward)
    {
        if (shape is null)
        {
            CheckShape(EpisodeFields.Reward, reward, [null]);
            return (ImageShape.None, reward[0]);
        }

        CheckShape(EpisodeFields.Image, shape, [null, null, null, shape.Count == 4 && shape[3] == 1 ? 1 : 3]);
        return typeCode is not "|u1" ? throw new InvalidDataException($"image has the type {typeCode}, but must have |u1.")
            : new ImageShape(shape[1], shape[2], shape[3]) is { Height: > 0, Width: > 0 } size ? (size, shape[0])
            : throw new InvalidDataException("the height and width of images must be at least 1.");
    }

    private static void CheckShape(string field, IReadOnlyList<int> actual, int?[] expected)
    {
        if (actual.Count != expected.Length || actual.Zip(expected).Any(pair => pair.Second is { } length && length != pair.First))
        {
            var pattern = string.Join(", ", expected.Select(length => length?.ToString(CultureInfo.InvariantCulture) ?? "any"));
            throw new InvalidDataException($"{field} has the shape ({string.Join(", ", actual)}), but must have ({pattern}).");
        }
    }

    private static long Scalar(string field, NpyArray array)
    {
        CheckShape(field, array.Shape, []);
        return array.Data switch
        {
            long[] values => values[0],
            ulong[] values => unchecked((long)values[0]),
            int[] values => values[0],
            _ => throw new InvalidDataException($"{field} has the type {array.TypeCode}, but must be an integer."),
        };
    }
}
