using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using PlaNet.Common;

namespace PlaNet.Environments.Processes;

/// <summary>A TCP connection to the program of an environment, with mutual TLS if there are certificates.</summary>
internal sealed class RemoteChannel : MessageChannel
{
    // After so many seconds without traffic the connection is probed, and given up after so many probes.
    private const int KeepAliveSeconds = 10;
    private const int KeepAliveProbes = 5;

    private readonly RemoteOptions _options;
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly Stream _stream;
    private string? _flaw;

    public RemoteChannel(RemoteOptions options, TimeProvider time)
        : base(time)
    {
        _options = options;
        try
        {
            _stream = Connect();
        }
        catch (Exception failure) when (failure is SocketException or IOException or AuthenticationException or TimeoutException)
        {
            _client.Dispose();
            throw new EnvironmentProcessException($"The environment at {options} could not be reached: {Reason(failure)}.", failure);
        }
    }

    /// <inheritdoc />
    protected override Stream Requests => _stream;

    /// <inheritdoc />
    protected override Stream Answers => _stream;

    /// <inheritdoc />
    protected override ChannelWords Words => new(
        "closed the connection",
        "closed the connection",
        "was disconnected",
        "send only protocol messages over the connection");

    /// <inheritdoc />
    public override EnvironmentProcessException Fail(string reason, Exception? cause = null, bool breaksProtocol = false)
    {
        Dispose();
        return new EnvironmentProcessException($"The environment at {_options} {reason}.", cause) { BreaksProtocol = breaksProtocol };
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        // The program sees the end of its input, also without a farewell of TLS.
        _client.Dispose();
    }

    private Stream Connect()
    {
        Wait(_client.ConnectAsync(_options.Endpoint.Host, _options.Endpoint.Port), _options.StartTimeout);
        var socket = _client.Client;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        if (_options.Certificates is not { } certificates)
        {
            return _client.GetStream();
        }

        // The stream lives as long as the connection, which is disposed.
        var secure = new SslStream(_client.GetStream());
        Wait(
            secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = _options.Endpoint.Host,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,

                // Otherwise the certificate is left out if the program names no authority, or one that the system does not know.
                ClientCertificateContext = SslStreamCertificateContext.Create(
                    certificates.Certificate, certificates.Authorities, offline: true),
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                    (_flaw = certificates.FlawOf(certificate as X509Certificate2, _options.Endpoint.Host, errors)) is null,
            }),
            _options.StartTimeout);
        return secure;
    }

    private string Reason(Exception failure) => failure switch
    {
        TimeoutException =>
            $"no connection within {_options.StartTimeout.TotalSeconds:0.###} s; check the address and that the program runs",
        SocketException => $"{OneLine.Of(failure.Message)}; check the address and that the program listens there",
        _ when _flaw is not null => _flaw,
        _ => $"the handshake of TLS failed ({OneLine.Of(failure.Message)}); check that the program was started with certificates of the same "
            + "authority",
    };
}
