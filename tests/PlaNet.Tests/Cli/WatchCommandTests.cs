using System.Net;
using System.Text.Json;
using PlaNet.Cli;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;
using PlaNet.Tests.Telemetry.Pictures;

namespace PlaNet.Tests.Cli;

/// <summary>The server of <c>planet watch</c>, over real connections.</summary>
public sealed class WatchCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Steps_are_played_shown_and_remembered()
    {
        SmallRun.Run(_folder["run"]);
        using var planet = PlanetProcess.Start(
            ["watch", "--run", _folder["run"], "--port", "0", "--elites", "2", "-s", "planner.horizon=4"]);
        using var client = await Connect(planet);
        var first = await Get(client, "api/watch");
        Assert.Equal(
            ("small", "cartpole_swingup, action repeat 125", "cem, 2 x 8 candidates, horizon 4"),
            (Text(first, "experiment"), Text(first, "task"), Text(first, "planner")));
        Assert.Equal(
            (0, 1, 8, 10),
            (Number(first, "position"), Number(first, "count"), Number(first, "decisions"), Number(first, "updates")));
        var second = await Post(client, "forward");
        Assert.Equal((1, 2), (Number(second, "position"), Number(second, "count")));
        var real = second.GetProperty("rewards").GetProperty("real");
        Assert.InRange(real[0].GetDouble(), 0, 125);
        Assert.Equal(JsonValueKind.Null, real[1].ValueKind);
        Assert.Equal(2, second.GetProperty("rewards").GetProperty("predicted").GetArrayLength());
        var decision = second.GetProperty("step").GetProperty("decision");
        Assert.Equal(4, decision.GetProperty("belief_mean").GetArrayLength());
        Assert.Equal(2, decision.GetProperty("elites").GetArrayLength());
        foreach (var (name, width) in new[] { ("frame", 64), ("reconstruction", 64), ("plan", 256), ("elite-0", 256), ("elite-1", 256) })
        {
            var picture = Decoders.Png(await client.GetByteArrayAsync(Picture(0, 1, name), TestContext.Current.CancellationToken));
            Assert.Equal((width, 64), (picture.Width, picture.Height));
        }

        var back = await Post(client, "show?position=0");
        Assert.Equal((0, 2), (Number(back, "position"), Number(back, "count")));
        Assert.Equal(real[0].GetDouble(), back.GetProperty("step").GetProperty("reward").GetDouble());
        Assert.Equal(decision.ToString(), (await Post(client, "forward")).GetProperty("step").GetProperty("decision").ToString());
        for (var step = 1; step < 10; step++)
        {
            await Post(client, "forward");
        }

        var last = await Get(client, "api/watch");
        Assert.Equal((8, 9, true), (Number(last, "position"), Number(last, "count"), last.GetProperty("ended").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, last.GetProperty("step").GetProperty("decision").ValueKind);
        Assert.Equal(3, Number(await Post(client, "show?position=3"), "position"));
        var next = await Post(client, "episode");
        Assert.Equal((1, 0, 1), (Number(next, "episode"), Number(next, "position"), Number(next, "count")));

        // Pictures of other episodes and steps, and wrong requests.
        foreach (var path in new[] { Picture(0, 1, "frame"), Picture(1, 1, "frame"), Picture(1, 0, "elite-9"), Picture(1, 0, "other") })
        {
            Assert.Equal(HttpStatusCode.NotFound, await Status(client, HttpMethod.Get, path));
        }

        Assert.Equal(HttpStatusCode.BadRequest, await Status(client, HttpMethod.Post, "api/watch/show?position=-1"));
        client.DefaultRequestHeaders.Remove("Origin");
        Assert.Equal(HttpStatusCode.Forbidden, await Status(client, HttpMethod.Post, "api/watch/forward"));
        client.DefaultRequestHeaders.Add("Origin", "http://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, await Status(client, HttpMethod.Get, "api/watch"));
        await planet.Interrupt();
        Assert.Equal(ExitCode.Success, (await planet.End()).Code);
    }

    [Fact]
    public async Task What_cannot_be_watched_is_refused_before_the_model_is_loaded()
    {
        SmallRun.Run(_folder["run"], experiment: ShortRun.Experiment);
        Directory.Delete(_folder["run/checkpoints"], recursive: true);
        await Refused(["--elites", "21"], "--elites 21", "from 0 to 20");
        await Refused(["--port", "70000"], "--port 70000");
        await Refused(["--task", "cheetah_run"], "--task cheetah_run: ", "has size 6");
        await Refused(["-s", "model.depth=3"], "only options of the planner");
        await Refused(["--bind", "0.0.0.0"], "--token-file");
        await Refused([], "has no checkpoint yet");
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<HttpClient> Connect(PlanetProcess planet)
    {
        var (line, _) = await planet.Printed("watch: http://");
        var address = new Uri(line["watch: ".Length..].Trim());
        var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Add("Origin", address.GetLeftPart(UriPartial.Authority));
        return client;
    }

    private static string Picture(int episode, int step, string name) => $"api/watch/pictures/{episode}/{step}/{name}";

    private static string? Text(JsonElement view, string name) => view.GetProperty(name).GetString();

    private static int Number(JsonElement view, string name) => view.GetProperty(name).GetInt32();

    private static async Task<JsonElement> Get(HttpClient client, string path) =>
        JsonElement.Parse(await client.GetStringAsync(path, TestContext.Current.CancellationToken));

    private static async Task<JsonElement> Post(HttpClient client, string action)
    {
        using var answer = await client.PostAsync($"api/watch/{action}", null, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    private static async Task<HttpStatusCode> Status(HttpClient client, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private async Task Refused(string[] words, params string[] parts)
    {
        var (code, output, error) = await PlanetCommandLine.Run(
            ["watch", "--run", _folder["run"], .. words.Contains("--port") ? words : [.. words, "--port", "0"]]);
        Assert.True(code == ExitCode.UnusableInput, $"exit code {code}: {output}{error}");
        Assert.All(parts, part => Assert.Contains(part, error));
    }
}
