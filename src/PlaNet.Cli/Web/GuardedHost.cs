using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PlaNet.Cli.Web;

/// <summary>
/// A web server for pages of the command: on the loopback interface unless told otherwise, for requests that <see cref="RequestGuard"/>
/// lets through. It takes no settings from the environment and writes no log.
/// </summary>
public sealed class GuardedHost : IAsyncDisposable
{
    private const int MostConnections = 256;
    private const long LargestRequest = 65_536;

    // Streams of events end at once when the host stops; only an answer that is being written takes longer.
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;

    private GuardedHost(WebApplication application, WebBinding binding, int port)
    {
        _application = application;
        var name = binding.Name.Contains(':', StringComparison.Ordinal) ? $"[{binding.Name}]" : binding.Name;
        Address = new Uri($"http://{name}:{port}/");
        Entry = binding.Token is { } token ? new Uri(Address, $"?{RequestGuard.TokenName}={token}") : Address;
    }

    /// <summary>Address of the page.</summary>
    public Uri Address { get; }

    /// <summary>The address to print: <see cref="Address"/> with the token, if there is one.</summary>
    public Uri Entry { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="binding">Where it listens, and the token.</param>
    /// <param name="map">
    /// Adds the routes, such as <c>routes.MapGet("/api", HandleAsync)</c>. The token is cancelled when the host stops.
    /// </param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="UnusableInputException">The server cannot listen there, for example because the port is in use.</exception>
    public static async Task<GuardedHost> StartAsync(
        WebBinding binding, Action<IEndpointRouteBuilder, CancellationToken> map, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(binding);
        ArgumentNullException.ThrowIfNull(map);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxRequestBodySize = LargestRequest;

            // A chart names its runs in its address.
            kestrel.Limits.MaxRequestLineSize = (int)LargestRequest;
            kestrel.Listen(binding.Address, binding.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_shutdown);

        // The default takes over Ctrl-C and SIGTERM, which belong to the command.
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        var application = builder.Build();
        try
        {
            application.Use(async (context, next) =>
            {
                if (!await RequestGuard.AnswersAsync(context, binding).ConfigureAwait(false))
                {
                    await next(context).ConfigureAwait(false);
                }
            });
            application.UseRouting();
            map(application, application.Lifetime.ApplicationStopping);
            await application.StartAsync(cancellation).ConfigureAwait(false);
            var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
            return new GuardedHost(application, binding, new Uri(addresses.Addresses.First()).Port);
        }
        catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new UnusableInputException(
                $"the page cannot be served at {new IPEndPoint(binding.Address, binding.Port)}: "
                + $"{PlaNet.Common.OneLine.Of(failure.Message).TrimEnd('.')}. "
                + "Give another port with --port, or 0 for a free one, and an address of this machine.",
                failure);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
