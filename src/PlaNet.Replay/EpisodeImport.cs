using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>What the action and the reward of a row belong to, where a recording has as many of them as images.</summary>
public enum ImportedRows
{
    /// <summary>
    /// They led to the image of the row; those of row 0, the reset, are zero. As PlaNet, Dreamer and this program record.
    /// </summary>
    Into,

    /// <summary>The action was taken at the image of the row and earned the reward; the last ones have no image that they led to.</summary>
    OutOf,
}

/// <summary>How to read a recording of another program.</summary>
public sealed record ImportOptions
{
    /// <summary>
    /// Name of the images, <c>[rows, height, width, 3]</c> of bytes, or for grey ones <c>[rows, height, width, 1]</c> or
    /// <c>[rows, height, width]</c>. Default "image".
    /// </summary>
    public string Image { get; init; } = EpisodeFields.Image;

    /// <summary>Name of the actions, <c>[rows, A]</c>. Default "action".</summary>
    public string Action { get; init; } = EpisodeFields.Action;

    /// <summary>Name of the rewards, <c>[rows]</c>. Default "reward".</summary>
    public string Reward { get; init; } = EpisodeFields.Reward;

    /// <summary>What the actions and rewards belong to. Default <see cref="ImportedRows.Into"/>.</summary>
    public ImportedRows Rows { get; init; } = ImportedRows.Into;
}

/// <summary>An episode made from a recording.</summary>
/// <param name="Episode">The episode.</param>
/// <param name="Dropped">What the episode lacks of the recording: its name, and the reason in words that follow a colon.</param>
public sealed record ImportedEpisode(Episode Episode, IReadOnlyList<(string What, string Reason)> Dropped);

/// <summary>
/// Makes episodes from .npz recordings of other programs, such as those of the original PlaNet and of Dreamer (docs/episodes.md). What has
/// more than one reading is refused.
/// </summary>
public static class EpisodeImport
{
    private const string IsTerminal = "is_terminal";
    private const string Discount = "discount";
    private const string IsFirst = "is_first";
    private const string IsLast = "is_last";
    private const string Done = "done";

