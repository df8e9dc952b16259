using PlaNet.Cluster.Security;
using PlaNet.Common;
using PlaNet.Environments;
using PlaNet.Environments.Processes;
using PlaNet.Runs.Actors;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Environments;

/// <summary>Environments at an address, served on the loopback address of this machine.</summary>
public sealed class RemoteEnvironmentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Several_environments_at_one_address_play_the_episodes_of_local_ones(bool secure)
    {
        using var authority = secure ? Certificates("lab") : null;
        using var server = new RemoteServer(authority);
        using var local = TaskRegistry.Create("reacher_easy");
        using var first = new ProcessEnvironment(RemoteOptions.To(server.Address, authority));
        using var second = new ProcessEnvironment(RemoteOptions.To(server.Address, authority));
        var expected = Episode(local, 7, 5);
        Assert.Equal(expected, Episode(first, 7, 5));
        Assert.NotEqual(expected, Episode(second, 8, 5));
        Assert.Equal(expected, Episode(second, 7, 5));
        Assert.Equal(2, server.Connections);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lost_connection_loses_the_episode_and_the_same_seed_plays_it_again(bool secure)
    {
        using var authority = secure ? Certificates("lab") : null;
        using var server = new RemoteServer(authority);
        using var environment = new ProcessEnvironment(RemoteOptions.To(server.Address, authority));
        var whole = Episode(environment, 3, 6);
        environment.Reset(3);
        environment.Step([0.5f, -0.5f]);
        server.Disconnect();
        var failure = Assert.Throws<EnvironmentProcessException>(() => environment.Step([0.5f, -0.5f]));
        Assert.Contains($"The environment at {server.Address} closed the connection", failure.Message, StringComparison.Ordinal);
        Assert.False(RunSupervision.IsFinal(failure));
        Assert.Throws<InvalidOperationException>(() => environment.Step([0, 0]));
        Assert.Equal(whole, Episode(environment, 3, 6));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public void A_program_that_does_not_answer_in_time_is_disconnected()
    {
        using var silent = new RemoteServer(null, stream =>
        {
            stream.Write("{\"protocol\":\"planet-environment/1\",\"task\":\"t\",\"action\":{\"low\":[0],\"high\":[1]},"u8);
            stream.Write("\"states\":[{\"name\":\"s\",\"size\":1}],\"control_steps\":5}\n"u8);
            while (stream.ReadByte() >= 0)
            {
                // Never answers.
            }
        });
        using var environment = new ProcessEnvironment(
            RemoteOptions.To(silent.Address, null) with { Timeout = TimeSpan.FromSeconds(0.3) });
        var failure = Assert.Throws<EnvironmentProcessException>(() => environment.Reset(1));
        Assert.Contains("did not send the answer to a reset within 0.3 s and was disconnected", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.BreaksProtocol);
    }

    [Fact]
    public void A_foreign_line_over_the_connection_is_quoted()
    {
        using var chatty = new RemoteServer(null, stream => stream.Write("220 mail ready\n"u8));
        var failure = Assert.Throws<EnvironmentProcessException>(() => new ProcessEnvironment(RemoteOptions.To(chatty.Address, null)));
        Assert.Contains("220 mail ready", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_without_a_program_is_named()
    {
        string address;
        using (var server = new RemoteServer(null))
        {
            address = server.Address;
        }

        var failure = Assert.Throws<EnvironmentProcessException>(() => new ProcessEnvironment(RemoteOptions.To(address, null)));
        Assert.Contains($"The environment at {address} could not be reached", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.BreaksProtocol);
    }

    [Fact]
    public void Certificates_of_another_authority_are_refused_by_either_side()
    {
        using var ours = Certificates("lab");
        using var theirs = Certificates("other");
        using var impostor = new RemoteServer(theirs);
        var failure = Assert.Throws<EnvironmentProcessException>(() => new ProcessEnvironment(RemoteOptions.To(impostor.Address, ours)));
        Assert.Contains("was not signed by the cluster's authority", failure.Message, StringComparison.Ordinal);

        // The client trusts the server here, which does not trust the client.
        using var server = new RemoteServer(ours);
        using var wrong = MachineCertificates.Load(_folder["other/127.0.0.1.pfx"], _folder["mixed.crt"], "");
        failure = Assert.Throws<EnvironmentProcessException>(() => new ProcessEnvironment(RemoteOptions.To(server.Address, wrong)));
        Assert.Contains(server.Address, failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public void A_certificate_for_another_host_is_refused()
    {
        using var elsewhere = Certificates("lab", "node9");
        using var server = new RemoteServer(elsewhere);
        var failure = Assert.Throws<EnvironmentProcessException>(() => new ProcessEnvironment(RemoteOptions.To(server.Address, elsewhere)));
        Assert.Contains("was not made for 127.0.0.1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_without_TLS_is_not_talked_to_by_a_client_with_certificates()
    {
        using var authority = Certificates("lab");
        using var server = new RemoteServer(null);
        var failure = Assert.Throws<EnvironmentProcessException>(() => new ProcessEnvironment(RemoteOptions.To(server.Address, authority)));
        Assert.Contains("the handshake of TLS failed", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.5:4712", "another machine is reached only with TLS")]
    [InlineData("node1:4712", "planet.cluster.tls")]
    [InlineData("[fd00::1]:4712", "planet cluster certificates")]
    [InlineData("0.0.0.0:4712", "every interface")]
    [InlineData("127.0.0.1", "names no port")]
    [InlineData("127.0.0.1:0", "must be from 1 to 65535")]
    public void Another_machine_is_not_reached_without_TLS(string address, string named)
    {
        Assert.Contains(named, Assert.Throws<ArgumentException>(() => RemoteOptions.To(address, null)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:4712")]
    [InlineData("localhost:4712")]
    [InlineData("[::1]:4712")]
    public void This_machine_is_reached_without_TLS(string address)
    {
        Assert.Equal(address, RemoteOptions.To(address, null).ToString());
    }

    private static List<double> Episode(IEnvironment environment, ulong seed, int steps)
    {
        var numbers = new List<double>();
        numbers.AddRange(environment.Reset(seed).States.Values.SelectMany(state => state).Select(number => (double)number));
        for (var i = 0; i < steps; i++)
        {
            var result = environment.Step([0.5f, -0.5f]);
            numbers.Add(result.Reward);
            numbers.AddRange(result.Observation.States.Values.SelectMany(state => state).Select(number => (double)number));
        }

        return numbers;
    }

    // Of an authority in a folder of its own. The file mixed.crt holds all authorities.
    private MachineCertificates Certificates(string authority, string host = "127.0.0.1")
    {
        var files = ClusterCertificates.Create(_folder[authority], [host], null, TimeProvider.System);
        File.AppendAllText(_folder["mixed.crt"], File.ReadAllText(files.Authority));
        return MachineCertificates.Load(files.Machines[0].File, files.Authority, "");
    }
}
