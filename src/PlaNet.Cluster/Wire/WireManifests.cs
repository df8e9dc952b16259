using System.Collections.Frozen;
using System.Reflection;
using MessagePack;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Status;

namespace PlaNet.Cluster.Wire;

/// <summary>
/// The fixed table of messages between nodes: the manifest, which is name and version as in <c>blob-chunk/1</c>, and the type. A received
/// manifest can select only one of these types.
/// </summary>
public sealed class WireManifests
{
    private readonly FrozenDictionary<Type, WireShape> _shapes;
    private readonly FrozenDictionary<string, WireShape> _named;

    /// <summary>Makes a table.</summary>
    /// <param name="table">Manifests and their types, each once.</param>
    /// <exception cref="ArgumentException">
    /// A type is no MessagePack record with keys from 0 without gaps, or a type or manifest occurs twice.
    /// </exception>
    internal WireManifests(params (string Manifest, Type Type)[] table)
    {
        var shapes = table.Select(entry => WireShape.Of(entry.Manifest, entry.Type)).ToList();
        _shapes = shapes.ToDictionary(shape => shape.Type).ToFrozenDictionary();
        _named = shapes.ToDictionary(shape => shape.Manifest, StringComparer.Ordinal).ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The messages of this version of the program.</summary>
    public static WireManifests Current { get; } = new(
        ("blob-offer/1", typeof(BlobOffer)),
        ("blob-chunk-request/1", typeof(BlobChunkRequest)),
        ("blob-chunk/1", typeof(BlobChunk)),
        ("blob-refused/1", typeof(BlobRefused)),
        ("worker-report/1", typeof(WorkerReport)),
        ("worker-orders/1", typeof(WorkerOrders)),
        ("ledger-unavailable/1", typeof(StoreUnavailable)),
        ("work-available/1", typeof(WorkAvailable)),
        ("cell-ended/1", typeof(CellEnded)),
        ("cell-end-recorded/1", typeof(CellEndRecorded)),
        ("add-cells/1", typeof(AddCells)),
        ("cells-added/1", typeof(CellsAdded)),
        ("list-cells/1", typeof(ListCells)),
        ("cell-page/1", typeof(CellPage)),
        ("episodes-wanted/1", typeof(EpisodesWanted)),
        ("claim-episode/1", typeof(ClaimEpisode)),
        ("nothing-to-play/1", typeof(NothingToPlay)),
        ("episode-assigned/1", typeof(EpisodeAssigned)),
        ("renew-episode/1", typeof(RenewEpisode)),
        ("episode-held/1", typeof(EpisodeHeld)),
        ("episode-withdrawn/1", typeof(EpisodeWithdrawn)),
        ("episode-returned/1", typeof(EpisodeReturned)),
        ("episode-played/1", typeof(EpisodePlayed)),
        ("episode-taken/1", typeof(EpisodeTaken)),
        ("leases-changed/1", typeof(LeasesChanged)),
        ("change-cell/1", typeof(ChangeCell)),
        ("cell-changed/1", typeof(CellChanged)),
        ("ask-history/1", typeof(AskHistory)),
        ("cell-history/1", typeof(CellHistory)),
        ("ask-node/1", typeof(AskNode)),
        ("node-standing/1", typeof(NodeStatus)),
        ("ask-cluster/1", typeof(AskCluster)),
        ("cluster-standing/1", typeof(ClusterStatus)));

    /// <summary>Every manifest, ordered.</summary>
    public IReadOnlyList<string> Names => [.. _named.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The shape of a type; null for a type that is not listed.</summary>
    internal WireShape? Find(Type type) => _shapes.GetValueOrDefault(type);

    /// <summary>The shape of a manifest's type; null for an unknown manifest.</summary>
    internal WireShape? Find(string manifest) => _named.GetValueOrDefault(manifest);
}

/// <summary>Metadata of a message type.</summary>
/// <param name="Manifest">Name and version on the wire.</param>
/// <param name="Type">The record type.</param>
/// <param name="Fields">Its fields, with keys from 0.</param>
internal sealed record WireShape(string Manifest, Type Type, IReadOnlyList<WireField> Fields)
{
    public static WireShape Of(string manifest, Type type)
    {
        var fields = WireField.Of(type);
        var keys = fields.Select(field => field.Property.GetCustomAttribute<KeyAttribute>()!.IntKey ?? -1).Order();
        if (!typeof(IWireMessage).IsAssignableFrom(type)
            || type.GetCustomAttribute<MessagePackObjectAttribute>() is null
            || !keys.SequenceEqual(Enumerable.Range(0, fields.Count)))
        {
            throw new ArgumentException(
                $"{type} cannot be a wire message: it must implement {nameof(IWireMessage)}, be a MessagePackObject, "
                + "and have the keys 0, 1, 2 and so on.");
        }

        return new WireShape(manifest, type, fields);
    }

    /// <summary>Why a message of this type is invalid; null if it is valid.</summary>
    public string? FlawOf(IWireMessage message) => WireField.FlawOf(message, Fields) ?? message.Flaw;
}
