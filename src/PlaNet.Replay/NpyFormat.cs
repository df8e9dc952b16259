using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace PlaNet.Replay;

/// <summary>The header of an .npy file.</summary>
/// <param name="TypeCode">NumPy's code of the element type, one of <see cref="NpyArray.SupportedTypes"/>.</param>
/// <param name="Shape">Length of each axis.</param>
/// <param name="Count">Number of elements.</param>
/// <param name="DataBytes">Size of the numbers after the header, in bytes.</param>
public sealed record NpyHeader(string TypeCode, IReadOnlyList<int> Shape, int Count, long DataBytes);

/// <summary>
/// NumPy's .npy format, version 1.0: the magic string, the version, the length of the header, a Python dictionary padded with
/// spaces and a newline so that the numbers start at a multiple of 64 bytes, and the numbers in C order, little-endian.
/// </summary>
public static class NpyFormat
{
    private const int Alignment = 64;

    /// <summary>The bytes of an array's header, including magic string and padding.</summary>
    public static byte[] Header(NpyArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        var lengths = string.Join(", ", array.Shape.Select(length => length.ToString(CultureInfo.InvariantCulture)));
        var shape = array.Shape.Count == 1 ? $"({lengths},)" : $"({lengths})";
        var dictionary = $"{{'descr': '{array.TypeCode}', 'fortran_order': False, 'shape': {shape}, }}";
        var total = (Magic.Length + 4 + dictionary.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var header = new byte[total];
        Magic.CopyTo(header);
        header[6] = 1;
        header[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), checked((ushort)(total - 10)));
        header.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(dictionary, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    /// <summary>Writes header and numbers.</summary>
    public static void Write(Stream stream, NpyArray array)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(array);
        stream.Write(Header(array));
        stream.Write(array.Bytes());
    }

    /// <summary>Reads header and numbers, to the end of the stream.</summary>
    /// <param name="stream">A stream at the start of an .npy file.</param>
    /// <param name="streamBytes">Bytes in the stream; they limit the memory that a damaged header can request.</param>
    /// <exception cref="InvalidDataException">
    /// The file is truncated or not an .npy file of version 1.0, or its type or order are not supported.
    /// </exception>
    public static NpyArray Read(Stream stream, long streamBytes)
    {
        return Read(stream, streamBytes, out _);
    }

    /// <summary>Reads the header only; the stream is then at the first number.</summary>
    /// <param name="stream">A stream at the start of an .npy file.</param>
    /// <param name="streamBytes">Bytes in the stream; must be exactly those of header and numbers.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Read(Stream, long)"/>.</exception>
    public static NpyHeader ReadHeader(Stream stream, long streamBytes)
    {
        return ReadHeader(stream, streamBytes, out _);
    }

    internal static NpyArray Read(Stream stream, long streamBytes, out uint crc)
    {
        var header = ReadHeader(stream, streamBytes, out crc);
        var array = NpyArray.Allocate(header.TypeCode, [.. header.Shape], header.Count);
        var bytes = array.Bytes();
        ReadExactly(stream, bytes);
        crc = Crc32.Compute(bytes, crc);

        // .NET assumes that a bool is 0 or 1.
        return array.Data is bool[] && bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) is var other && other >= 0
            ? throw new InvalidDataException($"An array of bools holds the byte {bytes[other]} at position {other}, but must hold 0 or 1.")
            : array;
    }

    private static NpyHeader ReadHeader(Stream stream, long streamBytes, out uint crc)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> start = stackalloc byte[10];
        ReadExactly(stream, start);
        if (!start[..6].SequenceEqual(Magic))
        {
            throw new InvalidDataException("Not an .npy file: it does not start with the bytes 93 'NUMPY'.");
        }

        if (start[6] != 1 || start[7] != 0)
        {
            throw new InvalidDataException($"Version {start[6]}.{start[7]} of the .npy format is not supported: save with version 1.0.");
        }

        var dictionary = new byte[BinaryPrimitives.ReadUInt16LittleEndian(start[8..])];
        ReadExactly(stream, dictionary);
        crc = Crc32.Compute(dictionary, Crc32.Compute(start));
        var (typeCode, shape) = NpyDictionary.Parse(Encoding.Latin1.GetString(dictionary));
        long count = 1;
        foreach (var length in shape)
        {
            count = checked(count * length);
        }

        var dataBytes = checked(count * (typeCode[2] - '0'));
        var expected = 10 + dictionary.Length + dataBytes;
        if (expected != streamBytes || count > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"An array of type {typeCode} and shape ({string.Join(", ", shape)}) must have {expected} bytes, but has {streamBytes}.");
        }

        return new NpyHeader(typeCode, shape, (int)count, dataBytes);
    }

    private static void ReadExactly(Stream stream, Span<byte> buffer)
    {
        try
        {
            stream.ReadExactly(buffer);
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidDataException("The .npy data is truncated.", exception);
        }
    }

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];
}
