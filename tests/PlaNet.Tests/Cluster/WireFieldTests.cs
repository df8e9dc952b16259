using MessagePack;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;
using PlaNet.Cluster.Wire;
using PlaNet.Tests.Fuzz;

namespace PlaNet.Tests.Cluster;

/// <summary>Messages that a damaged sender can write, and that no actor of this version could handle.</summary>
public sealed class WireFieldTests
{
    private static readonly WireFormat s_format = new(WireManifests.Current, 1_000_000);

    [Fact]
    public void A_null_or_an_unknown_value_is_refused_at_any_depth()
    {
        var key = new CellKey("grid", "cell");
        Refused("worker-report/1", new WorkerReport(1, "owner", null, 1, [null!]), "an item of Held is missing");
        Refused("worker-report/1", new WorkerReport(1, "owner", null, 1, [new HeldCell(null!, 1, 1)]), "Key is missing");
        Refused(
            "worker-report/1", new WorkerReport(1, "owner", null, 1, [new HeldCell(key with { Name = null! }, 1, 1)]), "Name is missing");
        Refused("cell-ended/1", new CellEnded(1, "owner", key, 1, 1, (CellOutcome)9, "", 1), "Outcome has the unknown value 9");
        Refused("cell-end-recorded/1", new CellEndRecorded(1, (CellStatus)9), "Status has the unknown value 9");
        var progress = new GridProgress(1, new Dictionary<CellStatus, int> { [(CellStatus)9] = 1 }, 0, null);
        Refused("worker-orders/1", new WorkerOrders(1, [], [], progress), "an item of Counts has the unknown value 9");
        Refused("episode-held/1", new EpisodeHeld(null!), "Id is missing");
    }

    [Fact]
    public void Every_message_with_and_without_its_optional_values_is_accepted()
    {
        foreach (var message in WireManifests.Current.Names.SelectMany(AnyMessage.Of))
        {
            Assert.Equal(s_format.Manifest(message), s_format.Manifest(s_format.Read(s_format.Write(message), s_format.Manifest(message))));
        }
    }

    private static void Refused<T>(string manifest, T message, string reason)
        where T : IWireMessage
    {
        var refusal = Assert.Throws<WireException>(() => s_format.Read(MessagePackSerializer.Serialize(message), manifest));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Throws<WireException>(() => s_format.Write(message));
    }
}
