using MessagePack;

namespace PlaNet.Cluster.Wire;

/// <summary>What a blob holds.</summary>
public enum BlobKind
{
    /// <summary>The weights of a model.</summary>
    Weights = 1,

    /// <summary>A whole episode.</summary>
    Episode = 2,
}

/// <summary>Offers a blob, which can be pulled from the sender in chunks by <see cref="BlobChunkRequest"/>.</summary>
/// <param name="Id">Id of the transfer, 1 to 200 characters; never reused for other content.</param>
/// <param name="Sha256">SHA-256 of the whole content: 64 lower-case hexadecimal digits.</param>
/// <param name="Length">Bytes of the whole content, at least 0.</param>
/// <param name="Kind">What it holds.</param>
[MessagePackObject]
public sealed record BlobOffer(
    [property: Key(0)] string Id,
    [property: Key(1)] string Sha256,
    [property: Key(2)] long Length,
    [property: Key(3)] BlobKind Kind) : IWireMessage
{
    string? IWireMessage.Flaw =>
        BlobLayout.FlawOf(Id)
        ?? (Sha256.Length == 64 && Sha256.All(char.IsAsciiHexDigitLower) ? null : "the hash is not 64 lower-case hexadecimal digits")
        ?? (Length >= 0 ? null : $"the length is {Length} but must be at least 0")
        ?? (Enum.IsDefined(Kind) ? null : $"the kind {(int)Kind} is unknown");
}

/// <summary>Asks for consecutive chunks. Answered by one <see cref="BlobChunk"/> each, or by <see cref="BlobRefused"/>.</summary>
/// <param name="Id">The transfer.</param>
/// <param name="FirstChunk">Index of the first, from 0.</param>
/// <param name="Count">How many, 1 to <see cref="BlobLayout.Window"/>.</param>
[MessagePackObject]
public sealed record BlobChunkRequest(
    [property: Key(0)] string Id, [property: Key(1)] int FirstChunk, [property: Key(2)] int Count) : IWireMessage
{
    string? IWireMessage.Flaw => BlobLayout.FlawOf(Id);
}

/// <summary>One chunk.</summary>
/// <param name="Id">The transfer.</param>
/// <param name="Index">Its index, from 0.</param>
/// <param name="Bytes">Its content: <see cref="BlobLayout.ChunkBytes"/> bytes, or the rest in the last chunk.</param>
[MessagePackObject]
public sealed record BlobChunk(
    [property: Key(0)] string Id, [property: Key(1)] int Index, [property: Key(2)] ReadOnlyMemory<byte> Bytes) : IWireMessage
{
    string? IWireMessage.Flaw =>
        BlobLayout.FlawOf(Id)
        ?? (Index >= 0 ? null : $"the index is {Index} but must be at least 0")
        ?? (Bytes.Length <= BlobLayout.ChunkBytes
            ? null
            : $"the chunk has {Bytes.Length} bytes but may have at most {BlobLayout.ChunkBytes}");
}

/// <summary>A transfer ends without its content; sent by either side.</summary>
/// <param name="Id">The transfer.</param>
/// <param name="Reason">The cause, 1 to 1,000 characters.</param>
[MessagePackObject]
public sealed record BlobRefused([property: Key(0)] string Id, [property: Key(1)] string Reason) : IWireMessage
{
    string? IWireMessage.Flaw =>
        BlobLayout.FlawOf(Id)
        ?? (Reason.Length is >= 1 and <= 1000 ? null : $"the reason has {Reason.Length} characters but must have 1 to 1000");
}
