using PlaNet.Actors;
using PlaNet.Actors.Local;

namespace PlaNet.Tests.Actors;

/// <summary>The sample of <c>docs/actors.md</c>, compiled and run.</summary>
public sealed class DocumentedSampleTests
{
    [Fact]
    public async Task The_sample_of_the_documentation_is_this_code_and_does_what_it_says()
    {
        var environment = Props.Of(_ => Next.With(0), (state, _, _) => Next.With(state));
        var collector = Props.Of(
            context => Next.With(new Collector(0), new Spawn("environment", environment), new Watch(context.Child("environment"))),
            (state, message, context) => message switch
            {
                Finished => Next.With(state with { Episodes = state.Episodes + 1 }, new Reply(new Credit())),
                Terminated => Next.With(state, new Log(LogSeverity.Warning, "no environment is left"), new Stop()),
                _ => Next.With(state),
            });

        await using var host = new LocalHost(new LocalHostOptions { Settings = ActorSettings.Read(Path.Combine(Repository.Root, "hocon", "planet.conf")) });
        var actor = host.Spawn("collector", collector);

        Assert.IsType<Credit>(await host.AskAsync(actor, new Finished(), TimeSpan.FromSeconds(20)));
        await host.TellAsync(actor.Child("environment"), PoisonPill.Instance);
        Assert.Null((await host.WatchAsync(actor)).Failure);

        var source = Lines(File.ReadAllText(Path.Combine(Repository.Root, "tests", "PlaNet.Tests", "Actors", "DocumentedSampleTests.cs")));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "actors.md"));
        var sample = Lines(page.Split("```csharp")[1].Split("```")[0].Replace("\"hocon/planet.conf\"", "Path.Combine(Repository.Root, \"hocon\", \"planet.conf\")"));
        Assert.All(sample, line => Assert.Contains(line, source));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private sealed record Collector(int Episodes);

    private sealed record Finished;

    private sealed record Credit;
}
