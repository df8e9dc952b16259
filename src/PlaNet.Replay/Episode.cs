using System.Runtime.InteropServices;

namespace PlaNet.Replay;

/// <summary>Height, width and channels of an image.</summary>
/// <param name="Height">Rows. At least 1, except in <see cref="None"/>.</param>
/// <param name="Width">Columns. At least 1, except in <see cref="None"/>.</param>
/// <param name="Channels">3 for RGB, 1 for grey; 0 in <see cref="None"/>. Default 3.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ImageShape(int Height, int Width, int Channels = 3)
{
    /// <summary>No image: that of observations which are state vectors alone.</summary>
    public static ImageShape None => default;

    /// <summary>Bytes of one image: height times width times channels.</summary>
    public int Bytes => Height * Width * Channels;

    /// <summary>The shape in words: "images of 64x64 pixels", "grey images of 64x64 pixels" or "no images".</summary>
    public override string ToString() =>
        this == None ? "no images" : $"{(Channels == 1 ? "grey " : "")}images of {Height}x{Width} pixels";
}

/// <summary>How an episode ended.</summary>
public enum EpisodeEnd
{
    /// <summary>By its time limit, or a recording stopped: rewards could have followed.</summary>
    Truncated,

    /// <summary>In a terminal state: no reward could follow.</summary>
    Terminated,
}

/// <summary>
/// One recorded episode of T decisions, as T+1 aligned rows: row k holds the image that action k led to and the reward that
/// action k earned; row 0 holds the image after the reset, a zero action and a zero reward (docs/algorithm.md, "Time").
/// </summary>
/// <remarks>Immutable: its arrays are shared between readers and must not be written to.</remarks>
public sealed class Episode
{
    /// <summary>An episode over the given arrays, which are not copied and must not be changed afterwards.</summary>
    /// <param name="name">Name in the store; see <see cref="EpisodeName"/>.</param>
    /// <param name="imageShape">Shape of the images; <see cref="ImageShape.None"/> without images.</param>
    /// <param name="actionSize">Action dimensions, A. At least 1.</param>
    /// <param name="image">Images <c>[T+1, height, width, channels]</c>; empty without images.</param>
    /// <param name="action">Actions as sent to the environment, <c>[T+1, A]</c>; row 0 is zero.</param>
    /// <param name="reward">Rewards <c>[T+1]</c>; the first is zero.</param>
    /// <param name="states">Simulator state vectors by name, each <c>[T+1, n]</c>. Default none.</param>
    /// <param name="seed">Seed of the environment's reset, if any.</param>
    /// <param name="weightsVersion">Update count of the weights that acted; null for random actions.</param>
    /// <param name="end">
    /// How it ended; null if the file does not say, as of tasks that never terminate. Default null.
    /// </param>
    /// <exception cref="ArgumentException">
    /// An array has the wrong length, a number is not finite, or action or reward of row 0 is not zero. The message names the field.
    /// </exception>
    public Episode(
        string name,
        ImageShape imageShape,
        int actionSize,
        byte[] image,
        float[] action,
        float[] reward,
        IReadOnlyDictionary<string, float[]>? states = null,
        ulong? seed = null,
        long? weightsVersion = null,
        EpisodeEnd? end = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(reward);
        EpisodeName.Check(name);
        if (imageShape != ImageShape.None)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imageShape.Height, nameof(imageShape));
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imageShape.Width, nameof(imageShape));
            if (imageShape.Channels is not (1 or 3))
            {
                throw new ArgumentException($"Episode {name}: images have {imageShape.Channels} channels, but must have 1 or 3.");
            }
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(actionSize);
        Name = name;
        ImageShape = imageShape;
        ActionSize = actionSize;
        Image = image;
        Action = action;
        Reward = reward;
        States = states ?? new Dictionary<string, float[]>(StringComparer.Ordinal);
        Seed = seed;
        WeightsVersion = weightsVersion;
        End = end;
        CheckLength("image", image.Length, (long)Length * imageShape.Bytes);
        CheckLength("action", action.Length, (long)Length * actionSize);
        EpisodeFields.CheckRows(name, actionSize, action, reward);

        foreach (var (field, values) in States)
        {
            EpisodeFields.CheckName(field);
            if (values.Length == 0 || values.Length % Length != 0)
            {
                throw new ArgumentException(
                    $"Episode {name}: {field} has {values.Length} numbers, but must have a positive multiple of the {Length} rows.");
            }

            EpisodeFields.CheckFinite(field, values);
        }

        foreach (var value in reward)
        {
            Return += value;
        }
    }

    /// <summary>Name in the store.</summary>
    public string Name { get; }

    /// <summary>Shape of the images; <see cref="ImageShape.None"/> without images.</summary>
    public ImageShape ImageShape { get; }

    /// <summary>Action dimensions, A.</summary>
    public int ActionSize { get; }

    /// <summary>Rows, T+1.</summary>
    public int Length => Reward.Length;

    /// <summary>Decisions, T.</summary>
    public int Steps => Reward.Length - 1;

    /// <summary>Sum of the rewards.</summary>
    public double Return { get; }

    /// <summary>Images <c>[T+1, height, width, channels]</c>; empty without images. Must not be modified.</summary>
    public byte[] Image { get; }

    /// <summary>Actions <c>[T+1, A]</c>. Must not be modified.</summary>
    public float[] Action { get; }

    /// <summary>Rewards <c>[T+1]</c>: row k was earned by action k. Must not be modified.</summary>
    public float[] Reward { get; }

    /// <summary>Simulator state vectors by name, each <c>[T+1, n]</c>. Must not be modified.</summary>
    public IReadOnlyDictionary<string, float[]> States { get; }

    /// <summary>Seed of the environment's reset, if any.</summary>
    public ulong? Seed { get; }

    /// <summary>Update count of the weights that acted; null for random actions.</summary>
    public long? WeightsVersion { get; }

    /// <summary>How it ended; null if the file does not say, which counts as truncated.</summary>
    public EpisodeEnd? End { get; }

    /// <summary>Memory of the arrays, in bytes.</summary>
    public long Bytes =>
        Image.LongLength + (sizeof(float) * (Action.LongLength + Reward.LongLength + States.Values.Sum(values => values.LongLength)));

    private void CheckLength(string field, int actual, long expected)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"Episode {Name}: {field} has {actual} elements, but {Length} rows need {expected}.");
        }
    }
}
