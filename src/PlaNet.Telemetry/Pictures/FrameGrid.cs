namespace PlaNet.Telemetry.Pictures;

/// <summary>Arranges clips side by side, stacked, enlarged, or as a strip of frames.</summary>
public static class FrameGrid
{
    private const byte Background = 255;

    /// <summary>Cuts a batch of sequences into clips.</summary>
    /// <param name="pixels">Pixels <c>[N, T, height, width, 3]</c>, RGB.</param>
    /// <param name="sequences">N.</param>
    /// <param name="frames">T.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    public static IReadOnlyList<Clip> Split(byte[] pixels, int sequences, int frames, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var bytes = frames * height * width * 3;
        if (pixels.LongLength != (long)sequences * bytes)
        {
            throw new ArgumentException(
                $"{sequences} sequences of {frames} x {height} x {width} have {(long)sequences * bytes} bytes in RGB, "
                + $"not {pixels.Length}.");
        }

        return [.. Enumerable.Range(0, sequences).Select(i => new Clip(frames, height, width, pixels.AsSpan(i * bytes, bytes).ToArray()))];
    }

    /// <summary>Clips side by side.</summary>
    /// <param name="clips">At least one; all of equal height and number of frames.</param>
    /// <param name="gap">White columns between two clips. Default 2.</param>
    public static Clip Row(IReadOnlyList<Clip> clips, int gap = 2)
    {
        return Join(
            clips,
            gap,
            (clip, other) => clip.Height == other.Height,
            clips => (clips[0].Height, clips.Sum(clip => clip.Width) + (gap * (clips.Count - 1))),
            clip => (0, clip.Width + gap));
    }

    /// <summary>Clips stacked from top to bottom, such as truth above prediction.</summary>
    /// <param name="clips">At least one; all of equal width and number of frames.</param>
    /// <param name="gap">White rows between two clips. Default 2.</param>
    public static Clip Column(IReadOnlyList<Clip> clips, int gap = 2)
    {
        return Join(
            clips,
            gap,
            (clip, other) => clip.Width == other.Width,
            clips => (clips.Sum(clip => clip.Height) + (gap * (clips.Count - 1)), clips[0].Width),
            clip => (clip.Height + gap, 0));
    }

    /// <summary>Enlarges a clip: every pixel becomes a square.</summary>
    /// <param name="clip">The clip to enlarge.</param>
    /// <param name="factor">Side of the square in pixels. At least 1.</param>
    public static Clip Upscale(Clip clip, int factor)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        var (height, width) = (clip.Height * factor, clip.Width * factor);
        var pixels = new byte[checked(clip.Frames * height * width * 3)];
        var rowBytes = width * 3;
        for (var sourceRow = 0; sourceRow < clip.Frames * clip.Height; sourceRow++)
        {
            var source = clip.Pixels.AsSpan(sourceRow * clip.Width * 3, clip.Width * 3);
            var target = pixels.AsSpan(sourceRow * factor * rowBytes, rowBytes);
            for (var x = 0; x < width; x++)
            {
                source.Slice(x / factor * 3, 3).CopyTo(target[(3 * x)..]);
            }

            for (var copy = 1; copy < factor; copy++)
            {
                target.CopyTo(pixels.AsSpan(((sourceRow * factor) + copy) * rowBytes));
            }
        }

        return new Clip(clip.Frames, height, width, pixels);
    }

    /// <summary>Frames of a clip from left to right.</summary>
    /// <param name="clip">The clip to show.</param>
    /// <param name="every">Takes frame 0, <paramref name="every"/>, 2 <paramref name="every"/> and so on. At least 1. Default 1.</param>
    /// <param name="gap">White columns between two frames. Default 2.</param>
    public static Picture Strip(Clip clip, int every = 1, int gap = 2)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        var frames = Enumerable.Range(0, ((clip.Frames - 1) / every) + 1)
            .Select(i => new Clip(1, clip.Height, clip.Width, clip.Frame(i * every).ToArray()));
        var row = Row([.. frames], gap);
        return new Picture(row.Height, row.Width, row.Pixels);
    }

    private static Clip Join(
        IReadOnlyList<Clip> clips,
        int gap,
        Func<Clip, Clip, bool> fits,
        Func<IReadOnlyList<Clip>, (int Height, int Width)> size,
        Func<Clip, (int Rows, int Columns)> advance)
    {
        ArgumentNullException.ThrowIfNull(clips);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        if (clips.Count == 0 || clips.Any(clip => clip.Frames != clips[0].Frames || !fits(clip, clips[0])))
        {
            throw new ArgumentException(
                $"Clips of {string.Join(", ", clips.Select(clip => $"{clip.Frames}x{clip.Height}x{clip.Width}"))} cannot be joined: "
                + "give at least one, with equal numbers of frames and matching sides.");
        }

        var (height, width) = size(clips);
        var frames = clips[0].Frames;
        var pixels = new byte[checked(frames * height * width * 3)];
        Array.Fill(pixels, Background);
        var (top, left) = (0, 0);
        foreach (var clip in clips)
        {
            for (var frame = 0; frame < frames; frame++)
            {
                for (var row = 0; row < clip.Height; row++)
                {
                    clip.Frame(frame).Slice(row * clip.Width * 3, clip.Width * 3)
                        .CopyTo(pixels.AsSpan(((((frame * height) + top + row) * width) + left) * 3));
                }
            }

            var (rows, columns) = advance(clip);
            (top, left) = (top + rows, left + columns);
        }

        return new Clip(frames, height, width, pixels);
    }
}
