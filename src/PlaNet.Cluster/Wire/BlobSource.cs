using System.Security.Cryptography;

namespace PlaNet.Cluster.Wire;

/// <summary>The sending side of a transfer: it keeps the content and answers requests for chunks.</summary>
public sealed class BlobSource
{
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>Makes an offer of content.</summary>
    /// <param name="id">Id of the transfer, 1 to 200 characters.</param>
    /// <param name="kind">Kind of the content.</param>
    /// <param name="bytes">The content, which must not change.</param>
    public BlobSource(string id, BlobKind kind, ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        Offer = new BlobOffer(id, Convert.ToHexStringLower(SHA256.HashData(bytes.Span)), bytes.Length, kind);
    }

    /// <summary>The offer for receivers. A repeated offer makes a receiver resume an interrupted transfer.</summary>
    public BlobOffer Offer { get; }

    /// <summary>
    /// Answers a request: the chunks in order, or one <see cref="BlobRefused"/> if it names another transfer or a missing chunk.
    /// </summary>
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
                request.Id,
                $"{request.Count} chunks from index {request.FirstChunk} were requested, but it has {chunks} chunks, "
                + $"and a request is for 1 to {BlobLayout.Window}")];
        }

        return [.. Enumerable.Range(request.FirstChunk, request.Count).Select(index => new BlobChunk(
            Offer.Id, index, _bytes.Slice(index * BlobLayout.ChunkBytes, BlobLayout.BytesOf(Offer.Length, index))))];
    }
}
