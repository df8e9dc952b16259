using PlaNet.Runs.Actors;
using PlaNet.Runs.Settings;

namespace PlaNet.Tests.Runs.Actors;

/// <summary>The sample of <c>docs/actors.md</c>, compiled and run.</summary>
public sealed class DocumentedSampleTests
{
    [Fact]
    public async Task The_sample_of_the_documentation_is_this_code_and_does_what_it_says()
    {
        var credited = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var environment = Behavior.Of(_ => Next.With(0), (state, message, _) =>
        {
            credited.TrySetResult(message is Credit);
            return Next.With(state);
        });

        var collector = Behavior.Of(
            context => Next.With(new Collector(0), new Spawn("environment", environment)),
            (state, message, context) => message switch
            {
                Finished => Next.With(state with { Episodes = state.Episodes + 1 }, new TellChild("environment", new Credit())),
                ChildStopped { Cause: { } cause } => throw cause,
                _ => Next.With(state),
            });

        var settings = HoconSettings.Read([Path.Combine(Repository.Root, "hocon", "planet.conf")]);
        var system = new RoleSystem("collector", collector, RunSupervision.DecideAtTop, settings, TimeProvider.System, log: _ => { });
        system.Tell(new Finished());

        Assert.True(await system.EndAsync(credited.Task, TimeSpan.FromSeconds(20)));
        var source = Lines(
            File.ReadAllText(Path.Combine(Repository.Root, "tests", "PlaNet.Tests", "Runs", "Actors", "DocumentedSampleTests.cs")));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "actors.md"));
        var sample = Lines(
            page.Split("```csharp")[1].Split("```")[0]
                .Replace("\"hocon/planet.conf\"", "Path.Combine(Repository.Root, \"hocon\", \"planet.conf\")"));
        Assert.All(sample, line => Assert.Contains(line, source));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private sealed record Collector(int Episodes);

    private sealed record Finished;

    private sealed record Credit;
}
