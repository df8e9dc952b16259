using System.Collections.Immutable;
using System.Security.Cryptography;

namespace PlaNet.Cluster.Wire;

/// <summary>
/// The receiving side of a transfer, as an immutable value: every step returns the next state and commands. It requests the chunks of a
/// blob, at most <see cref="BlobLayout.Window"/> at a time, accepts them in any order, requests missing ones again after a timeout or a
/// repeated offer, and delivers the content only if its length and hash are those of the offer.
/// </summary>
public sealed record BlobReceiver
{
    private static readonly ImmutableArray<BlobCommand> s_noCommands = [];

    private BlobReceiver(BlobOffer offer, BlobLimits limits)
    {
        Offer = offer;
        Limits = limits;
    }

    /// <summary>What is transferred.</summary>
    public BlobOffer Offer { get; }

    /// <summary>What is accepted.</summary>
    public BlobLimits Limits { get; }

    /// <summary>Whether the transfer was delivered or has failed. Later messages are ignored.</summary>
    public bool Ended { get; private init; }

    /// <summary>Number of chunks received, without duplicates, since the last restart.</summary>
    public int Received => Chunks.Count;

    /// <summary>Number of the current wait. Timeouts of superseded waits are ignored.</summary>
    public int Version { get; private init; }

    private ImmutableDictionary<int, ReadOnlyMemory<byte>> Chunks { get; init; } = ImmutableDictionary<int, ReadOnlyMemory<byte>>.Empty;

    // Indices that were requested and not received.
    private ImmutableSortedSet<int> Requested { get; init; } = [];

    // The first index that was never requested.
    private int NextIndex { get; init; }

    private int Timeouts { get; init; }

    private int Restarts { get; init; }

    private int Count => BlobLayout.Chunks(Offer.Length);

    /// <summary>Begins a transfer.</summary>
    /// <param name="offer">What was offered.</param>
    /// <param name="limits">What is accepted.</param>
    public static (BlobReceiver State, ImmutableArray<BlobCommand> Commands) Start(BlobOffer offer, BlobLimits limits)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(limits);
        var state = new BlobReceiver(offer, limits);
        var limit = Math.Min(limits.MaxBytes, Array.MaxLength);
        if (offer.Length > limit)
        {
            return state.Fail($"the blob {offer.Id} has {offer.Length} bytes, but at most {limit} are accepted", notify: true);
        }

        return state.Count == 0 ? state.Complete() : state.RequestNext(BlobLayout.Window);
    }

    /// <summary>
    /// Handles a message from the source. Messages of other transfers are ignored, and so are chunks that were not requested, were received
    /// before or have a wrong size.
    /// </summary>
    public (BlobReceiver State, ImmutableArray<BlobCommand> Commands) Handle(IWireMessage message) => message switch
    {
        _ when Ended => (this, s_noCommands),
        BlobChunk chunk when chunk.Id == Offer.Id => Accept(chunk),
        BlobOffer offer when offer.Id == Offer.Id => offer == Offer
            ? RequestAgain()
            : Fail($"the blob {Offer.Id} was offered again with other content", notify: true),
        BlobRefused refused when refused.Id == Offer.Id => Fail($"the source refused the blob {Offer.Id}: {refused.Reason}", notify: false),
        _ => (this, s_noCommands),
    };

    /// <summary>Handles the end of a wait.</summary>
    /// <param name="version">The number from <see cref="AwaitChunk"/>.</param>
    public (BlobReceiver State, ImmutableArray<BlobCommand> Commands) TimedOut(int version)
    {
        if (Ended || version != Version)
        {
            return (this, s_noCommands);
        }

        return Timeouts == Limits.MaxTimeouts
            ? Fail(
                $"no new chunk of the blob {Offer.Id} was received within {Timeouts + 1} timeouts; it has {Received} of {Count} chunks",
                notify: true)
            : (this with { Timeouts = Timeouts + 1 }).RequestAgain();
    }

    private (BlobReceiver State, ImmutableArray<BlobCommand> Commands) Accept(BlobChunk chunk)
    {
        if (!Requested.Contains(chunk.Index) || chunk.Bytes.Length != BlobLayout.BytesOf(Offer.Length, chunk.Index))
        {
            return (this, s_noCommands);
        }

        var next = this with
        {
            Chunks = Chunks.Add(chunk.Index, chunk.Bytes),
            Requested = Requested.Remove(chunk.Index),
            Timeouts = 0,
            Version = Version + 1,
        };
        return next.Received == Count ? next.Complete() : next.RequestNext(BlobLayout.Window - next.Requested.Count);
    }

    private (BlobReceiver State, ImmutableArray<BlobCommand> Commands) RequestNext(int room)
    {
        var indices = Enumerable.Range(NextIndex, Math.Min(room, Count - NextIndex)).ToList();
        var next = this with { Requested = Requested.Union(indices), NextIndex = NextIndex + indices.Count };
        return (next, [.. Requests(indices), new AwaitChunk(Version)]);
    }

    private (BlobReceiver State, ImmutableArray<BlobCommand> Commands) RequestAgain()
    {
        var next = this with { Version = Version + 1 };
        return (next, [.. next.Requests(Requested), new AwaitChunk(next.Version)]);
    }

    private IEnumerable<BlobCommand> Requests(IEnumerable<int> indices)
    {
        // Consecutive indices have the same difference from their position, so each group is one contiguous range.
        var ranges = indices
            .Select((index, position) => (Index: index, Offset: index - position))
            .GroupBy(item => item.Offset, item => item.Index);
        foreach (var range in ranges)
        {
            yield return new TellSource(new BlobChunkRequest(Offer.Id, range.First(), range.Count()));
        }
    }

    private (BlobReceiver State, ImmutableArray<BlobCommand> Commands) Complete()
    {
        var bytes = new byte[Offer.Length];
        foreach (var (index, chunk) in Chunks)
        {
            chunk.CopyTo(bytes.AsMemory((int)((long)index * BlobLayout.ChunkBytes)));
        }

        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) == Offer.Sha256)
        {
            return (this with { Ended = true, Chunks = Chunks.Clear() }, [new DeliverBlob(bytes)]);
        }

        return Restarts == Limits.MaxRestarts || Count == 0
            ? Fail($"the SHA-256 of the blob {Offer.Id} differed from the offer {Restarts + 1} times", notify: true)
            : (this with { Chunks = Chunks.Clear(), Requested = [], NextIndex = 0, Restarts = Restarts + 1 })
                .RequestNext(BlobLayout.Window);
    }

    private (BlobReceiver State, ImmutableArray<BlobCommand> Commands) Fail(string reason, bool notify)
    {
        ImmutableArray<BlobCommand> commands = notify ? [new TellSource(new BlobRefused(Offer.Id, reason))] : [];
        return (this with { Ended = true, Chunks = Chunks.Clear() }, commands.Add(new FailBlob(reason)));
    }
}
