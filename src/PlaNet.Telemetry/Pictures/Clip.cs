namespace PlaNet.Telemetry.Pictures;

/// <summary>A picture with 8 bits per channel.</summary>
public sealed class Picture
{
    /// <summary>Creates a picture from pixels without copying them.</summary>
    /// <param name="height">Rows. At least 1.</param>
    /// <param name="width">Columns. At least 1.</param>
    /// <param name="pixels">Pixels <c>[height, width, 3]</c>, RGB, or <c>[height, width]</c>, grey.</param>
    /// <exception cref="ArgumentException">The number of bytes matches neither layout.</exception>
    public Picture(int height, int width, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (pixels.LongLength != (long)height * width * 3 && pixels.LongLength != (long)height * width)
        {
            throw new ArgumentException(
                $"A picture of {height} x {width} has {3L * height * width} bytes in RGB or {(long)height * width} in grey, "
                + $"not {pixels.Length}.");
        }

        (Height, Width, Pixels) = (height, width, pixels);
    }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Pixels <c>[height, width, channels]</c>.</summary>
    public byte[] Pixels { get; }

    /// <summary>3 for RGB, 1 for grey.</summary>
    public int Channels => Pixels.Length / Height / Width;
}

/// <summary>A sequence of RGB pictures of one size.</summary>
public sealed class Clip
{
    /// <summary>Creates a clip from pixels. RGB is not copied; grey becomes RGB.</summary>
    /// <param name="frames">Number of pictures, T. At least 1.</param>
    /// <param name="height">Rows. At least 1.</param>
    /// <param name="width">Columns. At least 1.</param>
    /// <param name="pixels">
    /// Pixels <c>[T, height, width, 3]</c>, RGB, or <c>[T, height, width]</c>, grey, such as the images of an episode.
    /// </param>
    /// <exception cref="ArgumentException">The number of bytes matches neither layout.</exception>
    public Clip(int frames, int height, int width, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frames);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        var values = (long)frames * height * width;
        if (pixels.LongLength != values * 3 && pixels.LongLength != values)
        {
            throw new ArgumentException(
                $"A clip of {frames} x {height} x {width} has {3 * values} bytes in RGB or {values} in grey, not {pixels.Length}.");
        }

        (Frames, Height, Width) = (frames, height, width);
        Pixels = pixels.LongLength == values ? Rgb(pixels) : pixels;
    }

    /// <summary>Number of pictures, T.</summary>
    public int Frames { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Pixels <c>[T, height, width, 3]</c>.</summary>
    public byte[] Pixels { get; }

    /// <summary>Bytes of one picture.</summary>
    public int FrameBytes => Height * Width * 3;

    /// <summary>The pixels of one picture.</summary>
    /// <param name="index">0 to T-1.</param>
    public ReadOnlySpan<byte> Frame(int index)
    {
        return Pixels.AsSpan(index * FrameBytes, FrameBytes);
    }

    private static byte[] Rgb(byte[] grey)
    {
        var rgb = new byte[checked(grey.Length * 3)];
        for (var i = 0; i < grey.Length; i++)
        {
            rgb.AsSpan(3 * i, 3).Fill(grey[i]);
        }

        return rgb;
    }
}
