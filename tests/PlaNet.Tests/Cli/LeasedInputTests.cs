using System.Collections.Concurrent;
using PlaNet.Cli;

namespace PlaNet.Tests.Cli;

public sealed class LeasedInputTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    [Fact]
    public async Task The_lease_ends_when_the_input_ends()
    {
        using var input = new Lines();
        using var leased = LeasedInput.Watch(input, s_long, TimeProvider.System, CancellationToken.None);
        input.Add("held");
        Assert.False(leased.Token.IsCancellationRequested);
        input.End();
        await Cancelled(leased);
    }

    [Fact]
    public async Task The_lease_ends_when_no_line_arrives_in_time()
    {
        using var input = new Lines();
        using var leased = LeasedInput.Watch(input, TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        await Cancelled(leased);
    }

    [Fact]
    public async Task Without_a_lease_only_the_callers_token_cancels_and_a_lease_of_zero_is_refused()
    {
        using var source = new CancellationTokenSource();
        using var leased = LeasedInput.Watch(null, source.Token);
        Assert.False(leased.Token.IsCancellationRequested);
        await source.CancelAsync();
        Assert.True(leased.Token.IsCancellationRequested);
        Assert.Throws<UnusableInputException>(() => LeasedInput.Watch(0, CancellationToken.None));
    }

    private static async Task Cancelled(LeasedInput leased)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = leased.Token.Register(() => seen.TrySetResult());
        await seen.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>An input that blocks until the test adds a line or ends it.</summary>
    private sealed class Lines : TextReader
    {
        private readonly BlockingCollection<string> _lines = [];

        public void Add(string line) => _lines.Add(line);

        public void End() => _lines.CompleteAdding();

        public override string? ReadLine() => _lines.TryTake(out var line, Timeout.Infinite) ? line : null;
    }
}
