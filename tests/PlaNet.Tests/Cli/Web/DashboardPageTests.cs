using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OpenQA.Selenium;
using PlaNet.Cli;
using PlaNet.Cli.Web;
using PlaNet.Experiments;
using PlaNet.Telemetry;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;
using PlaNet.Tests.Telemetry.Dashboard;

namespace PlaNet.Tests.Cli.Web;

/// <summary>The page in a headless Chromium, against runs that train, die, resume, and are damaged or hostile.</summary>
public sealed partial class DashboardPageTests : IDisposable
{
    private const string Loss = "objectives/total";

    private static readonly string[] s_views = ["curves", "metrics", "agent", "system", "record", "log"];

    private readonly TemporaryFolder _folder = new();

    public DashboardPageTests()
    {
        Directory.CreateDirectory(_folder["runs"]);
    }

    [Fact]
    public async Task Curves_grow_while_a_run_trains_and_a_kill_leaves_no_gap_and_no_double_point()
    {
        using var browser = new Browser();
        await using var server = await DashboardServer.Start(_folder["runs"]);
        browser.Open(new Uri(server.Address, "#metrics"));
        await browser.Until("document.querySelector('#runs').innerText.includes('No run yet')");

        // The second evaluation hangs, so that the run is alive until it is killed, with updates that no checkpoint has.
        string[] train = ["train", .. SmallRun.Words, "--seed", "3", "--out", _folder["runs/small"]];
        using (var planet = PlanetProcess.Start([.. train, "--fault=learner.update@6=hang"]))
        {
            await browser.Until("document.querySelector('#runs .state')?.innerText.includes('running')");
            await browser.Until($"{Series(Loss)}?.x.length >= 1");
            var first = browser.Numbers($"{Series(Loss)}.x").Length;
            await planet.Logged(_folder["runs/small"], line => line.Step == 5);
            await browser.Until($"{Series(Loss)}.x.length === 5");
            Assert.InRange(first, 1, 5);
            await planet.Kill();
        }

        await browser.Until("document.querySelector('#runs .state').innerText === 'stopped'");
        var (code, output, error) = await PlanetProcess.Run(train);
        Assert.True(code == ExitCode.Success, error);
        Assert.Contains("resuming", output, StringComparison.Ordinal);
        await browser.Until("document.querySelector('#runs .state').innerText === 'done'");
        MetricsLine[] lines = [.. MetricsLog.Read(_folder["runs/small/metrics.jsonl"])];
        var losses = lines.Where(line => line.Values.ContainsKey(Loss)).ToArray();
        Assert.Equal(Enumerable.Range(1, losses.Length).Select(step => (long)step), losses.Select(line => line.Step));
        await browser.Until($"{Series(Loss)}.x.length === {losses.Length}");
        Assert.Equal(losses.Select(line => (double)line.Step), browser.Numbers($"{Series(Loss)}.x"));
        Assert.Equal(losses.Select(line => line.Values[Loss]), browser.Numbers($"{Series(Loss)}.y"));
        AssertLogged(browser, lines, atLeast: 5);

        browser.Open(new Uri(server.Address, "#curves"));
        var scores = lines.Where(line => line.Values.ContainsKey(MetricTags.EvaluationReturn)).ToArray();
        await browser.Until($"{Series("score")}?.x.length === {scores.Length}");
        await browser.Until("document.querySelectorAll('td data').length === 3");
        AssertLogged(browser, lines, atLeast: 3);

        // The videos of the evaluations are there, and are pictures.
        await browser.Click("a[href^='#agent']");
        await browser.Until("[...document.querySelectorAll('.film img')].filter(image => image.naturalWidth > 0).length === 2");
        Assert.Empty(browser.Problems());
    }

