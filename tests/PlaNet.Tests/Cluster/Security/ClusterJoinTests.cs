using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Wire;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cluster.Security;

/// <summary>Real nodes on loopback addresses: which nodes may join, and which messages they may send.</summary>
public sealed class ClusterJoinTests : IDisposable
{
    private const string First = "127.0.0.1";
    private const string Second = "127.0.0.2";

    private readonly TemporaryFolder _folder = new();
    private readonly List<ClusterTls> _loaded = [];
    private readonly BlobSource _source = new("blob", BlobKind.Weights, new byte[(2 * BlobLayout.ChunkBytes) + 5]);

    [Theory]
    [InlineData(First, Second, true)]
    [InlineData(First, Second, false)]
    [InlineData("[::1]", First, true)]
    public async Task Nodes_join_and_exchange_messages_and_a_singleton_forms(string first, string second, bool tls)
    {
        Assert.SkipUnless(first == First || HasIpv6(), "This machine has no IPv6 loopback address.");
        if (tls)
        {
            Certify("lab", first, second);
        }

        await using var a = TestNode.Start(
            Node(first, tls ? "lab" : null) with { Roles = ["coordinator"], SelectablePaths = ["/user/singleton/singleton"] });
        a.System.ActorOf(Props.Create(() => new ChunkActor(_source, null)), "chunks");
        a.System.ActorOf(
            ClusterSingletonManager.Props(
                Props.Create(() => new ChunkActor(_source, null)),
                PoisonPill.Instance,
                ClusterSingletonManagerSettings.Create(a.System).WithRole("coordinator")),
            "singleton");
        await a.Cluster.JoinAsync(a.Address);
        var seed = ClusterEndpoint.Parse($"{first}:{a.Address.Port}");
        await using var b = TestNode.Start(Node(second, tls ? "lab" : null) with { Roles = ["worker"], Seeds = [seed] });
        await Task.WhenAll(a.Up(2), b.Up(2));

        var proxy = b.System.ActorOf(
            ClusterSingletonProxy.Props("/user/singleton", ClusterSingletonProxySettings.Create(b.System).WithRole("coordinator")));
        var chunk = await proxy.Ask<BlobChunk>(new BlobChunkRequest("blob", 1, 1), TestNode.Deadline);
        Assert.Equal((1, BlobLayout.ChunkBytes), (chunk.Index, chunk.Bytes.Length));
    }

    // The cluster refuses a stranger that trusts its authority. If neither trusts the other, either can be the first to refuse.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_node_with_another_authority_is_refused(bool trusting)
    {
        Certify("lab", First);
        Certify("stranger", Second);
        await using var a = await Alone();
        if (trusting)
        {
            File.AppendAllText(_folder["stranger/authority.crt"], File.ReadAllText(_folder["lab/authority.crt"]));
        }

        await using var b = TestNode.Start(Node(Second, "stranger"));
        b.Cluster.Join(a.Address);
        Task<LogLine> Refuses(TestNode node, string direction) =>
            node.Logged($"Refused a connection {direction}", "was not signed by the cluster's authority");
        await (trusting ? Refuses(a, "from") : await Task.WhenAny(Refuses(a, "from"), Refuses(b, "to")));
        Assert.Equal([a.Address], a.Members());
        Assert.Empty(b.Members());

        // The cluster does not connect to it either.
        a.Cluster.Join(b.Address);
        a.System.ActorSelection(new RootActorPath(b.Address) / "user" / "chunks").Tell(new BlobChunkRequest("blob", 0, 1));
        await a.Logged("AssociationError", $"-> {b.Address}");
        Assert.Equal([a.Address], a.Members());
    }

    // A node that joins through seeds waits for a reply that never arrives. A node that joins directly is a member until it is found
    // unreachable and removed, and receives no message.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_machine_of_the_lab_that_takes_the_address_of_another_is_refused(bool throughSeeds)
    {
        Certify("lab", First, Second, "127.0.0.3");
        await using var a = await Alone(
            "akka.cluster { failure-detector.acceptable-heartbeat-pause = 2s, coordinator-side.stable-after = 1s }");

        // The settings are those of the second machine, the certificate that of the third.
        var seed = ClusterEndpoint.Parse($"{First}:{a.Address.Port}");
        var settings = ClusterConfig.Of(HoconSettings.Default, Node(Second, "lab") with { Seeds = throughSeeds ? [seed] : [] }).Config;
        await using var b = TestNode.Start(BootstrapSetup.Create().WithConfig(settings).And(Tls("lab", "127.0.0.3").Setup));
        if (throughSeeds)
        {
            await a.Logged("Refused a connection to", "CN=127.0.0.3 was not made for 127.0.0.2");
            Assert.Equal([a.Address], a.Members());
        }
        else
        {
            var removed = a.Removed(b.Address);
            b.Cluster.Join(a.Address);
            await a.Logged("Refused a connection to", "CN=127.0.0.3 was not made for 127.0.0.2");
            Assert.Equal(MemberStatus.Removed, (await removed)[^1]);
        }

        Assert.Empty(b.Members());
    }

