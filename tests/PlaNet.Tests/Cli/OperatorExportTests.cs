using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using PlaNet.Cli;
using PlaNet.Runs;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary>Metrics and traces of small real runs as operators receive them. Alone, because meters are those of the process.</summary>
[Collection(nameof(Alone))]
public sealed class OperatorExportTests
{
    private static readonly Dictionary<string, object> s_attributes = new(StringComparer.Ordinal) { ["planet.experiment"] = "small" };

    [Fact]
    public void By_default_nothing_is_exported()
    {
        using var warnings = new StringWriter();
        Assert.Null(OperatorExport.Start(new OperatorSettings(), s_attributes, warnings));
    }

    [Fact]
    public void The_page_for_Prometheus_has_every_documented_metric_and_only_this_machine_reaches_it()
    {
        using var folder = new TemporaryFolder();
        using var warnings = new StringWriter();
        var port = FreePort();
        var page = "";
        using (OperatorExport.Start(new OperatorSettings { PrometheusPort = port }, s_attributes, warnings))
        {
            Assert.All(
                IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == port),
                listener => Assert.True(IPAddress.IsLoopback(listener.Address), listener.ToString()));
            using var client = new HttpClient();
            SmallRun.Run(
                folder["run"],
                (happened, _) =>
                {
                    if (happened is CheckpointSaved { Progress.Evaluations: 1 })
                    {
                        page = client.GetStringAsync($"http://127.0.0.1:{port}/metrics").GetAwaiter().GetResult();
                    }
                },
                ShortRun.Experiment,
                "env.step@19=crash");
        }

        Assert.Equal("", warnings.ToString());
        var documented = Documented();
        Assert.InRange(documented.Length, 20, 30);
        Assert.All(documented, name => Assert.Matches($"(?m)^{name}(\\{{[^}}]*\\}})? [-0-9.e+]+", page));
        Assert.Matches("(?m)^planet_updates_total(\\{[^}]*\\})? 5( |$)", page);
        Assert.Matches("(?m)^planet_role_messages_total\\{[^}]*role=\"collector/planner\"[^}]*\\} [1-9]", page);
        Assert.All(
            Names(page, "(?m)^# TYPE (planet_\\w+)"),
            name => Assert.Contains(documented, other => other.StartsWith(name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void A_collector_receives_metrics_and_the_share_of_traces(double share)
    {
        using var folder = new TemporaryFolder();
        using var warnings = new StringWriter();
        using var collector = new Collector();
        var settings = new OperatorSettings { Otlp = collector.Address, OtlpSeconds = 0.2, TraceShare = share };
        using (OperatorExport.Start(settings, s_attributes, warnings))
        {
            Assert.True(SmallRun.Run(folder["run"], experiment: ShortRun.Experiment).Complete);
        }

        Assert.Equal("", warnings.ToString());
        Assert.All(collector.Received, request => Assert.Equal("application/x-protobuf", request.Type));
        var metrics = collector.BodiesOf("/v1/metrics");
        Assert.Contains("planet.updates", metrics);
        Assert.Contains("planet.experiment", metrics);
        var traces = collector.BodiesOf("/v1/traces");
        if (share == 0)
        {
            Assert.Equal("", traces);
        }
        else
        {
            Assert.Contains("receive DecideActions", traces);
            Assert.Contains("work UpdateModel", traces);
            Assert.Contains("encoder", traces);
        }
    }

    [Fact]
    public void A_collector_that_cannot_be_reached_is_one_warning_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        using var warnings = new StringWriter();
        var settings = new OperatorSettings { Otlp = $"http://127.0.0.1:{FreePort()}", OtlpSeconds = 0.1, TraceShare = 1 };
        using (OperatorExport.Start(settings, s_attributes, warnings))
        {
            Assert.True(SmallRun.Run(folder["run"], experiment: ShortRun.Experiment).Complete);
        }

        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
        var warning = Assert.Single(warnings.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"planet: warning: metrics and traces do not reach {settings.Otlp} (planet.operators.otlp): ", warning);
    }

    [Fact]
    public void A_port_that_is_taken_is_one_warning()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var warnings = new StringWriter();
        using (OperatorExport.Start(new OperatorSettings { PrometheusPort = port }, s_attributes, warnings))
        {
            var warning = Assert.Single(warnings.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.StartsWith($"planet: warning: the page for Prometheus cannot be opened on port {port} ", warning);
        }
    }

    private static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    // The names of the metrics in docs/operators.md, as Prometheus writes them.
    private static string[] Documented() => Names(
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "operators.md")), "(?m)^\\| `[\\w.]+` \\| `(planet_\\w+)`");

    private static string[] Names(string page, string pattern) =>
        [.. Regex.Matches(page, pattern, RegexOptions.None, TimeSpan.FromSeconds(5)).Select(match => match.Groups[1].Value)];

    /// <summary>Receives OTLP over HTTP.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _serving;

        public Collector()
        {
            Address = $"http://127.0.0.1:{FreePort()}";
            _listener.Prefixes.Add(Address + "/");
            _listener.Start();
            _serving = ServeAsync();
        }

        public string Address { get; }

        public ConcurrentQueue<(string Path, string Type, string Body)> Received { get; } = [];

        public string BodiesOf(string path) =>
            string.Concat(Received.Where(request => request.Path == path).Select(request => request.Body));

        public void Dispose()
        {
            _listener.Close();
            _serving.GetAwaiter().GetResult();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync().ConfigureAwait(false);
                    using var body = new StreamReader(context.Request.InputStream, Encoding.Latin1);
                    Received.Enqueue((
                        context.Request.Url!.AbsolutePath,
                        context.Request.ContentType ?? "",
                        await body.ReadToEndAsync().ConfigureAwait(false)));
                    context.Response.ContentType = "application/x-protobuf";
                    context.Response.Close();
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }
    }
}
