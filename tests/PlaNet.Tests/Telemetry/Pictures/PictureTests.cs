using PlaNet.Common;
using PlaNet.Telemetry.Pictures;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry.Pictures;

public sealed class PictureTests
{
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(64, 64, 3)]
    [InlineData(7, 130, 3)]
    [InlineData(33, 5, 1)]
    public void A_png_holds_the_picture_exactly(int height, int width, int channels)
    {
        var pixels = Noise(height * width * channels, 256);
        var back = Decoders.Png(PngWriter.Encode(new Picture(height, width, pixels)));
        Assert.Equal((height, width, channels), (back.Height, back.Width, back.Channels));
        Assert.Equal(pixels, back.Pixels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(256)]
    public void A_gif_of_at_most_256_colours_holds_the_clip_and_repeats(int colours)
    {
        // Noise of many pixels fills the table of codes several times.
        var pixels = Noise(3 * 90 * 100, colours).SelectMany(value => new[] { value, (byte)(255 - value), (byte)(value / 2) }).ToArray();
        var (clip, delays, loops) = Decoders.Gif(GifWriter.Encode(new Clip(3, 90, 100, pixels)));
        Assert.Equal((3, 90, 100), (clip.Frames, clip.Height, clip.Width));
        AssertNear(pixels, clip.Pixels);
        Assert.Equal([5, 5, 5], delays);
        Assert.True(loops);
    }

    [Fact]
    public void Images_of_every_width_up_to_299_are_read_back()
    {
        for (var width = 1; width < 300; width++)
        {
            var pixels = Enumerable.Range(0, width).SelectMany(x => new byte[] { (byte)(x / 3), (byte)(x % 2), 0 }).ToArray();
            AssertNear(pixels, Decoders.Gif(GifWriter.Encode(new Clip(1, 1, width, pixels))).Clip.Pixels);
        }
    }

    [Fact]
    public void A_gif_of_many_colours_stays_close_to_them()
    {
        var pixels = new byte[64 * 64 * 3];
        for (var i = 0; i < 64 * 64; i++)
        {
            (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]) =
                ((byte)(i % 64 * 4), (byte)(i / 64 * 4), (byte)((i % 64) + (i / 64)));
        }

        var back = Decoders.Gif(GifWriter.Encode(new Clip(1, 64, 64, pixels))).Clip;
        var errors = pixels.Zip(back.Pixels, (one, other) => Math.Abs(one - other)).ToArray();
        Assert.InRange(errors.Average(), 0, 6);
        Assert.InRange(errors.Max(), 1, 32);
    }

    [Fact]
    public void Frame_times_add_up_at_rates_that_hundredths_do_not_divide()
    {
        var delays = Decoders.Gif(GifWriter.Encode(new Clip(30, 1, 1, new byte[90]), framesPerSecond: 30)).Delays;
        Assert.Equal(100, delays.Sum());
        Assert.All(delays, delay => Assert.InRange(delay, 3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => GifWriter.Encode(new Clip(1, 1, 1, new byte[3]), 60));
    }

    [Fact]
    public void A_clip_of_grey_pixels_has_them_in_every_colour_and_other_sizes_are_refused()
    {
        Assert.Equal([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4], new Clip(2, 1, 2, [1, 2, 3, 4]).Pixels);
        Assert.Contains(
            "has 12 bytes in RGB or 4 in grey, not 8", Assert.Throws<ArgumentException>(() => new Clip(2, 1, 2, new byte[8])).Message);
    }

    [Fact]
    public void Clips_are_put_side_by_side_above_one_another_and_enlarged()
    {
        Clip a = new(2, 1, 1, [1, 1, 1, 2, 2, 2]), b = new(2, 1, 1, [3, 3, 3, 4, 4, 4]);
        Assert.Equal([1, 1, 1, 255, 255, 255, 3, 3, 3, 2, 2, 2, 255, 255, 255, 4, 4, 4], FrameGrid.Row([a, b], gap: 1).Pixels);
        var column = FrameGrid.Column([a, b], gap: 0);
        Assert.Equal((2, 1), (column.Height, column.Width));
        Assert.Equal([1, 1, 1, 3, 3, 3, 2, 2, 2, 4, 4, 4], column.Pixels);
        var large = FrameGrid.Upscale(FrameGrid.Row([a, b], gap: 0), 2);
        Assert.Equal((2, 2, 4), (large.Frames, large.Height, large.Width));
        Assert.Equal([1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3], large.Frame(0)[..12].ToArray());
        Assert.Equal(large.Frame(1)[..12], large.Frame(1)[12..]);
        var strip = FrameGrid.Strip(new Clip(5, 1, 1, [.. Enumerable.Range(0, 15).Select(i => (byte)(i / 3))]), every: 2, gap: 0);
        Assert.Equal([0, 0, 0, 2, 2, 2, 4, 4, 4], strip.Pixels);
    }

    [Fact]
    public void A_batch_of_sequences_is_cut_into_clips()
    {
        var pixels = Noise(2 * 3 * 4 * 5 * 3, 256);
        var clips = FrameGrid.Split(pixels, 2, 3, 4, 5);
        Assert.Equal(pixels, clips.SelectMany(clip => clip.Pixels));
        Assert.Throws<ArgumentException>(() => FrameGrid.Split(pixels, 3, 3, 4, 5));
    }

    [Fact]
    public void Clips_that_do_not_fit_are_refused_with_their_sizes()
    {
        Clip a = new(2, 1, 1, new byte[6]), b = new(1, 2, 1, new byte[6]);
        Assert.Contains("2x1x1, 1x2x1", Assert.Throws<ArgumentException>(() => FrameGrid.Row([a, b])).Message);
        Assert.Throws<ArgumentException>(() => FrameGrid.Column([]));
        Assert.Throws<ArgumentException>(() => new Clip(2, 2, 2, new byte[5]));
        Assert.Throws<ArgumentException>(() => new Picture(2, 2, new byte[5]));
    }

    [Fact]
    public void The_extension_decides_the_format_of_a_video()
    {
        using var folder = new TemporaryFolder();
        var clip = new Clip(25, 4, 4, Noise(25 * 4 * 4 * 3, 4));
        var writer = new VideoWriter();
        writer.Write(folder["a.gif"], clip);
        writer.Write(folder["a.png"], clip);
        Assert.Equal(25, Decoders.Gif(File.ReadAllBytes(folder["a.gif"])).Delays.Length);
        Assert.Equal((9 * 4) + (8 * 2), Decoders.Png(File.ReadAllBytes(folder["a.png"])).Width);
        writer.Write(folder["b.GIF"], clip);
        Assert.Equal(File.ReadAllBytes(folder["a.gif"]), File.ReadAllBytes(folder["b.GIF"]));
        Assert.Contains(".gif", Assert.Throws<ArgumentException>(() => writer.Write(folder["a.avi"], clip)).Message);
        Assert.Equal(["a.gif", "a.png", "b.GIF"], folder.Names());
    }

    // The quantizer averages colours and may round the result.
    private static void AssertNear(byte[] expected, byte[] pixels)
    {
        Assert.Equal(expected.Length, pixels.Length);
        Assert.InRange(expected.Zip(pixels, (one, other) => Math.Abs(one - other)).Max(), 0, 1);
    }

    private static byte[] Noise(int length, int values)
    {
        var random = new RandomStream(5);
        return [.. Enumerable.Range(0, length).Select(_ => (byte)random.NextInt32(values))];
    }
}
