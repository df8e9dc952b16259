using System.Buffers.Binary;
using System.IO.Compression;
using PlaNet.Replay;

namespace PlaNet.Telemetry.Pictures;

/// <summary>Pictures as PNG files (RFC 2083): 8 bits a channel, RGB or grey, not interlaced.</summary>
public static class PngWriter
{
    private const byte FilterUp = 2;

    /// <summary>The file's content.</summary>
    /// <param name="picture">The picture.</param>
    public static byte[] Encode(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), picture.Height);
        header[8] = 8;
        header[9] = (byte)(picture.Channels == 3 ? 2 : 0);
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "IDAT"u8, Compress(picture));
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static byte[] Compress(Picture picture)
    {
        var rowBytes = picture.Width * picture.Channels;
        var line = new byte[rowBytes + 1];
        line[0] = FilterUp;
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var row = 0; row < picture.Height; row++)
            {
                for (var i = 0; i < rowBytes; i++)
                {
                    var above = row == 0 ? 0 : picture.Pixels[((row - 1) * rowBytes) + i];
                    line[i + 1] = (byte)(picture.Pixels[(row * rowBytes) + i] - above);
                }

                zlib.Write(line);
            }
        }

        return compressed.ToArray();
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        png.Write(number);
        png.Write(type);
        png.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Compute(content, Crc32.Compute(type)));
        png.Write(number);
    }
}
