using Akka.Actor;
using PlaNet.Cluster.Security;

namespace PlaNet.Tests.Cluster.Security;

public sealed class ClusterEndpointTests
{
    [Theory]
    [InlineData("node1:4053", "node1", 4053, false)]
    [InlineData("Node1.Lab.Example:1", "node1.lab.example", 1, false)]
    [InlineData("localhost:65535", "localhost", 65535, true)]
    [InlineData("127.0.0.2:4053", "127.0.0.2", 4053, true)]
    [InlineData("10.0.0.5:4053", "10.0.0.5", 4053, false)]
    [InlineData("[::1]:4053", "::1", 4053, true)]
    [InlineData("[FD00:0:0::1]:4053", "fd00::1", 4053, false)]
    [InlineData("[::ffff:127.0.0.1]:4053", "::ffff:127.0.0.1", 4053, true)]
    public void Names_and_addresses_with_a_port_are_read(string text, string host, int port, bool loopback)
    {
        var endpoint = ClusterEndpoint.Parse(text);
        Assert.Equal((host, port, loopback), (endpoint.Host, endpoint.Port, endpoint.IsLoopback));
        Assert.Equal(endpoint, ClusterEndpoint.Parse(endpoint.ToString()));
        foreach (var (tls, scheme) in new[] { (true, "akka.ssl.tcp"), (false, "akka.tcp") })
        {
            // Akka must be able to parse the address that it printed.
            var address = endpoint.AddressOf("planet", tls);
            Assert.Equal(address, Address.Parse(address.ToString()));
            Assert.StartsWith($"{scheme}://planet@", address.ToString());
            Assert.Equal(port, address.Port);
        }
    }

    [Theory]
    [InlineData("node1", "names no port")]
    [InlineData("[::1]", "names no port")]
    [InlineData("", "names no port")]
    [InlineData("::1:4053", "in brackets")]
    [InlineData("node1:", "must be from 1 to 65535")]
    [InlineData("node1:0", "must be from 1 to 65535")]
    [InlineData("node1:65536", "must be from 1 to 65535")]
    [InlineData("node1:+1", "must be from 1 to 65535")]
    [InlineData("node1:4o53", "\"4o53\"")]
    [InlineData(":4053", "neither a name nor an address")]
    [InlineData("a b:4053", "neither a name nor an address")]
    [InlineData("-a:4053", "neither a name nor an address")]
    [InlineData("a..b:4053", "neither a name nor an address")]
    [InlineData("user@host:4053", "neither a name nor an address")]
    [InlineData("10.0.5:4053", "neither a name nor an address")]
    [InlineData("10.0.0.256:4053", "neither a name nor an address")]
    [InlineData("[10.0.0.5]:4053", "neither a name nor an address")]
    [InlineData("[fe80::1%2]:4053", "neither a name nor an address")]
    [InlineData("http://node1:4053", "in brackets")]
    [InlineData("0.0.0.0:4053", "every interface")]
    [InlineData("[::]:4053", "every interface")]
    public void Invalid_endpoints_are_refused_with_the_expected_form(string text, string reason)
    {
        var refusal = Assert.Throws<ClusterException>(() => ClusterEndpoint.Parse(text));
        Assert.Contains($"\"{text}\"", refusal.Message);
        Assert.Contains(reason, refusal.Message);
        Assert.Matches("Write HOST:PORT|Name one address", refusal.Message);
    }

    [Fact]
    public void A_node_may_listen_on_a_free_port_and_on_every_interface()
    {
        Assert.Equal(0, ClusterEndpoint.ParseListen("127.0.0.1:0").Port);
        Assert.True(ClusterEndpoint.ParseListen("0.0.0.0:4053").IsEveryInterface);
        Assert.False(ClusterEndpoint.ParseListen("0.0.0.0:4053").IsLoopback);
        Assert.Contains("from 0 to 65535", Assert.Throws<ClusterException>(() => ClusterEndpoint.ParseListen("a:b")).Message);
    }
}
