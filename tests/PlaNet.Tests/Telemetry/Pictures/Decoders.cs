using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Tests.Telemetry.Pictures;

/// <summary>Readers of PNG and GIF, written from the formats' specifications; they share no code with the writers.</summary>
internal static class Decoders
{
    public static Picture Png(byte[] file)
    {
        Assert.Equal(new byte[] { 137, 80, 78, 71, 13, 10, 26, 10 }, file[..8]);
        var (at, width, height, channels) = (8, 0, 0, 0);
        using var compressed = new MemoryStream();
        while (true)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            var type = Encoding.ASCII.GetString(file, at + 4, 4);
            var content = file.AsSpan(at + 8, length);
            Assert.Equal(BitwiseCrc(file.AsSpan(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length)));
            at += 12 + length;
            if (type == "IHDR")
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(content), BinaryPrimitives.ReadInt32BigEndian(content[4..]));
                Assert.Equal(8, content[8]);
                channels = content[9] switch { 0 => 1, 2 => 3, _ => throw new InvalidDataException() };
                Assert.Equal(new byte[] { 0, 0, 0 }, content[10..].ToArray());
            }
            else if (type == "IDAT")
            {
                compressed.Write(content);
            }
            else
            {
                Assert.Equal("IEND", type);
                Assert.Equal(file.Length, at);
                break;
            }
        }

        // The raw deflate data between the two bytes of the zlib header and the four of its checksum.
        var zlib = compressed.ToArray();
        Assert.Equal(0, ((zlib[0] * 256) + zlib[1]) % 31);
        using var inflate = new DeflateStream(new MemoryStream(zlib[2..^4]), CompressionMode.Decompress);
        var raw = new byte[height * ((width * channels) + 1)];
        inflate.ReadExactly(raw);
        Assert.Equal(-1, inflate.ReadByte());
        Assert.Equal(Adler(raw), BinaryPrimitives.ReadUInt32BigEndian(zlib.AsSpan(zlib.Length - 4)));
        var row = width * channels;
        var pixels = new byte[height * row];
        for (var y = 0; y < height; y++)
        {
            var filter = raw[y * (row + 1)];
            for (var i = 0; i < row; i++)
            {
                var left = i >= channels ? pixels[(y * row) + i - channels] : 0;
                var up = y > 0 ? pixels[((y - 1) * row) + i] : 0;
                pixels[(y * row) + i] = (byte)(raw[(y * (row + 1)) + 1 + i]
                    + filter switch { 0 => 0, 1 => left, 2 => up, _ => throw new InvalidDataException() });
            }
        }

        return new Picture(height, width, pixels);
    }

    public static (Clip Clip, int[] Delays, bool Loops) Gif(byte[] file)
    {
        Assert.Equal("GIF89a", Encoding.ASCII.GetString(file, 0, 6));
        int width = file[6] | (file[7] << 8), height = file[8] | (file[9] << 8);
        var at = 13;
        var common = Palette(file, 10, ref at);
        var pixels = new List<byte>();
        var delays = new List<int>();
        var loops = false;
        while (file[at] != 0x3B)
        {
            if (file[at] == 0x21)
            {
                var label = file[at + 1];
                if (label == 0xF9)
                {
                    delays.Add(file[at + 4] | (file[at + 5] << 8));
                }

                loops |= label == 0xFF
                    && Encoding.ASCII.GetString(file, at + 3, 11) == "NETSCAPE2.0"
                    && file[at + 16] == 0
                    && file[at + 17] == 0;
                Blocks(file, at + 2, out at);
                continue;
            }

            Assert.Equal(0x2C, file[at]);
            Assert.Equal(file[6..10], file[(at + 5)..(at + 9)]);
            var flags = at + 9;
            Assert.Equal(0, file[flags] & 0x40);
            at += 10;
            var palette = Palette(file, flags, ref at) ?? common ?? throw new InvalidDataException("there is no palette");
            int symbolBits = file[at];
            var indices = Unlzw(Blocks(file, at + 1, out at), symbolBits);
            Assert.Equal(width * height, indices.Count);
            foreach (var index in indices)
            {
                pixels.AddRange(palette.AsSpan(3 * index, 3));
            }
        }

        Assert.Equal(file.Length - 1, at);
        return (new Clip(delays.Count, height, width, [.. pixels]), [.. delays], loops);
    }

    private static byte[]? Palette(byte[] file, int flags, ref int at)
    {
        if ((file[flags] & 0x80) == 0)
        {
            return null;
        }

        var bytes = 3 * (2 << (file[flags] & 7));
        at += bytes;
        return file[(at - bytes)..at];
    }

    private static byte[] Blocks(byte[] file, int start, out int end)
    {
        var content = new List<byte>();
        while (file[start] != 0)
        {
            content.AddRange(file.AsSpan(start + 1, file[start]));
            start += file[start] + 1;
        }

        end = start + 1;
        return [.. content];
    }

    private static List<byte> Unlzw(byte[] data, int symbolBits)
    {
        var result = new List<byte>();
        var table = new List<byte[]>();
        int clear = 1 << symbolBits, end = clear + 1, bits = symbolBits + 1, position = 0;
        byte[]? previous = null;
        while (true)
        {
            var code = 0;
            for (var i = 0; i < bits; i++, position++)
            {
                code |= ((data[position >> 3] >> (position & 7)) & 1) << i;
            }

            if (code == clear)
            {
                table = [.. Enumerable.Range(0, clear).Select(symbol => new[] { (byte)symbol }), [], []];
                (bits, previous) = (symbolBits + 1, null);
                continue;
            }

            if (code == end)
            {
                Assert.InRange(data.Length * 8, position, position + 7);
                return result;
            }

            byte[] entry = code < table.Count ? table[code] : [.. previous!, previous![0]];
            Assert.True(code <= table.Count, "the code is beyond the end of the table");
            result.AddRange(entry);
            if (previous is not null && table.Count < 4096)
            {
                table.Add([.. previous, entry[0]]);
                if (table.Count == 1 << bits && bits < 12)
                {
                    bits++;
                }
            }

            previous = entry;
        }
    }

    private static uint BitwiseCrc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
        }

        return ~crc;
    }

    private static uint Adler(byte[] data)
    {
        uint a = 1, b = 0;
        foreach (var value in data)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }

        return (b << 16) | a;
    }
}
