using System.Buffers.Binary;

namespace PlaNet.Telemetry.Pictures;

/// <summary>Clips as animated GIF files (GIF89a) that repeat for ever, with one palette for the whole clip.</summary>
public static class GifWriter
{
    /// <summary>The file's content.</summary>
    /// <param name="clip">The clip; no side longer than 65,535.</param>
    /// <param name="framesPerSecond">Above 0 and at most 50: browsers slow down faster ones. Times are kept to 1/100 second. Default 20.</param>
    public static byte[] Encode(Clip clip, double framesPerSecond = 20)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(framesPerSecond);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(framesPerSecond, 50);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(clip.Width, clip.Height), ushort.MaxValue, nameof(clip));
        var palette = GifPalette.Of(clip);
        var bits = Math.Max(1, (int)Math.Ceiling(Math.Log2(palette.Colours.Length / 3)));
        using var gif = new MemoryStream();
        gif.Write("GIF89a"u8);
        WriteUInt16(gif, clip.Width);
        WriteUInt16(gif, clip.Height);
        gif.Write([(byte)(0xF0 | (bits - 1)), 0, 0]);
        gif.Write(palette.Colours);
        gif.Write(new byte[(3 << bits) - palette.Colours.Length]);
        gif.Write([0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0]);
        var indices = new byte[clip.Height * clip.Width];
        for (var frame = 0; frame < clip.Frames; frame++)
        {
            var delay = Hundredths(frame + 1, framesPerSecond) - Hundredths(frame, framesPerSecond);
            gif.Write([0x21, 0xF9, 4, 4]);
            WriteUInt16(gif, (int)Math.Min(delay, ushort.MaxValue));
            gif.Write([0, 0, 0x2C, 0, 0, 0, 0]);
            WriteUInt16(gif, clip.Width);
            WriteUInt16(gif, clip.Height);
            gif.WriteByte(0);
            var pixels = clip.Frame(frame);
            for (var i = 0; i < indices.Length; i++)
            {
                indices[i] = palette.IndexOf(pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]);
            }

            LzwEncoder.Write(gif, indices, Math.Max(2, bits));
        }

        gif.WriteByte(0x3B);
        return gif.ToArray();
    }

    private static long Hundredths(int frame, double framesPerSecond)
    {
        return (long)Math.Round(100 * frame / framesPerSecond);
    }

    private static void WriteUInt16(MemoryStream stream, int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        stream.Write(bytes);
    }
}
