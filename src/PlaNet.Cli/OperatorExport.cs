using System.Diagnostics.Tracing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Results;
using PlaNet.Runs.Settings;

namespace PlaNet.Cli;

/// <summary>
/// Exports the metrics and traces of this process by OpenTelemetry, as <c>planet.operators</c> says (docs/operators.md). Nothing that goes
/// wrong with it disturbs the run: the first failure is a warning.
/// </summary>
public sealed class OperatorExport : IDisposable
{
    // A run that has ended waits at most this long for the last export.
    private const int ShutdownMilliseconds = 2000;

    private readonly List<MeterProvider> _meters = [];
    private readonly List<TracerProvider> _tracers = [];
    private readonly FailureListener? _failures;

    private OperatorExport(OperatorSettings settings, IReadOnlyDictionary<string, object> attributes, TextWriter warnings)
    {
        var resource = ResourceBuilder.CreateEmpty().AddService("planet").AddAttributes(attributes);
        if (settings.Otlp.Length > 0)
        {
            _failures = new FailureListener(settings.Otlp, warnings);
            _meters.Add(Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(RunMeter.MeterName)
                .AddOtlpExporter((exporter, reader) =>
                {
                    Configure(exporter, settings.Otlp, "v1/metrics");
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds =
                        (int)(settings.OtlpSeconds * 1000);
                })
                .Build());
            _tracers.Add(Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.TraceShare)))
                .AddSource(ActorTrace.SourceName, Phases.SourceName)
                .AddOtlpExporter(exporter =>
                {
                    Configure(exporter, settings.Otlp, "v1/traces");
                    exporter.BatchExportProcessorOptions.ScheduledDelayMilliseconds = (int)(settings.OtlpSeconds * 1000);
                })
                .Build());
        }

        if (settings.PrometheusPort > 0)
        {
            try
            {
                _meters.Add(Sdk.CreateMeterProviderBuilder()
                    .SetResourceBuilder(resource)
                    .AddMeter(RunMeter.MeterName)
                    .AddPrometheusHttpListener(page =>
                    {
                        page.Host = IPAddress.Loopback.ToString();
                        page.Port = settings.PrometheusPort;
                        page.ScopeInfoEnabled = false;
                    })
                    .Build());
            }
            catch (Exception refused) when (refused is HttpListenerException or SocketException or InvalidOperationException)
            {
                warnings.WriteLine(
                    $"planet: warning: the page for Prometheus cannot be opened on port {settings.PrometheusPort} "
                    + $"(planet.operators.prometheus_port): {refused.Message} The run continues without it; give every run of a machine "
                    + "its own port, or use planet.operators.otlp.");
            }
        }
    }

    /// <summary>Begins to export.</summary>
    /// <param name="settings">Where to.</param>
    /// <param name="attributes">What identifies this process in the exported data.</param>
    /// <param name="warnings">Receives warnings, on any thread.</param>
    /// <returns>Null if nothing is to be exported.</returns>
    public static OperatorExport? Start(OperatorSettings settings, IReadOnlyDictionary<string, object> attributes, TextWriter warnings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(warnings);
        return settings.Otlp.Length == 0 && settings.PrometheusPort == 0 ? null : new OperatorExport(settings, attributes, warnings);
    }

    /// <summary>Exports the rest, for at most a few seconds, and ends.</summary>
    public void Dispose()
    {
        Parallel.ForEach<Action>(
            [
                .. _meters.Select<MeterProvider, Action>(meters => () => meters.Shutdown(ShutdownMilliseconds)),
                .. _tracers.Select<TracerProvider, Action>(tracers => () => tracers.Shutdown(ShutdownMilliseconds)),
            ],
            end => end());
        _meters.ForEach(meters => meters.Dispose());
        _tracers.ForEach(tracers => tracers.Dispose());
        _failures?.Dispose();
    }

    private static void Configure(OtlpExporterOptions exporter, string address, string path)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(new Uri(address.TrimEnd('/') + "/"), path);
        exporter.TimeoutMilliseconds = ShutdownMilliseconds;
    }

    /// <summary>Reports the first failure of the exporter, which tells nobody else.</summary>
    private sealed class FailureListener(string address, TextWriter warnings) : EventListener
    {
        private int _warned;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol")
            {
                EnableEvents(eventSource, EventLevel.Warning);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            // The base class calls it before the fields of this class are set.
            if (warnings is null || Interlocked.Exchange(ref _warned, 1) != 0)
            {
                return;
            }

            var text = string.Format(
                CultureInfo.InvariantCulture, eventData.Message ?? eventData.EventName ?? "", eventData.Payload?.ToArray() ?? []);
            warnings.WriteLine(
                $"planet: warning: metrics and traces do not reach {address} (planet.operators.otlp): {text.Split('\n')[0]} "
                + "The run continues; further failures are not reported.");
        }
    }
}
