using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;

namespace PlaNet.Actors.Wire;

/// <summary>
/// The binary form of messages that cross process boundaries: 16 bytes (the letters PLNA, format version, length and CRC-32C of the
/// rest, little-endian) and a protocol-buffers envelope of type name, type version and fields (<c>messages.proto</c>).
/// </summary>
/// <remarks>Register everything before the first use; from then on it may be used by several threads.</remarks>
public sealed class MessageCodec
{
    /// <summary>Bytes before the envelope.</summary>
    public const int HeaderBytes = 16;

    private const uint Magic = 0x414E4C50;
    private const uint FormatVersion = 1;

    private readonly Dictionary<Type, Entry> _byType = [];
    private readonly Dictionary<string, Entry> _byName = new(StringComparer.Ordinal);
    private readonly int _maxBytes;

    /// <summary>A codec that knows the messages of this room.</summary>
    /// <param name="maxBytes">Size of the largest message, header included. Default 256 MiB: an episode of 1,001 frames has 12 MB.</param>
    public MessageCodec(int maxBytes = 256 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxBytes, HeaderBytes);
        _maxBytes = maxBytes;
        Register("weights-announcement", 1, WireMapping.Write, WireMapping.ReadWeightsAnnouncement);
        Register("episode-request", 1, WireMapping.Write, WireMapping.ReadEpisodeRequest);
        Register("whole-episode", 1, WireMapping.Write, WireMapping.ReadWholeEpisode);
    }

    /// <summary>Adds a type of message.</summary>
    /// <param name="name">Its stable name, which outlives renamed classes.</param>
    /// <param name="version">Version of its fields, from 1. Bytes of older versions are read, those of newer ones refused.</param>
    /// <param name="write">Its fields as bytes.</param>
    /// <param name="read">From its fields.</param>
    /// <exception cref="ArgumentException">Name or type are registered already.</exception>
    public void Register<T>(string name, int version, Func<T, byte[]> write, Func<ReadOnlyMemory<byte>, T> read)
        where T : notnull
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(version);
        var entry = new Entry(name, (uint)version, message => write((T)message), bytes => read(bytes));
        if (_byType.ContainsKey(typeof(T)) || !_byName.TryAdd(name, entry))
        {
            throw new ArgumentException($"{name} ({typeof(T).Name}) is registered already: choose another name.");
        }

        _byType[typeof(T)] = entry;
    }

    /// <summary>A message as bytes.</summary>
    /// <param name="message">An object of a registered type.</param>
    /// <exception cref="WireFormatException">Its type is not registered, or it is too large.</exception>
    public byte[] Encode(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!_byType.TryGetValue(message.GetType(), out var entry))
        {
            throw new WireFormatException($"{message.GetType().Name} is no message that crosses processes: register it.");
        }

        var payload = entry.Write(message);
        var envelope = new EnvelopeProto { Type = entry.Name, Version = entry.Version, Payload = UnsafeByteOperations.UnsafeWrap(payload) };
        var length = envelope.CalculateSize();
        CheckSize(entry.Name, (long)length + HeaderBytes);
        var bytes = new byte[HeaderBytes + length];
        envelope.WriteTo(bytes.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), (uint)length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Checksum(bytes.AsSpan(HeaderBytes)));
        return bytes;
    }

    /// <summary>Bytes of the whole message that begins with a header: what a reader of a stream waits for.</summary>
    /// <param name="header">At least <see cref="HeaderBytes"/> bytes.</param>
    /// <exception cref="WireFormatException">This is no such header, its format is newer, or the message is too large.</exception>
    public int TotalBytes(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderBytes)
        {
            throw new WireFormatException($"A message has at least {HeaderBytes} bytes, but there are {header.Length}: it was cut short.");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic)
        {
            throw new WireFormatException("These bytes are no message of this program: they do not begin with PLNA.");
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (version != FormatVersion)
        {
            throw new WireFormatException($"The message has format {version}, but this program reads format {FormatVersion}: use the same version on both sides.");
        }

        var total = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]) + (long)HeaderBytes;
        CheckSize("The message", total);
        return (int)total;
    }

    /// <summary>A message from bytes.</summary>
    /// <param name="bytes">Exactly what <see cref="Encode"/> made.</param>
    /// <exception cref="WireFormatException">The bytes are cut short, too long, damaged, foreign, of a newer version, or of an unknown type: the message says which.</exception>
    public object Decode(ReadOnlyMemory<byte> bytes)
    {
        var total = TotalBytes(bytes.Span);
        if (bytes.Length != total)
        {
            throw new WireFormatException($"The message should have {total} bytes, but there are {bytes.Length}.");
        }

        var body = bytes[HeaderBytes..];
        if (Checksum(body.Span) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[12..]))
        {
            throw new WireFormatException("The message was damaged on its way: its checksum differs.");
        }

        try
        {
            var envelope = EnvelopeProto.Parser.ParseFrom(body.Span);
            if (!_byName.TryGetValue(envelope.Type, out var entry))
            {
                throw new WireFormatException($"'{envelope.Type}' is no known type of message: use the same version on both sides, or register it.");
            }

            if (envelope.Version == 0 || envelope.Version > entry.Version)
            {
                throw new WireFormatException(
                    $"{entry.Name} has version {envelope.Version}, but this program reads up to {entry.Version}: use the same version on both sides.");
            }

            return entry.Read(envelope.Payload.Memory);
        }
        catch (InvalidProtocolBufferException malformed)
        {
            throw new WireFormatException($"The message's fields cannot be read: {malformed.Message}");
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
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

        return ~crc;
    }

    private void CheckSize(string what, long bytes)
    {
        if (bytes > _maxBytes)
        {
            throw new WireFormatException($"{what} has {bytes} bytes, but at most {_maxBytes} are allowed: send less, or raise the limit on both sides.");
        }
    }

    private sealed record Entry(string Name, uint Version, Func<object, byte[]> Write, Func<ReadOnlyMemory<byte>, object> Read);
}

/// <summary>Bytes cannot be read as a message, or an object not be written as one: the message says why and what to do.</summary>
/// <param name="message">One line.</param>
public sealed class WireFormatException(string message) : Exception(message);
