using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Security;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cluster.Security;

public sealed class ClusterConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("10.0.0.5:4053", null)]
    [InlineData("node1:4053", null)]
    [InlineData("127.0.0.1:4053", "10.0.0.6:4053")]
    [InlineData("[fd00::1]:4053", null)]
    public void Beyond_loopback_a_node_needs_TLS_or_the_insecure_option(string listen, string? seed)
    {
        var node = Node(listen) with { Seeds = seed is null ? [] : [ClusterEndpoint.Parse(seed)] };
        var refusal = Assert.Throws<ClusterException>(() => ClusterConfig.Of(HoconSettings.Default, node));
        Assert.Contains("not a loopback address", refusal.Message);
        Assert.Contains("planet cluster certificates --out DIR --hosts", refusal.Message);
        Assert.Contains("--insecure", refusal.Message);

        var start = ClusterConfig.Of(HoconSettings.Default, node with { Insecure = true });
        Assert.Contains("neither encrypted nor authenticated", start.Warning);
        Assert.Contains("planet cluster certificates", start.Warning);
        Assert.False(start.Config.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl"));
    }

    [Fact]
    public void On_loopback_a_node_needs_no_TLS_and_gives_no_warning()
    {
        foreach (var listen in new[] { "127.0.0.1:0", "127.0.0.7:4053", "localhost:4053", "[::1]:0" })
        {
            Assert.Null(ClusterConfig.Of(HoconSettings.Default, Node(listen)).Warning);
            Assert.Null(ClusterConfig.Of(HoconSettings.Default, Node(listen) with { Insecure = true }).Warning);
        }
    }

    [Fact]
    public void A_certificate_must_be_made_for_the_host_by_which_the_node_is_reached()
    {
        using var tls = Tls("node1+10.0.0.5");
        foreach (var every in new[] { "0.0.0.0:4053", "[::]:4053" })
        {
            Assert.Contains(
                "means all interfaces",
                Assert.Throws<ClusterException>(() => ClusterConfig.Of(HoconSettings.Default, Node(every) with { Tls = tls })).Message);
        }

        var refusal = Assert.Throws<ClusterException>(() => ClusterConfig.Of(HoconSettings.Default, Node("node2:4053") with { Tls = tls }));
        Assert.Contains("was not made for node2", refusal.Message);
        Assert.Contains("--hosts node2", refusal.Message);

        var start = ClusterConfig.Of(HoconSettings.Default, Node("Node1:4053") with { Tls = tls, Insecure = true });
        Assert.Null(start.Warning);
        Assert.True(start.Config.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl"));
        Assert.Equal(
            ("node1", "node1"),
            (
                start.Config.GetString("akka.remote.dot-netty.tcp.hostname"),
                start.Config.GetString("akka.remote.dot-netty.tcp.public-hostname")));
    }

    [Fact]
    public void Seed_addresses_use_the_TLS_protocol_when_TLS_is_on()
    {
        using var tls = Tls("127.0.0.1");
        var node = Node("127.0.0.1:0") with
        {
            Seeds = [ClusterEndpoint.Parse("127.0.0.2:4053"), ClusterEndpoint.Parse("[::1]:4054")],
            Roles = ["worker", "collector"]
        };
        Assert.Equal(["akka.tcp://planet@127.0.0.2:4053", "akka.tcp://planet@[::1]:4054"], Seeds(node));
        Assert.Equal(["akka.ssl.tcp://planet@127.0.0.2:4053", "akka.ssl.tcp://planet@[::1]:4054"], Seeds(node with { Tls = tls }));

        IList<string> Seeds(ClusterNode node)
        {
            var config = ClusterConfig.Of(HoconSettings.Default, node).Config;
            Assert.Equal(["worker", "collector"], config.GetStringList("akka.cluster.roles"));
            return config.GetStringList("akka.cluster.seed-nodes");
        }
    }

    [Fact]
    public void The_users_settings_override_defaults_but_not_security_settings()
    {
        var settings = TestNode.Settings(
            """
            akka {
              loglevel = ERROR
              actor.provider = local
              remote {
                untrusted-mode = off
                trusted-selection-paths = ["/user/anything"]
                use-passive-connections = on
                dot-netty.tcp {
                  enable-ssl = off
                  hostname = "0.0.0.0"
                  maximum-frame-size = 2000000b
                  ssl.suppress-validation = on
                }
              }
              cluster {
                failure-detector.acceptable-heartbeat-pause = 9s
                coordinator-side.stable-after = 3s
              }
            }
            """);
        using var tls = Tls("127.0.0.1");
        var config = ClusterConfig.Of(settings, Node("127.0.0.1:0") with { Tls = tls, SelectablePaths = ["/user/grid"] }).Config;
        Assert.Equal("ERROR", config.GetString("akka.loglevel"));
        Assert.Equal(2_000_000, config.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size", null));
        Assert.Equal(TimeSpan.FromSeconds(9), config.GetTimeSpan("akka.cluster.failure-detector.acceptable-heartbeat-pause"));
        Assert.Equal(TimeSpan.FromSeconds(3), config.GetTimeSpan("akka.cluster.coordinator-side.stable-after"));
        Assert.Equal(TimeSpan.FromSeconds(1), config.GetTimeSpan("akka.cluster.failure-detector.heartbeat-interval"));

        Assert.Equal("cluster", config.GetString("akka.actor.provider"));
        Assert.True(config.GetBoolean("akka.remote.untrusted-mode"));
        Assert.False(config.GetBoolean("akka.remote.use-passive-connections"));
        Assert.True(config.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl"));
        Assert.False(config.GetBoolean("akka.remote.dot-netty.tcp.ssl.suppress-validation"));
        Assert.Equal("127.0.0.1", config.GetString("akka.remote.dot-netty.tcp.hostname"));
        var paths = config.GetStringList("akka.remote.trusted-selection-paths");
        Assert.Contains("/user/grid", paths);
        Assert.DoesNotContain("/user/anything", paths);
    }

    [Theory]
    [InlineData("akka.actor.serialization-bindings { \"System.Object\" = other }", "akka.actor.serialization-bindings")]
    [InlineData("akka.actor.serializers.other = \"Akka.Serialization.NewtonSoftJsonSerializer, Akka\"", "akka.actor.serializers")]
    public void Serializers_of_the_user_are_refused(string akka, string named)
    {
        var refusal = Assert.Throws<ClusterException>(() => ClusterConfig.Of(TestNode.Settings(akka), Node("127.0.0.1:0")));
        Assert.StartsWith($"The setting {named} is not allowed", refusal.Message);
    }

    public void Dispose() => _folder.Dispose();

    private static ClusterNode Node(string listen) => new() { Listen = ClusterEndpoint.ParseListen(listen) };

    private ClusterTls Tls(string hosts)
    {
        var files = ClusterCertificates.Create(_folder["lab"], [hosts], null, TimeProvider.System);
        return ClusterTls.Load(new TlsSettings { Certificate = files.Machines[0].File, Authority = files.Authority })!;
    }
}