    [Fact]
    public async Task The_difference_of_two_runs_is_shown()
    {
        var experiment = new Experiment { Name = "first" };
        LoggedRun.Write(_folder["runs/a"], experiment, 0, 100);
        LoggedRun.Write(_folder["runs/b"], experiment with { Name = "second", Planner = new PlannerOptions { Elites = 77 } }, 0, 100);
        using var browser = new Browser();
        await using var server = await DashboardServer.Start(_folder["runs"]);
        browser.Open(new Uri(server.Address, "#record"));
        await browser.Until("document.querySelectorAll('main select option').length === 2");
        browser.Value<object?>(
            "(select => { select.selectedIndex = 1; select.dispatchEvent(new Event('change')); })(document.querySelector('main select'))");
        await browser.Until("document.querySelector('#difference tbody')");
        var row = browser.Texts("[...document.querySelectorAll('#difference tbody td')].map(cell => cell.innerText)");
        Assert.Equal(["planner.elites", $"{experiment.Planner.Elites}", "77"], row);
    }

    [Fact]
    public async Task Names_full_of_markup_are_text()
    {
        const string Markup = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>";
        var folder = _folder["runs/<b onmouseover=alert(1)>bold<b>"];
        LoggedRun.Write(folder, new Experiment { Name = Markup, Description = Markup }, 0, 100, $"FAILED: {Markup}");
        File.WriteAllText(Path.Combine(folder, "run.log"), Markup + "\n");
        File.WriteAllText(Path.Combine(folder, "videos", "evaluation-<i>-5.gif"), "GIF89a");
        File.WriteAllText(
            Path.Combine(folder, "live.json"),
            $$"""
            { "roles": [ { "name": {{Json(Markup)}}, "doing": {{Json(Markup)}} } ],
              "decision": { "task": {{Json(Markup)}}, "action": [1] } }
            """);
        using (var log = new MetricsLog(Path.Combine(folder, "metrics.jsonl")))
        {
            log.Append(101, [KeyValuePair.Create(Markup, 1.0)]);
        }

        using var browser = new Browser();
        await using var server = await DashboardServer.Start(_folder["runs"]);
        foreach (var view in s_views)
        {
            browser.Open(new Uri(server.Address, $"#{view}"));
            await browser.Until("document.querySelector('#runs .title')");
            Assert.Equal(Markup, browser.Value<string>("document.querySelector('#runs .title').textContent"));
            await browser.Until(view switch
            {
                "curves" => "document.querySelector('table')?.innerText.includes('onerror')",
                "metrics" => "document.querySelector('.tags')?.textContent.includes('onerror')",
                "agent" => "document.querySelector('main table')?.innerText.includes('onerror')",
                "system" => "document.querySelector('.reason')?.innerText.includes('onerror')",
                "record" => "document.querySelector('main .note')?.innerText.includes('onerror')",
                _ => "document.querySelector('pre')?.innerText.includes('onerror')",
            });
            Assert.Equal(0, browser.Value<long>("document.querySelectorAll('img[src=x], body script, b[onmouseover]').length"));
            Assert.DoesNotContain("hacked", browser.Title, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_half_written_file_never_breaks_the_page()
    {
        LoggedRun.Write(_folder["runs/a"], new Experiment { Name = "a" }, 0, 100, "RUNNING");
        LoggedRun.Write(_folder["runs/b"], new Experiment { Name = "b" }, 0, 50, "RUNNING");
        using var browser = new Browser();
        await using var server = await DashboardServer.Start(_folder["runs"]);
        browser.Open(new Uri(server.Address, "#metrics"));
        await browser.Until($"{Series(Loss, 1)}?.x.length === 50");
        var damages = new (string File, string Content)[]
        {
            ("live.json", "{ \"roles\": [ { \"na"), ("live.json", "{ \"roles\": 3, \"decision\": { \"belief_mean\": [[1],[2,3]] } }"),
            ("metrics.jsonl", "{\"step\":1,\"objectives/total\":2}\n{\"step\":2,\"obj"),
            ("metrics.jsonl", "\0\0\0\n[]\n{}\n"), ("metrics.jsonl", ""),
            ("state", ""), ("experiment.json", "{ \"experiment\": {"), ("experiment.json", ""), ("run.log", "\u0001\u0002"),
        };
        using var log = new MetricsLog(_folder["runs/b/metrics.jsonl"]);
        var updates = 50;
        foreach (var (file, content) in damages)
        {
            File.WriteAllText(Path.Combine(_folder["runs/a"], file), content);
            foreach (var view in s_views)
            {
                browser.Value<object?>($"void (location.hash = '{view}')");
                await browser.Until($"document.querySelector('main[data-view={view}]')?.childElementCount > 0");
            }

            // The other run is still shown.
            LoggedRun.Append(log, updates, updates + 1);
            updates++;
            browser.Value<object?>("void (location.hash = 'metrics')");
            await browser.Until($"document.querySelector('figure[data-tag=\"{Loss}\"]')?.series?.some(one => one.x.length === {updates})");
        }

        Assert.Equal("live", browser.Value<string>("document.querySelector('#connection').dataset.state"));
        Assert.Empty(browser.Problems());
    }

    [Fact]
    public async Task Pages_of_other_origins_and_rebound_names_get_nothing()
    {
        LoggedRun.Write(_folder["runs/a"], new Experiment { Name = "confidential" }, 0, 100);
        using var browser = new Browser("--host-resolver-rules=MAP evil.example 127.0.0.1");
        await using var server = await DashboardServer.Start(_folder["runs"]);

        // The name of another site leads here, as after DNS rebinding.
        browser.Open(new Uri($"http://evil.example:{server.Address.Port}/"));
        Assert.StartsWith("refused: the host", browser.Text("body"), StringComparison.Ordinal);

        // A page of another origin reads, embeds, and sends.
        await using var other = await GuardedHost.StartAsync(
            WebBinding.Loopback(0),
            (routes, _) => routes.MapGet("/", context =>
            {
                context.Response.Headers.ContentSecurityPolicy = "default-src * 'unsafe-inline'";
                context.Response.ContentType = "text/html";
                return context.Response.WriteAsync($$"""
                    <title>attack</title><iframe src="{{server.Address}}"></iframe>
                    <script>
                    const results = {};
                    const attempt = (name, work) => work().then(text => results[name] = text, () => results[name] = 'failed');
                    attempt('fetch', async () => (await fetch('{{server.Address}}api/about')).text());
                    attempt('opaque', async () => String((await fetch('{{server.Address}}api/about', { mode: 'no-cors' })).status));
                    attempt('post', async () => (await fetch('{{server.Address}}api/about', { method: 'POST' })).text());
                    attempt('events', () => new Promise((good, bad) => {
                      const events = new EventSource('{{server.Address}}api/events');
                      events.addEventListener('runs', event => good(event.data));
                      events.onerror = bad;
                    }));
                    attempt('script', () => new Promise((good, bad) => {
                      const script = document.createElement('script');
                      Object.assign(script, { src: '{{server.Address}}api/tags', onload: () => good('loaded'), onerror: bad });
                      document.head.append(script);
                    }));
                    </script>
                    """);
            }),
            TestContext.Current.CancellationToken);
        browser.Open(other.Address);
        await browser.Until("Object.keys(results).length === 5");
        foreach (var attempt in new[] { "fetch", "opaque", "post", "events", "script" })
        {
            Assert.Equal("failed", browser.Value<string>($"results.{attempt}"));
        }

        await browser.Complains("frame-ancestors");
    }

    [Fact]
    public async Task The_page_is_used_by_keyboard_and_fits_a_laptop_in_light_and_dark()
    {
        const string Name = "a_rather_long_name_of_an_experiment";
        for (var i = 0; i < 12; i++)
        {
            LoggedRun.Write(_folder[$"runs/{Name}/{i}-0123456789"], new Experiment { Name = Name }, (ulong)i, 100);
        }

        using var browser = new Browser();
        await using var server = await DashboardServer.Start(_folder["runs"]);
        browser.Open(server.Address);
        await browser.Until("document.querySelectorAll('#runs li').length === 12");
        Assert.Equal(10, browser.Value<long>("document.querySelectorAll('#runs input:checked').length"));
        foreach (var scheme in new[] { "light", "dark" })
        {
            browser.Prefer(scheme);
            for (var i = 0; i < s_views.Length; i++)
            {
                browser.Press($"{i + 1}");
                await browser.Until($"document.querySelector('main').dataset.view === '{s_views[i]}'");
                await browser.Until("document.querySelector('main').innerText.trim().length > 40");
                Assert.True(
                    browser.Value<bool>("(it => it.scrollWidth <= innerWidth && it.scrollHeight <= innerHeight)(document.documentElement)"),
                    $"{s_views[i]} is larger than the window");
                Assert.True(
                    browser.Value<bool>("(main => main.scrollWidth <= main.clientWidth)(document.querySelector('main'))"),
                    $"{s_views[i]} is wider than its place");
            }
        }

        // The list: filter by key, leave it by key, walk with arrows, choose with Enter and Space.
        browser.Press("/");
        Assert.Equal("filter", browser.Value<string>("document.activeElement.id"));
        browser.Press("/11-");
        await browser.Until("document.querySelectorAll('#runs li').length === 1");
        browser.Press(Keys.Escape);
        await browser.Until("document.querySelectorAll('#runs li').length === 12");
        browser.Value<object?>("void document.querySelector('#runs button').focus()");
        browser.Press(Keys.ArrowDown);
        browser.Press(Keys.Enter);
        await browser.Until("document.querySelectorAll('#runs li')[1].querySelector('button').getAttribute('aria-current') === 'true'");
        browser.Value<object?>("void document.querySelector('#runs input').focus()");
        browser.Press(Keys.Space);
        await browser.Until("document.querySelectorAll('#runs input:checked').length === 9");

        // Everything that takes the focus has a name.
        var nameless = browser.Texts(
            "[...document.querySelectorAll('a, button, input, select')]"
            + ".filter(one => !(one.innerText?.trim() || one.ariaLabel || one.labels?.[0]?.innerText.trim())).map(one => one.outerHTML)");
        Assert.Empty(nameless);
        Assert.Empty(browser.Problems());
    }

    [Fact]
    public async Task Without_a_token_a_browser_gets_nothing_and_with_it_the_address_keeps_no_token()
    {
        LoggedRun.Write(_folder["runs/a"], new Experiment { Name = "confidential" }, 0, 100);
        using var browser = new Browser();
        await using var server = await DashboardServer.Start(_folder["runs"], "--token-file", _folder["token"]);
        browser.Open(new Uri(server.Address.GetLeftPart(UriPartial.Authority)));
        Assert.StartsWith("refused: this page needs a token", browser.Text("body"), StringComparison.Ordinal);
        browser.Open(server.Address);
        await browser.Until("document.querySelector('#runs .title')?.innerText.includes('confidential')");
        Assert.DoesNotContain("token", browser.Value<string>("location.href"), StringComparison.Ordinal);
        Assert.Empty(browser.Value<string>("document.cookie"));
    }

    public void Dispose() => _folder.Dispose();

    private static string Series(string tag, int index = 0) => $"document.querySelector('figure[data-tag=\"{tag}\"]')?.series?.[{index}]";

    private static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    // Every logged number that the page shows is in the metrics, at the step and under the tag that it names, and is shown as it is.
    private static void AssertLogged(Browser browser, MetricsLine[] lines, int atLeast)
    {
        var shown = browser.Texts(
            "[...document.querySelectorAll('data')].map(one => [one.dataset.tag, one.dataset.step, one.value, one.innerText].join('\\n'))");
        Assert.InRange(shown.Length, atLeast, int.MaxValue);
        foreach (var parts in shown.Select(one => one.Split('\n')))
        {
            var exact = double.Parse(parts[2]);
            Assert.Contains(
                lines,
                line => line.Step == long.Parse(parts[1]) && line.Values.TryGetValue(parts[0], out var value) && value.Equals(exact));
            var decimals = Decimals().Match(parts[3]).Groups["decimals"].Length;
            Assert.InRange(double.Parse(parts[3]), exact - Math.Pow(10, -decimals), exact + Math.Pow(10, -decimals));
        }
    }

    [GeneratedRegex(@"^-?\d+(\.(?<decimals>\d+))?$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Decimals();
}
