using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using PlaNet.Cli;
using PlaNet.Experiments;
using PlaNet.Runs.Results;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;
using PlaNet.Tests.Telemetry.Dashboard;

namespace PlaNet.Tests.Cli.Web;

/// <summary>The server of the page without a browser: what it answers, and what it does not.</summary>
public sealed class DashboardServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Addresses_that_lead_out_of_the_folder_are_refused()
    {
        LoggedRun.Write(_folder["runs/one"], new Experiment(), 0, 100);
        File.WriteAllText(_folder["runs/one/videos/evaluation-5.gif"], "the film");
        File.WriteAllText(_folder["secret.gif"], "the secret");
        File.CreateSymbolicLink(_folder["runs/one/videos/evaluation-9.gif"], _folder["secret.gif"]);
        await using var server = await DashboardServer.Start(_folder["runs"]);
        var id = await FirstRun(server);
        Assert.Contains("the film", await Raw(server, $"/files/{id}/evaluation-5.gif"), StringComparison.Ordinal);
        foreach (var path in new[]
        {
            $"/files/{id}/evaluation-9.gif", $"/files/{id}/../../secret.gif", $"/files/{id}/..%2f..%2f..%2fsecret.gif",
            $"/files/{id}/%2e%2e/%2e%2e/secret.gif", $"/files/{id}/..%5c..%5csecret.gif", $"/files/{id}/..%252f..%252fsecret.gif",
            $"/files/{id}/%2Fetc%2Fpasswd", $"/files/{id}//etc/passwd", $"/files/{id}/experiment.json", $"/files/{id}/..%2fexperiment.json",
            "/files/../secret.gif", "/../secret.gif", "/..%2fsecret.gif", $"/files/..%2f..%2fruns%2fone/evaluation-5.gif",
            $"/api/runs/..%2f{id}/log", "/api/runs/one/record", $"/files/{id}/evaluation-5.gif%00.png", "/experiment.json",
        })
        {
            var answer = await Raw(server, path);
            Assert.DoesNotMatch("the secret|the film|root:|planner", answer);
            Assert.False(
                answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) && !answer.Contains("\r\nnull\r\n", StringComparison.Ordinal),
                $"{path}: {answer}");
        }
    }

    [Fact]
    public async Task Every_file_of_the_page_is_built_into_the_program_and_names_no_other_server()
    {
        Directory.CreateDirectory(_folder["runs"]);
        await using var server = await DashboardServer.Start(_folder["runs"]);
        using var client = new HttpClient();
        foreach (var (path, type) in new[]
        {
            ("", "text/html"), ("theme.css", "text/css"), ("style.css", "text/css"), ("app.js", "text/javascript"),
            ("uPlot.iife.min.js", "text/javascript"), ("uPlot.min.css", "text/css"), ("icon.svg", "image/svg+xml"), ("uPlot.LICENSE.txt", "text/plain"),
        })
        {
            using var answer = await client.GetAsync(new Uri(server.Address, path), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotMatch("(src|href|url|import|fetch)[^\\n]{0,12}https?://", text);
        }
    }

    [Fact]
    public async Task Other_machines_need_the_token_that_the_command_prints()
    {
        LoggedRun.Write(_folder["runs/one"], new Experiment(), 0, 100);
        await using var server = await DashboardServer.Start(_folder["runs"], "--token-file", _folder["token"]);
        using var client = new HttpClient();
        var about = new Uri(server.Address, "/api/about");
        using var without = await client.GetAsync(about, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        using var entry = await client.GetAsync(server.Address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, entry.StatusCode);
        using var with = await client.GetAsync(about, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    [Fact]
    public async Task A_run_serves_its_own_page_and_does_not_depend_on_it()
    {
        string[] train = ["train", .. SmallRun.Words, "--seed", "3"];
        using var planet = PlanetProcess.Start([.. train, "--out", _folder["run"], "--dashboard", "--fault=evaluator.evaluate@1=hang"]);
        var address = new Uri((await planet.Printed("dashboard: ")).Text["dashboard: ".Length..]);
        await planet.Logged(_folder["run"], line => line.Values[RunTags.ScheduleStep] >= 7);
        using var client = new HttpClient();
        await using (var events = await client.GetStreamAsync(new Uri(address, "/api/events"), TestContext.Current.CancellationToken))
        {
            using var first = await FirstEvent(events);
            var run = first.RootElement.GetProperty("runs")[0];
            Assert.Equal("run", run.GetProperty("name").GetString());
            Assert.Equal("running", run.GetProperty("status").GetString());
        }

        // Another run finds the port in use, says so, and continues.
        var (code, _, error) = await PlanetProcess.Run(
            [.. train, "--out", _folder["other"], "--dashboard", address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("the run continues without --dashboard", error, StringComparison.Ordinal);
        Assert.Equal("DONE\n", await File.ReadAllTextAsync(_folder["other/state"], TestContext.Current.CancellationToken));

        // The page, even with a reader, does not delay the end of the run.
        await using var open = await client.GetStreamAsync(new Uri(address, "/api/events"), TestContext.Current.CancellationToken);
        await planet.Terminate();
        Assert.Equal(ExitCode.Interrupted, (await planet.End()).Code);
    }

    [Theory]
    [InlineData("--port", "70000", "--port 70000")]
    [InlineData("--runs", "/no/such/folder", "there is no such folder")]
    [InlineData("--bind", "0.0.0.0", "--token-file")]
    [InlineData("--bind", "no such host", "not an address or a host name")]
    public async Task Options_that_cannot_be_used_are_explained(string option, string value, string part)
    {
        Directory.CreateDirectory(_folder["runs"]);
        string[] usual = option == "--runs" ? [] : ["--runs", _folder["runs"]];
        var (code, _, error) = await PlanetCommandLine.Run(["dashboard", .. usual, option, value]);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains(part, error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string> FirstRun(DashboardServer server)
    {
        using var client = new HttpClient();
        await using var events = await client.GetStreamAsync(new Uri(server.Address, "/api/events"), TestContext.Current.CancellationToken);
        using var first = await FirstEvent(events);
        return first.RootElement.GetProperty("ids")[0].GetString()!;
    }

    private static async Task<JsonDocument> FirstEvent(Stream events)
    {
        using var reader = new StreamReader(events, leaveOpen: true);
        Assert.Equal("event: runs", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        return JsonDocument.Parse((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!["data: ".Length..]);
    }

    // HttpClient would tidy the path first.
    private static async Task<string> Raw(DashboardServer server, string path)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.Address.Port}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
