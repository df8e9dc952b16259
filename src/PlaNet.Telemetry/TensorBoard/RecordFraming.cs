using System.Buffers.Binary;
using System.Numerics;

namespace PlaNet.Telemetry.TensorBoard;

/// <summary>
/// The framing of TFRecord files: the length of a record as 8 bytes, a checksum of these bytes, the record, and its checksum; numbers are
/// little endian. Checksums are masked CRC-32C.
/// </summary>
internal static class RecordFraming
{
    private const int HeaderBytes = 12;
    private const int FooterBytes = 4;

    /// <summary>A record with its frame.</summary>
    /// <param name="record">Content of the record.</param>
    public static byte[] Frame(ReadOnlySpan<byte> record)
    {
        var framed = new byte[HeaderBytes + record.Length + FooterBytes];
        BinaryPrimitives.WriteInt64LittleEndian(framed, record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(framed.AsSpan(8), Checksum(framed.AsSpan(0, 8)));
        record.CopyTo(framed.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(framed.AsSpan(HeaderBytes + record.Length), Checksum(record));
        return framed;
    }

    /// <summary>Reads the record at the position of a stream.</summary>
    /// <param name="stream">A seekable stream at the beginning of a frame.</param>
    /// <returns>The record with its frame; null at the end, and where the rest is torn or damaged.</returns>
    public static byte[]? Next(Stream stream)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        var room = stream.Length - stream.Position - HeaderBytes - FooterBytes;
        if (room < 0 || stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt64LittleEndian(header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) != Checksum(header[..8]) || length < 0 || length > room)
        {
            return null;
        }

        var framed = new byte[HeaderBytes + length + FooterBytes];
        header.CopyTo(framed);
        var rest = framed.AsSpan(HeaderBytes);
        return stream.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false) == rest.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(rest[^FooterBytes..]) == Checksum(rest[..^FooterBytes])
                ? framed
                : null;
    }

    /// <summary>The content of a framed record.</summary>
    /// <param name="framed">Result of <see cref="Frame"/> or <see cref="Next"/>.</param>
    public static ReadOnlyMemory<byte> Content(byte[] framed) => framed.AsMemory(HeaderBytes..^FooterBytes);

    /// <summary>The masked CRC-32C of bytes: a plain one would be a bad checksum of bytes that contain checksums.</summary>
    /// <param name="bytes">Any bytes.</param>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }
}
