using System.Diagnostics;
using PlaNet.Cli;

namespace PlaNet.Tests.Cli;

public sealed class InterruptionTests
{
    [Fact]
    public async Task The_first_signal_cancels_the_verb_and_leaves_the_process_alive()
    {
        using var interruption = new Interruption();
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = interruption.Token.Register(heard.SetResult);

        // SIGHUP, because the test runner has its own wishes about SIGINT; both go the same way here.
        using var kill = Process.Start("kill", ["-HUP", Environment.ProcessId.ToString()]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(interruption.Token.IsCancellationRequested);
    }
}
