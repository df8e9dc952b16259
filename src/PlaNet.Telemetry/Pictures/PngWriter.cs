using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;

namespace PlaNet.Telemetry.Pictures;

/// <summary>Encodes pictures as PNG files: 8 bits per channel, RGB or grey, not interlaced.</summary>
public static class PngWriter
{
    /// <summary>Returns the file's content.</summary>
    public static byte[] Encode(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return picture.Channels == 3 ? Encode<Rgb24>(picture, PngColorType.Rgb) : Encode<L8>(picture, PngColorType.Grayscale);
    }

    private static byte[] Encode<TPixel>(Picture picture, PngColorType colors)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using var image = Image.LoadPixelData<TPixel>(picture.Pixels, picture.Width, picture.Height);
        using var png = new MemoryStream();
        image.SaveAsPng(png, new PngEncoder
        {
            ColorType = colors,
            BitDepth = PngBitDepth.Bit8,
            FilterMethod = PngFilterMethod.Up,
            IgnoreMetadata = true,
        });
        return png.ToArray();
    }
}
