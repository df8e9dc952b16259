using System.Collections.Immutable;
using System.Security.Cryptography;

namespace PlaNet.Cluster.Wire;

/// <summary>
/// The receiving side of a transfer, as a value: every step returns the next one and what to do. It pulls the chunks of a blob, at most
/// <see cref="BlobLayout.Window"/> at a time, accepts them in any order, asks again for what is missing after a timeout or a repeated offer,
/// and delivers the content only when its length and hash are those of the offer.
/// </summary>
public sealed record BlobReceiver
{
    private static readonly ImmutableArray<BlobCommand> s_nothing = [];

    private BlobReceiver(BlobOffer offer, BlobLimits limits)
    {
        Offer = offer;
        Limits = limits;
    }

    /// <summary>What is transferred.</summary>
    public BlobOffer Offer { get; }

    /// <summary>What is accepted.</summary>
    public BlobLimits Limits { get; }

    /// <summary>Whether the transfer was delivered or has failed: every later message is ignored.</summary>
    public bool Ended { get; private init; }

    /// <summary>Number of chunks received, without duplicates, since the last restart.</summary>
    public int Received => Chunks.Count;

    /// <summary>Number of the current wait; timeouts of earlier ones are ignored because superseded.</summary>
    public int Version { get; private init; }

    private ImmutableDictionary<int, ReadOnlyMemory<byte>> Chunks { get; init; } = ImmutableDictionary<int, ReadOnlyMemory<byte>>.Empty;

    // Asked for and not received.
    private ImmutableSortedSet<int> Asked { get; init; } = [];

    // The first chunk that was never asked for.
    private int Next { get; init; }

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
        var most = Math.Min(limits.MaxBytes, Array.MaxLength);
        if (offer.Length > most)
        {
            return state.Fail($"the blob {offer.Id} has {offer.Length} bytes, but at most {most} are accepted", tell: true);
        }

        return state.Count == 0 ? state.Complete() : state.Ask(BlobLayout.Window);
    }

    /// <summary>Handles a message from the source. Messages of other transfers, and chunks that were not asked for, are here already or have a wrong size are ignored.</summary>
    /// <param name="message">The message.</param>
    public (BlobReceiver State, ImmutableArray<BlobCommand> Commands) Handle(IWireMessage message) => message switch
    {
        _ when Ended => (this, s_nothing),
        BlobChunk chunk when chunk.Id == Offer.Id => Accept(chunk),
        BlobOffer offer when offer.Id == Offer.Id => offer == Offer
            ? AskAgain()
            : Fail($"the blob {Offer.Id} was offered again with another content", tell: true),
        BlobRefused refused when refused.Id == Offer.Id => Fail($"the source refused the blob {Offer.Id}: {refused.Reason}", tell: false),
        _ => (this, s_nothing),
    };

    /// <summary>Handles the end of a wait.</summary>
    /// <param name="version">The number that came with <see cref="AwaitChunk"/>.</param>
    public (BlobReceiver State, ImmutableArray<BlobCommand> Commands) TimedOut(int version)
    {
        if (Ended || version != Version)
        {
            return (this, s_nothing);
        }

        return Timeouts == Limits.MaxTimeouts
            ? Fail($"no new chunk of the blob {Offer.Id} came within {Timeouts + 1} timeouts; {Received} of {Count} are here", tell: true)
            : (this with { Timeouts = Timeouts + 1 }).AskAgain();
    }

    private (BlobReceiver State, ImmutableArray<BlobCommand> Commands) Accept(BlobChunk chunk)
    {
        if (!Asked.Contains(chunk.Index) || chunk.Bytes.Length != BlobLayout.BytesOf(Offer.Length, chunk.Index))
        {
            return (this, s_nothing);
        }

        var next = this with { Chunks = Chunks.Add(chunk.Index, chunk.Bytes), Asked = Asked.Remove(chunk.Index), Timeouts = 0, Version = Version + 1 };
        return next.Received == Count ? next.Complete() : next.Ask(BlobLayout.Window - next.Asked.Count);
    }

    private (BlobReceiver State, ImmutableArray<BlobCommand> Commands) Ask(int room)
    {
        var indices = Enumerable.Range(Next, Math.Min(room, Count - Next)).ToList();
        return (this with { Asked = Asked.Union(indices), Next = Next + indices.Count }, [.. Requests(indices), new AwaitChunk(Version)]);
    }

    private (BlobReceiver State, ImmutableArray<BlobCommand> Commands) AskAgain()
    {
        var next = this with { Version = Version + 1 };
        return (next, [.. next.Requests(Asked), new AwaitChunk(next.Version)]);
    }

    private IEnumerable<BlobCommand> Requests(IEnumerable<int> indices)
    {
        // Consecutive indices have the same difference from their position.
        foreach (var run in indices.Select((index, position) => (Index: index, Offset: index - position)).GroupBy(item => item.Offset, item => item.Index))
        {
            yield return new TellSource(new BlobChunkRequest(Offer.Id, run.First(), run.Count()));
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
            ? Fail($"the content of the blob {Offer.Id} had another hash than was offered, {Restarts + 1} times", tell: true)
            : (this with { Chunks = Chunks.Clear(), Asked = [], Next = 0, Restarts = Restarts + 1 }).Ask(BlobLayout.Window);
    }

    private (BlobReceiver State, ImmutableArray<BlobCommand> Commands) Fail(string reason, bool tell)
    {
        ImmutableArray<BlobCommand> word = tell ? [new TellSource(new BlobRefused(Offer.Id, reason))] : [];
        return (this with { Ended = true, Chunks = Chunks.Clear() }, word.Add(new FailBlob(reason)));
    }
}