    [Fact]
    public async Task Connections_without_TLS_or_without_a_certificate_are_refused()
    {
        Certify("lab", First);
        await using var a = await Alone();
        await using var b = TestNode.Start(Node(Second, null));
        b.Cluster.Join(a.Address.WithProtocol("akka.tcp"));
        await b.Logged("Association failed with akka.tcp", "disassociated");
        Assert.Equal([a.Address], a.Members());
        Assert.Empty(b.Members());

        using var plain = new TcpClient(First, a.Address.Port!.Value);
        await plain.GetStream().WriteAsync(new byte[100]);
        Assert.True(await Closed(plain.GetStream()));

        // A TLS client that trusts every server and has no certificate.
        using var nameless = new TcpClient(First, a.Address.Port!.Value);
        await using var stream = new SslStream(
            nameless.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        Assert.True(await Closed(stream, () => stream.AuthenticateAsClientAsync(First)));
    }

    [Fact]
    public async Task Foreign_and_oversized_messages_are_refused_at_the_sender_and_the_connection_survives()
    {
        var received = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var a = TestNode.Start(Node(First, null) with { SelectablePaths = ["/user/chunks"] });
        a.System.ActorOf(Props.Create(() => new ChunkActor(_source, received)), "chunks");
        await using var b = TestNode.Start(Node(Second, null), "akka.remote.dot-netty.tcp.maximum-frame-size = 200000b");
        var chunks = await b.System.ActorSelection(new RootActorPath(a.Address) / "user" / "chunks").ResolveOne(TestNode.Deadline);

        chunks.Tell(new Uri("http://host.example"));
        await b.Logged("System.Uri was not sent", nameof(WireManifests));
        chunks.Tell(new { Text = "anonymous" });
        await b.Logged("AnonymousType", "was not sent");
        chunks.Tell(Kill.Instance);
        await b.Logged("Akka.Actor.Kill was not sent");
        chunks.Tell(new Unlisted());
        await b.Logged(nameof(Unlisted), "was not sent", "List it there");
        chunks.Tell(new BlobOffer("", new string('0', 64), 1, BlobKind.Weights));
        await b.Logged("blob-offer/1 was not sent", "the id has 0 characters");
        chunks.Tell(new BlobChunk("blob", 0, new byte[BlobLayout.ChunkBytes]));
        await b.Logged("blob-chunk/1 was not sent", $"at most {200_000 - WireSerializer.EnvelopeBytes}");

        chunks.Tell(new BlobRefused("blob", "the first that arrives"));
        Assert.Equal(new BlobRefused("blob", "the first that arrives"), await a.Within(received.Task, "received"));
    }

    [Fact]
    public async Task Messages_of_a_node_with_other_serializers_are_refused_at_the_receiver()
    {
        var received = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var a = TestNode.Start(Node(First, null) with { SelectablePaths = ["/user/chunks"] });
        a.System.ActorOf(Props.Create(() => new ChunkActor(_source, received)), "chunks");
        var other = ConfigurationFactory.ParseString(
            $$"""
            akka.actor.provider = remote
            akka.actor.serializers.planet-wire = "PlaNet.Cluster.Wire.WireSerializer, PlaNet.Cluster"
            akka.actor.serialization-bindings { "PlaNet.Cluster.Wire.IWireMessage, PlaNet.Cluster" = planet-wire }
            akka.remote.dot-netty.tcp { hostname = "{{Second}}", port = 0 }
            """).WithFallback(HoconSettings.Default.Akka);
        await using var b = TestNode.Start(ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(other)));
        var chunks = await b.System.ActorSelection(new RootActorPath(a.Address) / "user" / "chunks").ResolveOne(TestNode.Deadline);

        chunks.Tell(new Uri("http://host.example"));
        await a.Logged("written by the serializer 1 was refused");
        b.System.ActorOf(Props.Create(() => new ChunkActor(_source, null)).WithDeploy(new Deploy(new RemoteScope(a.Address))), "deployed");
        await a.Logged("written by the serializer 3 was refused");
        chunks.Tell(PoisonPill.Instance);
        await a.Logged("manifest \"PP\" was refused");
        chunks.Tell(Kill.Instance);
        await a.Logged("manifest \"K\" was refused");
        b.System.ActorSelection(new RootActorPath(a.Address) / "user" / "chunks").Tell(Kill.Instance);

        chunks.Tell(new BlobRefused("blob", "the first that arrives"));
        Assert.Equal(new BlobRefused("blob", "the first that arrives"), await a.Within(received.Task, "received"));
    }

    public void Dispose()
    {
        _loaded.ForEach(tls => tls.Dispose());
        _folder.Dispose();
    }

    private static bool HasIpv6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<bool> Closed(Stream stream, Func<Task>? handshake = null)
    {
        try
        {
            await (handshake?.Invoke() ?? Task.CompletedTask).WaitAsync(TestNode.Deadline);

            // A TLS alert may arrive before the end.
            var buffer = new byte[100];
            while (await stream.ReadAsync(buffer).AsTask().WaitAsync(TestNode.Deadline) > 0)
            {
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return true;
        }
    }

    private async Task<TestNode> Alone(string akka = "")
    {
        var node = TestNode.Start(Node(First, "lab") with { Roles = ["coordinator"] }, akka);
        await node.Cluster.JoinAsync(node.Address);
        return node;
    }

    private void Certify(string name, params string[] machines) =>
        ClusterCertificates.Create(_folder[name], machines, null, TimeProvider.System);

    private ClusterTls Tls(string name, string host)
    {
        var tls = ClusterTls.Load(
            new TlsSettings { Certificate = _folder[$"{name}/{host}.pfx"], Authority = _folder[$"{name}/authority.crt"] })!;
        _loaded.Add(tls);
        return tls;
    }

    private ClusterNode Node(string host, string? lab) => new()
    {
        Listen = ClusterEndpoint.ParseListen($"{host}:0"),
        Tls = lab is null ? null : Tls(lab, host.Trim('[', ']').Replace(':', '-')),
    };

    private sealed class Unlisted : IWireMessage;
}
