using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing.Processors.Quantization;

namespace PlaNet.Telemetry.Pictures;

/// <summary>Encodes clips as animated GIF files that loop forever.</summary>
public static class GifWriter
{
    /// <summary>
    /// Returns the file's content. Frames of at most 256 colours keep each to within 1 of 255; in other frames similar colours are merged.
    /// </summary>
    /// <param name="clip">The clip; no side longer than 65,535 pixels.</param>
    /// <param name="framesPerSecond">
    /// Above 0 and at most 50, because browsers slow down faster files. Delays are rounded to 1/100 second. Default 20.
    /// </param>
    public static byte[] Encode(Clip clip, double framesPerSecond = 20)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(framesPerSecond);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(framesPerSecond, 50);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(clip.Width, clip.Height), ushort.MaxValue, nameof(clip));
        using var gif = Image.LoadPixelData<Rgb24>(clip.Frame(0), clip.Width, clip.Height);
        for (var frame = 1; frame < clip.Frames; frame++)
        {
            gif.Frames.AddFrame(MemoryMarshal.Cast<byte, Rgb24>(clip.Frame(frame)));
        }

        gif.Metadata.GetGifMetadata().RepeatCount = 0;
        for (var frame = 0; frame < clip.Frames; frame++)
        {
            var delay = Hundredths(frame + 1, framesPerSecond) - Hundredths(frame, framesPerSecond);
            gif.Frames[frame].Metadata.GetGifMetadata().FrameDelay = (int)Math.Min(delay, ushort.MaxValue);
        }

        var quantizer = new OctreeQuantizer(new QuantizerOptions { Dither = null });
        using var file = new MemoryStream();
        gif.SaveAsGif(file, new GifEncoder { ColorTableMode = GifColorTableMode.Local, Quantizer = quantizer });
        return file.ToArray();
    }

    private static long Hundredths(int frame, double framesPerSecond) => (long)Math.Round(100 * frame / framesPerSecond);
}
