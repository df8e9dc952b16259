using System.Security.Cryptography;

namespace PlaNet.Cluster.Wire;

/// <summary>The sending side of a transfer, as a value: it keeps the content and answers requests for chunks.</summary>
public sealed class BlobSource
{
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>A content to offer.</summary>
    /// <param name="id">Names the transfer, 1 to 200 characters.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="bytes">The content, which must not change.</param>
    public BlobSource(string id, BlobKind kind, ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        Offer = new BlobOffer(id, Convert.ToHexStringLower(SHA256.HashData(bytes.Span)), bytes.Length, kind);
    }

    /// <summary>What to send to receivers; again to have them resume a torn transfer.</summary>
    public BlobOffer Offer { get; }

    /// <summary>Answers a request: its chunks in order, or one <see cref="BlobRefused"/> when it names another transfer or a chunk that does not exist.</summary>
    /// <param name="request">The request.</param>
    public IReadOnlyList<IWireMessage> Answer(BlobChunkRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var chunks = BlobLayout.Chunks(Offer.Length);
        if (request.Id != Offer.Id)
        {
            return [new BlobRefused(request.Id, "it is not offered here; ask for the current offer")];
        }

        if (request.Count is < 1 or > BlobLayout.Window || request.FirstChunk < 0 || request.FirstChunk > chunks - request.Count)
        {
            return [new BlobRefused(
                request.Id, $"{request.Count} chunks from number {request.FirstChunk} on were asked for, but it has {chunks}, and at most {BlobLayout.Window} can be asked for at a time")];
        }

        return [.. Enumerable.Range(request.FirstChunk, request.Count).Select(index => new BlobChunk(
            Offer.Id, index, _bytes.Slice(index * BlobLayout.ChunkBytes, BlobLayout.BytesOf(Offer.Length, index))))];
    }
}
