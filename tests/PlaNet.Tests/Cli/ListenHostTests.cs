using System.Net;
using System.Net.Sockets;
using PlaNet.Cli;
using PlaNet.Cluster.Security;

namespace PlaNet.Tests.Cli;

public sealed class ListenHostTests
{
    [Theory]
    [InlineData("node2:0", "127.0.1.1", "node2 is 127.0.1.1 on this machine")]
    [InlineData("node2:0", "", "the host name node2 is unknown")]
    [InlineData("node2:0", "10.0.0.5", null)]
    [InlineData("node2:0", "127.0.1.1,10.0.0.5", null)]
    [InlineData("localhost:0", "127.0.0.1", null)]
    [InlineData("127.0.0.2:0", "", null)]
    public void A_host_name_that_other_machines_cannot_reach_is_refused(string endpoint, string addresses, string? rule)
    {
        void Require() => ListenHost.Require(
            ClusterEndpoint.ParseListen(endpoint),
            _ => addresses.Length == 0
                ? throw new SocketException((int)SocketError.HostNotFound)
                : [.. addresses.Split(',').Select(IPAddress.Parse)]);
        if (rule is null)
        {
            Require();
        }
        else
        {
            Assert.Contains(rule, Assert.Throws<UnusableInputException>(Require).Message);
        }
    }
}