    /// <summary>Makes an episode from a recording.</summary>
    /// <param name="name">Name of the episode.</param>
    /// <param name="content">The content of the .npz file.</param>
    /// <param name="options">How to read it.</param>
    /// <exception cref="EpisodeFileException">The recording is damaged, is no episode, or can be read in more than one way.</exception>
    public static ImportedEpisode Convert(string name, byte[] content, ImportOptions options)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            using var stream = new MemoryStream(content, writable: false);
            var (arrays, unreadable) = NpzFile.ReadAny(stream);
            var imported = Convert(name, arrays, unreadable, options);
            return new EpisodeRule(imported.Episode.ImageShape, imported.Episode.ActionSize).FlawOf(imported.Episode) is { } flaw
                ? throw new InvalidDataException(flaw)
                : imported;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException or OverflowException)
        {
            throw new EpisodeFileException(name, OneLine.Of(exception.Message, 500), exception);
        }
    }

    private static ImportedEpisode Convert(
        string name,
        IReadOnlyDictionary<string, NpyArray> arrays,
        IReadOnlyDictionary<string, string> unreadable,
        ImportOptions options)
    {
        NpyArray Get(string field) => arrays.TryGetValue(field, out var found) ? found
            : throw new InvalidDataException(
                unreadable.TryGetValue(field, out var reason) ? $"{field}: {reason}"
                : $"it has no array '{field}', but {string.Join(", ", arrays.Select(other => $"{other.Key} {Shape(other.Value)}"))}.");

        var image = Get(options.Image);
        if (image.Shape is not ([_, _, _, 1 or 3] or [_, _, _]) || image.Data is not byte[] pixels)
        {
            throw new InvalidDataException(
                $"{options.Image} is {Shape(image)} of {image.TypeCode}, but must be (rows, height, width, 3) of |u1, from 0 to 255, or "
                + "with 1 instead of 3 for grey images.");
        }

        var rows = image.Shape[0];
        var shape = new ImageShape(image.Shape[1], image.Shape[2], image.Shape is [_, _, _, var channels] ? channels : 1);
        if (rows < 2)
        {
            throw new InvalidDataException($"it has {rows} images, but must have at least 2: that of the reset and one more.");
        }

        var action = Get(options.Action);
        if (action.Shape is not [var actionRows, var size and > 0])
        {
            throw new InvalidDataException(
                $"{options.Action} is {Shape(action)}, but must be (rows, numbers of an action). Store categories one-hot.");
        }

        var reward = Column(options.Reward, Get(options.Reward));
        var (actions, rewards) = (action.ToSingles(), reward);
        var dropped = unreadable.Select(array => ($"array {array.Key}", array.Value)).ToList();
        var lacksReset = actionRows == rows - 1 && rewards.Length == rows - 1;
        var isShifted = !lacksReset && options.Rows == ImportedRows.OutOf;
        if (!lacksReset && (actionRows != rows || rewards.Length != rows))
        {
            throw new InvalidDataException(
                $"it has {rows} images, {actionRows} actions and {rewards.Length} rewards: actions and rewards must be as many as the "
                + "images, or one less.");
        }

        if (isShifted)
        {
            dropped.Add(("the last action and reward", "there is no image that they led to"));
            (actions, rewards) = (actions[..^size], rewards[..^1]);
        }

        if (lacksReset || isShifted)
        {
            (actions, rewards) = ([.. new float[size], .. actions], [0, .. rewards]);
        }
        else if (rewards[0] != 0 || actions.AsSpan(0, size).ContainsAnyExcept(0f))
        {
            throw new InvalidDataException(
                "the action or the reward of row 0 is not zero, but nothing led to the first image. If each row has the action that was "
                + "taken at its image, give --rows=out_of.");
        }

        RequireOneEpisode(arrays);
        var end = EndOf(arrays, rows, isShifted, dropped);
        var states = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (var (field, array) in arrays.OrderBy(array => array.Key, StringComparer.Ordinal))
        {
            if (field == options.Image || field == options.Action || field == options.Reward || field is EpisodeFields.Terminated
                or EpisodeFields.Truncated or IsTerminal or Discount)
            {
                continue;
            }

            if (WhyNoState(field, array, rows) is { } reason)
            {
                dropped.Add(($"array {field}", reason));
            }
            else
            {
                states.Add(field, array.ToSingles());
            }
        }

        return new ImportedEpisode(new Episode(name, shape, size, pixels, actions, rewards, states, end: end), dropped);
    }

    // Two episodes in one file would be learnt as one.
    private static void RequireOneEpisode(IReadOnlyDictionary<string, NpyArray> arrays)
    {
        foreach (var field in new[] { IsFirst, IsLast, Done })
        {
            if (!arrays.TryGetValue(field, out var array) || Flags(array) is not { } flags)
            {
                continue;
            }

            var row = field == IsFirst ? Array.LastIndexOf(flags, true) : Array.IndexOf(flags, true);
            if (row >= 0 && row != (field == IsFirst ? 0 : flags.Length - 1))
            {
                throw new InvalidDataException(
                    $"{field} is true in row {row} of {flags.Length}, but a file must hold one episode: store each in a file of its own.");
            }
        }
    }

    private static EpisodeEnd? EndOf(
        IReadOnlyDictionary<string, NpyArray> arrays, int rows, bool isShifted, List<(string What, string Reason)> dropped)
    {
        bool[]? Read(string field, Func<NpyArray, bool[]?> read)
        {
            if (!arrays.TryGetValue(field, out var array))
            {
                return null;
            }

            if (isShifted)
            {
                dropped.Add(($"array {field}", "it belongs to actions whose image follows, and the last of these is not recorded"));
                return null;
            }

            var flags = read(array);
            if (flags is null || (flags.Length != rows && flags.Length != rows - 1))
            {
                dropped.Add(($"array {field}", $"it is {Shape(array)} and must hold 0 or 1 for each row to say how the episode ended"));
                return null;
            }

            return flags.Length == rows ? flags : [false, .. flags];
        }

        (string Field, bool[]? Flags)[] terminal =
        [
            (EpisodeFields.Terminated, Read(EpisodeFields.Terminated, Flags)),
            (IsTerminal, Read(IsTerminal, Flags)),
            (Discount, Read(Discount, array => Flags(array) is { } flags ? Array.ConvertAll(flags, flag => !flag) : null)),
        ];
        var known = Array.FindAll(terminal, source => source.Flags is not null);
        foreach (var (field, flags) in known)
        {
            if (!flags!.SequenceEqual(known[0].Flags!))
            {
                throw new InvalidDataException($"{known[0].Field} and {field} contradict each other: correct one of them.");
            }
        }

        return EpisodeFields.EndOf(known.Length == 0 ? null : known[0].Flags, Read(EpisodeFields.Truncated, Flags));
    }

    private static string? WhyNoState(string field, NpyArray array, int rows)
    {
        if (field is IsFirst or IsLast or Done)
        {
            return "it only says where an episode begins and ends";
        }

        if (field is EpisodeFields.Seed or EpisodeFields.WeightsVersion)
        {
            return "it would be taken for this program's own";
        }

        if (array.Shape.Count == 0 || array.Shape[0] != rows || array.Data.Length == 0)
        {
            return $"it is {Shape(array)}, but a state must have {rows} rows, as many as the images";
        }

        if (array.Shape.Count > 2)
        {
            return $"it is {Shape(array)}, but a state must have one vector for each row";
        }

        try
        {
            EpisodeFields.CheckName(field);
            EpisodeFields.CheckFinite(field, array.ToSingles());
            return null;
        }
        catch (ArgumentException unusable)
        {
            return unusable.Message;
        }
    }

    private static float[] Column(string field, NpyArray array) => array.Shape is [_] or [_, 1]
        ? array.ToSingles()
        : throw new InvalidDataException($"{field} is {Shape(array)}, but must be (rows).");

    private static bool[]? Flags(NpyArray array) =>
        array.Shape is [_] or [_, 1] && array.ToSingles() is var values && Array.TrueForAll(values, value => value is 0 or 1)
            ? Array.ConvertAll(values, value => value == 1)
            : null;

    private static string Shape(NpyArray array) => $"({string.Join(", ", array.Shape)})";
}
