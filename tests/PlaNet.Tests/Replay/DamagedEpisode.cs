using PlaNet.Replay;

namespace PlaNet.Tests.Replay;

/// <summary>Files of episodes that must not enter the replay: each differs from a good one in one way.</summary>
internal static class DamagedEpisode
{
    /// <summary>The kinds of damage, and a part of the reason that is given.</summary>
    public static IReadOnlyList<(string Kind, string Reason)> Kinds { get; } =
    [
        ("NaN reward", "reward holds NaN"),
        ("infinite action", "action holds"),
        ("NaN state", "position holds NaN"),
        ("action out of range", "is 5, but actions must lie in [-1, 1]"),
        ("no rows", "no rows"),
        ("no decision", "1 rows, but must have at least 2"),
        ("32x32 images", "its images are 32x32, but must be 64x64"),
        ("two actions", "its actions have 2 numbers, but must have 1"),
        ("one channel", "its images have 1 channel(s), but must have 3"),
        ("images of floats", "image has the type <f4"),
        ("no actions", "no array 'action'"),
        ("truncated", ""),

        // The decompressor or the checksum notices it, depending on the bit.
        ("flipped bit", ""),
        ("another seed", "its seed is 77, but its name is that of seed"),
    ];

    /// <summary>The content of the file.</summary>
    /// <param name="good">An episode with images of 64x64, one action and the state "position".</param>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    public static byte[] Bytes(Episode good, string kind)
    {
        var rows = kind switch { "no rows" => 0, "no decision" => 1, _ => good.Length };
        var (side, channels, actions) = (kind == "32x32 images" ? 32 : 64, kind == "one channel" ? 1 : 3, kind == "two actions" ? 2 : 1);
        var pixels = side == 64 && channels == 3 ? good.Image[..(rows * 64 * 64 * 3)] : new byte[rows * side * side * channels];
        var image = kind == "images of floats"
            ? NpyArray.From(Array.ConvertAll(pixels, pixel => (float)pixel), rows, side, side, channels)
            : NpyArray.From(pixels, rows, side, side, channels);
        var action = actions == 1 ? good.Action[..rows] : new float[rows * actions];
        var reward = good.Reward[..rows];
        var position = good.States["position"][..(rows * (good.States["position"].Length / good.Length))];
        _ = kind switch
        {
            "NaN reward" => reward[2] = float.NaN,
            "infinite action" => action[2] = float.PositiveInfinity,
            "NaN state" => position[2] = float.NaN,
            "action out of range" => action[2] = 5,
            _ => 0,
        };
        using var stream = new MemoryStream();
        NpzFile.Write(
            stream,
            new KeyValuePair<string, NpyArray>[]
            {
                new("image", image),
                new("action", NpyArray.From(action, rows, actions)),
                new("reward", NpyArray.From(reward, rows)),
                new("position", NpyArray.From(position, rows, position.Length / Math.Max(rows, 1))),
                new("seed", NpyArray.From([kind == "another seed" ? 77ul : good.Seed!.Value])),
            }.Where(array => kind != "no actions" || array.Key != "action"));
        var bytes = stream.ToArray();
        if (kind == "flipped bit")
        {
            // A byte of the compressed images.
            bytes[bytes.Length / 3] ^= 1;
        }

        return kind == "truncated" ? bytes[..(bytes.Length / 2)] : bytes;
    }
}
