using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using PlaNet.Replay;

namespace PlaNet.Tests.Replay;

public sealed class NpyFormatTests
{
    [Fact]
    public void The_header_is_the_one_numpy_writes()
    {
        // The first 128 bytes of a file that NumPy itself saved.
        var expected = "\u0093NUMPY\u0001\0v\0{'descr': '|u1', 'fortran_order': False, 'shape': (10, 64, 64, 3), }"
            + new string(' ', 49) + "\n";
        Assert.Equal(Encoding.Latin1.GetBytes(expected), NpyFormat.Header(NpyArray.From(new byte[10 * 64 * 64 * 3], 10, 64, 64, 3)));
    }

    [Fact]
    public void Headers_of_every_type_and_rank_end_in_a_newline_at_a_multiple_of_64()
    {
        NpyArray[] arrays =
        [
            NpyArray.From([1f]), NpyArray.From(new float[3], 3), NpyArray.From(new double[6], 2, 3),
            NpyArray.From(Array.Empty<int>(), 0, 5),
            NpyArray.From(new long[1], [.. Enumerable.Repeat(1, 32)]), NpyArray.From([1UL]),
        ];
        string[] descriptions = ["'<f4'", "'<f4'", "'<f8'", "'<i4'", "'<i8'", "'<u8'"];
        string[] shapes = ["()", "(3,)", "(2, 3)", "(0, 5)", $"({string.Join(", ", Enumerable.Repeat(1, 32))})", "()"];
        for (var i = 0; i < arrays.Length; i++)
        {
            var header = NpyFormat.Header(arrays[i]);
            Assert.Equal(0, header.Length % 64);
            Assert.Equal((byte)'\n', header[^1]);
            Assert.Equal(header.Length - 10, header[8] + (256 * header[9]));
            var text = Encoding.Latin1.GetString(header[10..]);
            Assert.Equal($"{{'descr': {descriptions[i]}, 'fortran_order': False, 'shape': {shapes[i]}, }}", text.TrimEnd());
        }
    }

    [Fact]
    public void What_is_written_is_read_back_with_type_and_shape()
    {
        NpyArray[] arrays =
        [
            NpyArray.From(new byte[] { 1, 2, 255 }, 3, 1), NpyArray.From([1.5f, float.NaN], 2), NpyArray.From([double.Epsilon, -0.0], 1, 2),
            NpyArray.From([int.MinValue]), NpyArray.From(new long[] { 1, long.MaxValue }, 2), NpyArray.From([ulong.MaxValue]),
            NpyArray.From(Array.Empty<float>(), 4, 0),
        ];
        foreach (var array in arrays)
        {
            var back = Read(Bytes(array));
            Assert.Equal(array.TypeCode, back.TypeCode);
            Assert.Equal(array.Shape, back.Shape);
            Assert.Equal(array.Data, back.Data);
        }
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "Fortran")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "big-endian")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "Python objects")]
    [InlineData("{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }", "'<U4'")]
    [InlineData("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }", "named fields")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "must have")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999, 99999999), }", "")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "length of an axis")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, }", "missing")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1, }", "'more'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x", "after the dictionary")]
    [InlineData("{'descr': '<f4', 'fortran_order': Perhaps, 'shape': (1,), }", "True or False")]
    [InlineData("{'descr': '<f4", "no closing quote")]
    public void Arrays_that_are_not_supported_are_refused_by_name(string dictionary, string reason)
    {
        var exception = Assert.ThrowsAny<SystemException>(() => Read(WithHeader(dictionary)));
        Assert.True(exception is InvalidDataException or OverflowException);
        Assert.Contains(reason, exception.Message);
    }

    [Theory]
    [InlineData("{'shape': (1,), 'fortran_order': False, 'descr': '<f4'}")]
    [InlineData("{\"descr\":\"<f4\",\"fortran_order\":False,\"shape\":(1,)}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': ( 1 , ), }  \n")]
    public void Other_spellings_of_the_dictionary_are_understood(string dictionary)
    {
        Assert.Equal([0f], Read(WithHeader(dictionary)).ToSingles());
    }

    [Fact]
    public void Other_magic_bytes_and_versions_are_refused()
    {
        var bytes = Bytes(NpyArray.From([1f]));
        bytes[6] = 2;
        Assert.Contains("Version 2.0", Assert.Throws<InvalidDataException>(() => Read(bytes)).Message);
        bytes[0] = 0;
        Assert.Contains("NUMPY", Assert.Throws<InvalidDataException>(() => Read(bytes)).Message);
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        var bytes = Bytes(NpyArray.From([1f, 2f, 3f], 3));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Read(bytes[..length]));
        }
    }

    [Fact]
    public void Equal_arrays_give_equal_archives_whenever_they_are_written()
    {
        KeyValuePair<string, NpyArray>[] arrays = [new("x", NpyArray.From([1f, 2f], 2)), new("y", NpyArray.From([3L]))];
        using var first = new MemoryStream();
        using var second = new MemoryStream();
        NpzFile.Write(first, arrays);
        NpzFile.Write(second, arrays);
        Assert.Equal(first.ToArray(), second.ToArray());
        first.Position = 0;
        var back = NpzFile.Read(first);
        Assert.Equal([1f, 2f], back["x"].ToSingles());
        Assert.Equal(new long[] { 3 }, back["y"].Data);
    }

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void The_checksum_gives_the_published_values(string text, uint expected)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        Assert.Equal(expected, Crc32.Compute(bytes));
        Assert.All(
            Enumerable.Range(0, bytes.Length),
            cut => Assert.Equal(expected, Crc32.Compute(bytes.AsSpan(cut), Crc32.Compute(bytes.AsSpan(0, cut)))));
    }

    // The size that the archive claims would be allocated before the truncation is noticed.
    [Fact]
    public void An_archive_that_claims_gigabytes_is_refused_before_they_are_reserved()
    {
        var header = Encoding.Latin1.GetString(NpyFormat.Header(NpyArray.From<byte>([], 0)))
            .Replace("(0,), }          ", "(2000000000,), }", StringComparison.Ordinal);
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var content = archive.CreateEntry("reward.npy").Open();
            content.Write(Encoding.Latin1.GetBytes(header));
        }

        // The length in the archive's directory, 24 bytes after the start of its entry.
        var bytes = stream.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan(bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 24), (uint)header.Length + 2_000_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<InvalidDataException>(() => NpzFile.Read(new MemoryStream(bytes)));
        Assert.Contains($"cannot hold {header.Length + 2_000_000_000}", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    private static byte[] Bytes(NpyArray array)
    {
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, array);
        return stream.ToArray();
    }

    private static byte[] WithHeader(string dictionary)
    {
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)dictionary.Length, 0, .. Encoding.ASCII.GetBytes(dictionary), 0, 0, 0, 0];
    }

    private static NpyArray Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return NpyFormat.Read(stream, bytes.Length);
    }
}
