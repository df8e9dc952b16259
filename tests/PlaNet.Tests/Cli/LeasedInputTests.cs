using System.Collections.Concurrent;
using PlaNet.Cli;

namespace PlaNet.Tests.Cli;

public sealed class LeasedInputTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    [Fact]
    public async Task The_end_of_the_input_is_the_end_of_the_lease()
    {
        using var input = new Lines();
        using var leased = LeasedInput.Watch(input, s_long, TimeProvider.System, CancellationToken.None);
        input.Add("held");
        Assert.False(leased.Token.IsCancellationRequested);
        input.End();
        await Cancelled(leased);
    }

    [Fact]
    public async Task Silence_is_the_end_of_the_lease()
    {
        using var input = new Lines();
        using var leased = LeasedInput.Watch(input, TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        await Cancelled(leased);
    }

    [Fact]
    public async Task Whatever_else_stops_the_process_stops_it_too()
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

    /// <summary>An input whose lines are waited for.</summary>
    private sealed class Lines : TextReader
    {
        private readonly BlockingCollection<string> _lines = [];

        public void Add(string line) => _lines.Add(line);

        public void End() => _lines.CompleteAdding();

        public override string? ReadLine() => _lines.TryTake(out var line, Timeout.Infinite) ? line : null;
    }
}
