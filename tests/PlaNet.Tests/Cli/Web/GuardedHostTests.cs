using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PlaNet.Cli;
using PlaNet.Cli.Web;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cli.Web;

/// <summary>What other pages, other machines and other names get from a page of the command: nothing.</summary>
public sealed class GuardedHostTests
{
    private const string Token = "0123456789abcdef";

    [Theory]
    [InlineData("127.0.0.1:{0}", true)]
    [InlineData("localhost:{0}", true)]
    [InlineData("LOCALHOST:{0}", true)]
    [InlineData("localhost:1", true)]
    [InlineData("[::1]:{0}", true)]
    [InlineData("evil.example:{0}", false)]
    [InlineData("127.0.0.1.evil.example:{0}", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("10.0.0.1:{0}", false)]
    [InlineData("", false)]
    public async Task Names_of_other_hosts_are_refused(string host, bool accepted)
    {
        await using var server = await Start(WebBinding.Loopback(0));
        var named = string.Format(System.Globalization.CultureInfo.InvariantCulture, host, server.Address.Port);
        var answer = await Raw(server, $"GET /secret HTTP/1.1\r\nHost: {named}\r\nConnection: close\r\n\r\n");
        Assert.Equal(accepted, answer.Contains("the secret", StringComparison.Ordinal));
        Assert.Equal(accepted, answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", false)]
    [InlineData("Origin", "null", false)]
    [InlineData("Origin", "http://localhost:1", false)]
    [InlineData("Origin", "own", true)]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    [InlineData("Sec-Fetch-Site", "none", true)]
    public async Task Requests_of_other_pages_are_refused(string header, string value, bool accepted)
    {
        await using var server = await Start(WebBinding.Loopback(0));
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "secret"));
        request.Headers.Add(header, value == "own" ? server.Address.GetLeftPart(UriPartial.Authority) : value);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(accepted ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_link_on_another_page_may_open_the_page_but_not_change_anything()
    {
        await using var server = await Start(WebBinding.Loopback(0));
        using var client = new HttpClient();
        foreach (var (method, status) in new[] { (HttpMethod.Get, HttpStatusCode.OK), (HttpMethod.Post, HttpStatusCode.Forbidden) })
        {
            using var request = new HttpRequestMessage(method, new Uri(server.Address, "secret"));
            request.Headers.Add("Sec-Fetch-Site", "cross-site");
            request.Headers.Add("Sec-Fetch-Mode", "navigate");
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Every_answer_confines_the_page_to_its_own_server()
    {
        await using var server = await Start(WebBinding.Loopback(0));
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(server.Address, "secret"), TestContext.Current.CancellationToken);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task With_a_token_only_requests_that_carry_it_are_answered()
    {
        await using var server = await Start(WebBinding.Loopback(0) with { Token = Token });
        var cancellation = TestContext.Current.CancellationToken;
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri(server.Address, "secret"), cancellation)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await client.GetAsync(new Uri(server.Address, "secret?planet_token=0123456789abcdee"), cancellation)).StatusCode);

        // The first visit leaves the token in a cookie and takes it out of the address.
        Assert.Contains(Token, server.Entry.Query, StringComparison.Ordinal);
        using var visit = await client.GetAsync(new Uri(server.Address, $"secret?planet_token={Token}"), cancellation);
        Assert.Equal(HttpStatusCode.OK, visit.StatusCode);
        Assert.Equal("/secret", visit.RequestMessage!.RequestUri!.PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(server.Address, "secret"), cancellation)).StatusCode);

        using var fresh = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "secret"));
        request.Headers.Add("Authorization", $"Bearer {Token}");
        using var bearer = await fresh.SendAsync(request, cancellation);
        Assert.Equal(HttpStatusCode.OK, bearer.StatusCode);
    }

    [Fact]
    public void Other_interfaces_need_a_token()
    {
        using var folder = new TemporaryFolder();
        var refusal = Assert.Throws<UnusableInputException>(() => WebBinding.Of("0.0.0.0", 0, null));
        Assert.Contains("--token-file", refusal.Message, StringComparison.Ordinal);
        Assert.Null(WebBinding.Of(null, 0, null).Token);
        Assert.True(IPAddress.IsLoopback(WebBinding.Of(null, 0, null).Address));

        // A missing file is created for its owner alone, and used again.
        var created = WebBinding.Of("0.0.0.0", 0, folder["token"]).Token;
        Assert.True(created!.Length >= WebBinding.ShortestToken);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["token"]));
        }

        Assert.Equal(created, WebBinding.Of("0.0.0.0", 0, folder["token"]).Token);
        File.WriteAllText(folder["short"], "abc\n");
        Assert.Throws<UnusableInputException>(() => WebBinding.Of("0.0.0.0", 0, folder["short"]));
    }

    [Theory]
    [InlineData("0.0.0.0", "192.0.2.7", true)]
    [InlineData("0.0.0.0", "evil.example", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    public void The_names_of_a_server_follow_from_where_it_listens(string bound, string host, bool accepted)
    {
        Assert.Equal(accepted, new WebBinding(IPAddress.Parse(bound), 80, bound, Token).Accepts(host));
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_the_remedy()
    {
        await using var server = await Start(WebBinding.Loopback(0));
        var refusal = await Assert.ThrowsAsync<UnusableInputException>(() => Start(WebBinding.Loopback(server.Address.Port)));
        Assert.Contains($"127.0.0.1:{server.Address.Port}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("another port", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_arrive_while_the_stream_is_open_and_end_with_the_host()
    {
        var more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = await GuardedHost.StartAsync(
            WebBinding.Loopback(0),
            (routes, stopping) => routes.MapGet("/events", context => Answers.EventsAsync(context, Events(more.Task, stopping))),
            TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        await using var stream = await client.GetStreamAsync(new Uri(server.Address, "events"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.Equal(["event: first", "data: {\"number\":1}", ""], await Lines(reader, 3));
        more.SetResult();
        Assert.Equal(["event: second", "data: {\"number\":null}", ""], await Lines(reader, 3));
        await server.DisposeAsync();
        Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    private static async IAsyncEnumerable<(string Type, object Value)> Events(
        Task more, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stopping)
    {
        yield return ("first", new { Number = 1 });
#pragma warning disable VSTHRD003 // The test completes it.
        await more;
#pragma warning restore VSTHRD003
        yield return ("second", new { Number = double.NaN });
        await Task.Delay(Timeout.Infinite, stopping);
    }

    private static async Task<string[]> Lines(StreamReader reader, int count)
    {
        var lines = new List<string>();
        while (lines.Count < count)
        {
            lines.Add((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!);
        }

        return [.. lines];
    }

    private static Task<GuardedHost> Start(WebBinding binding) => GuardedHost.StartAsync(
        binding,
        (routes, _) => routes.MapMethods("/secret", ["GET", "POST"], context => context.Response.WriteAsync("the secret")),
        TestContext.Current.CancellationToken);

    private static async Task<string> Raw(GuardedHost server, string request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
