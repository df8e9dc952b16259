using System.Text;
using PlaNet.Cli;

namespace PlaNet.Tests.Cli.Web;

/// <summary><c>planet dashboard</c> in this process, on a free port.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private const string Announcement = "dashboard: ";

    private readonly CancellationTokenSource _interruption;
    private readonly Task<int> _verb;

    private DashboardServer(Uri address, CancellationTokenSource interruption, Task<int> verb)
    {
        (Address, _interruption, _verb) = (address, interruption, verb);
    }

    /// <summary>The address that the command printed.</summary>
    public Uri Address { get; }

    public static async Task<DashboardServer> Start(string runs, params string[] options)
    {
        var interruption = new CancellationTokenSource();
        var output = new Announced();
        var error = new StringWriter();
        var verb = CommandLineHost.RunAsync(["dashboard", "--runs", runs, "--port", "0", .. options], output, error, interruption.Token);
        await Task.WhenAny(output.Address, verb);
        Assert.True(output.Address.IsCompleted, $"planet dashboard ended: {error}");
#pragma warning disable VSTHRD003 // It is complete.
        return new DashboardServer(await output.Address, interruption, verb);
#pragma warning restore VSTHRD003
    }

    public async ValueTask DisposeAsync()
    {
        await _interruption.CancelAsync();
#pragma warning disable VSTHRD003 // Started by this object.
        // Interrupted where a busy machine takes longer than the command waits.
        Assert.Contains(await _verb, new[] { ExitCode.Success, ExitCode.Interrupted });
#pragma warning restore VSTHRD003
        _interruption.Dispose();
    }

    private sealed class Announced : StringWriter
    {
        private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Uri> Address => _address.Task;

        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteLineAsync(string? value)
        {
            if (value?.StartsWith(Announcement, StringComparison.Ordinal) is true)
            {
                _address.TrySetResult(new Uri(value[Announcement.Length..]));
            }

            return base.WriteLineAsync(value);
        }
    }
}
