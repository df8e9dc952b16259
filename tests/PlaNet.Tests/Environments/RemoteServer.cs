using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using PlaNet.Common;
using PlaNet.Environments;
using PlaNet.Environments.Processes;

namespace PlaNet.Tests.Environments;

/// <summary>Serves each connection on a thread of its own.</summary>
internal sealed class RemoteServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly MachineCertificates? _certificates;
    private readonly Action<Stream> _serve;
    private readonly List<TcpClient> _clients = [];
    private readonly List<Thread> _serving = [];
    private readonly Thread _accepting;
    private int _connections;

    public RemoteServer(MachineCertificates? certificates, Action<Stream>? serve = null)
    {
        (_certificates, _serve) = (certificates, serve ?? Task("reacher_easy"));
        _listener.Start();
        _accepting = new Thread(Accept) { IsBackground = true, Name = "accept" };
        _accepting.Start();
    }

    /// <summary>HOST:PORT of the loopback address.</summary>
    public string Address => $"{_listener.LocalEndpoint}";

    /// <summary>Connections so far that passed the handshake.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Ends all connections.</summary>
    public void Disconnect()
    {
        lock (_clients)
        {
            _clients.ForEach(Disconnect);
        }
    }

    /// <summary>Ends all connections and waits for their threads: an unfinished handshake uses the certificates.</summary>
    public void Dispose()
    {
        _listener.Stop();
        _accepting.Join();
        Disconnect();
        _serving.ForEach(thread => thread.Join());
    }

    /// <summary>Serves a task of the suite.</summary>
    public static Action<Stream> Task(string name, TaskSettings? settings = null) => stream =>
    {
        using var environment = TaskRegistry.Create(name, settings ?? new TaskSettings());
        EnvironmentServer.Serve(environment, stream, stream, () => { });
    };

    private static void Disconnect(TcpClient client)
    {
        try
        {
            client.Client?.Shutdown(SocketShutdown.Both);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // It has ended before.
        }
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var client = _listener.AcceptTcpClient();
                lock (_clients)
                {
                    _clients.Add(client);
                }

                var serving = new Thread(() => Serve(client)) { IsBackground = true, Name = "serve" };
                _serving.Add(serving);
                serving.Start();
            }
        }
        catch (Exception failure) when (failure is SocketException or InvalidOperationException)
        {
            // Stopped, while waiting or between two connections.
        }
    }

    private void Serve(TcpClient client)
    {
        try
        {
            using (client)
            {
                Stream stream = _certificates is null ? client.GetStream() : Secure(client.GetStream(), _certificates);
                Interlocked.Increment(ref _connections);
                _serve(stream);
            }
        }
        catch (Exception failure) when (failure is IOException or AuthenticationException or ObjectDisposedException)
        {
            // The client has gone or was refused.
        }
    }

    private static SslStream Secure(Stream stream, MachineCertificates certificates)
    {
        var secure = new SslStream(stream);
        secure.AuthenticateAsServer(new SslServerAuthenticationOptions
        {
            ServerCertificate = certificates.Certificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                certificates.FlawOf(certificate as X509Certificate2, null, errors) is null,
        });
        return secure;
    }
}
