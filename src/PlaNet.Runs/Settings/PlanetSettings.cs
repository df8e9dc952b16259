using System.ComponentModel.DataAnnotations;
using PlaNet.Common;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Settings;

/// <summary>
/// Settings of the machine, not of an experiment: <c>planet { }</c> in <c>hocon/planet.conf</c>. They do not affect results.
/// </summary>
public sealed record PlanetSettings
{
    /// <summary>Directory of runs for which no directory is given. Default "runs".</summary>
    [MinLength(1)]
    public string RunsDirectory { get; init; } = "runs";

    /// <summary>Number of newest checkpoints to keep. At least 2. Default 2.</summary>
    [Range(2, int.MaxValue)]
    public int CheckpointsKept { get; init; } = 2;

    /// <summary>Seconds between two progress lines if the output is not a terminal. At least 1. Default 10.</summary>
    [Range(1, double.PositiveInfinity)]
    public double ProgressSeconds { get; init; } = 10;

    /// <summary>
    /// Timeout in seconds of creating, resetting and stepping an environment of a run. After it the environment is considered hung and is
    /// replaced. Above 0, at most a day. Default 60.
    /// </summary>
    [Range(0, 86_400d, MinimumIsExclusive = true)]
    public double EnvironmentTimeoutSeconds { get; init; } = 60;

    /// <summary>Timeout in seconds of a reset or step in a separate process. Above 0, at most a day. Default 30.</summary>
    [Range(0, 86_400d, MinimumIsExclusive = true)]
    public double EnvironmentAnswerSeconds { get; init; } = 30;

    /// <summary>Timeout in seconds of starting an environment in a separate process. Above 0, at most a day. Default 60.</summary>
    [Range(0, 86_400d, MinimumIsExclusive = true)]
    public double EnvironmentStartSeconds { get; init; } = 60;

    /// <summary>
    /// Program that also writes videos as MP4, if it is there: a name on the PATH, or a path. Empty for none. Default "ffmpeg".
    /// </summary>
    public string Ffmpeg { get; init; } = "ffmpeg";

    /// <summary>Assemblies with the user's experiments and grids, separated as in PATH. Default: none.</summary>
    public string Experiments { get; init; } = "";

    /// <summary>Restarts of failed roles.</summary>
    public SupervisionSettings Supervision { get; init; } = new();

    /// <summary>Settings of grids.</summary>
    public GridSettings Grid { get; init; } = new();

    /// <summary>Settings of the nodes of this machine.</summary>
    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>Export of metrics and traces.</summary>
    public OperatorSettings Operators { get; init; } = new();

    /// <summary>What runs write for people to watch them.</summary>
    public TelemetrySettings Telemetry { get; init; } = new();

    /// <summary>Timeouts of an environment in a separate process.</summary>
    internal EnvironmentTimeouts EnvironmentTimeouts =>
        new(TimeSpan.FromSeconds(EnvironmentStartSeconds), TimeSpan.FromSeconds(EnvironmentAnswerSeconds));
}

/// <summary>Restarts of failed roles: <c>planet.supervision</c>.</summary>
public sealed record SupervisionSettings
{
    /// <summary>Maximum number of restarts of a role within the window. The next failure ends the run. At least 0. Default 5.</summary>
    [Range(0, int.MaxValue)]
    public int MaxRestarts { get; init; } = 5;

    /// <summary>Length of the sliding window in seconds. Above 0, at most 30 days. Default 600.</summary>
    [Range(0, 2_592_000d, MinimumIsExclusive = true)]
    public double WithinSeconds { get; init; } = 600;

    /// <summary>Backoff in seconds before the first restart, doubled with each one within the window. 0 to 30 days. Default 0.5.</summary>
    [Range(0, 2_592_000d)]
    public double MinBackoffSeconds { get; init; } = 0.5;

    /// <summary>Maximum backoff in seconds, without jitter. From <see cref="MinBackoffSeconds"/> to 30 days. Default 30.</summary>
    [Range(0, 2_592_000d)]
    public double MaxBackoffSeconds { get; init; } = 30;

    /// <summary>Maximum random extension of a backoff, as a fraction of it. 0 to 1. Default 0.2.</summary>
    [Range(0, 1d)]
    public double Jitter { get; init; } = 0.2;

    /// <summary>The settings as a restart policy.</summary>
    internal RestartPolicy Restarts => new(
        MaxRestarts,
        TimeSpan.FromSeconds(WithinSeconds),
        TimeSpan.FromSeconds(MinBackoffSeconds),
        TimeSpan.FromSeconds(MaxBackoffSeconds),
        Jitter);
}

/// <summary>What runs write for people to watch them: <c>planet.telemetry</c>.</summary>
public sealed record TelemetrySettings
{
    /// <summary>Whether a run writes an event file for TensorBoard beside its <c>metrics.jsonl</c>. Default true.</summary>
    public bool Tensorboard { get; init; } = true;

    /// <summary>
    /// Updates from one with histograms to the next; the first update has them. They cost about two thirds of an update of
    /// <c>quickstart</c> (docs/metrics.md). At least 1. Default 200.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int HistogramUpdates { get; init; } = 200;

    /// <summary>Whether an update makes histograms.</summary>
    /// <param name="update">Number of the update, from 0.</param>
    internal bool ShowsHistograms(int update) => Tensorboard && update % HistogramUpdates == 0;
}

/// <summary>Settings of grids on this machine: <c>planet.grid</c>.</summary>
public sealed record GridSettings
{
    /// <summary>
    /// Duration of a lease in seconds: a node without a heartbeat for this long loses its runs. At least three times
    /// <see cref="HeartbeatSeconds"/>. Default 20.
    /// </summary>
    [Range(0, 2_592_000d, MinimumIsExclusive = true)]
    public double LeaseSeconds { get; init; } = 20;

    /// <summary>Seconds between two heartbeats. Above 0, at most 30 days. Default 5.</summary>
    [Range(0, 2_592_000d, MinimumIsExclusive = true)]
    public double HeartbeatSeconds { get; init; } = 5;

    /// <summary>Number of failures after which a run is not retried. At least 1. Default 3.</summary>
    [Range(1, int.MaxValue)]
    public int Failures { get; init; } = 3;
}

/// <summary>Settings of the cluster nodes of this machine: <c>planet.cluster</c>.</summary>
public sealed record ClusterSettings
{
    /// <summary>Authentication of the nodes of this machine.</summary>
    public TlsSettings Tls { get; init; } = new();
}

/// <summary>
/// Mutual TLS authentication of this machine, as a node and as a client of environments at an address: <c>planet.cluster.tls</c>, with
/// files created by <c>planet cluster certificates</c>. Paths are relative to the working directory.
/// </summary>
public sealed record TlsSettings
{
    /// <summary>PKCS #12 file with the machine's certificate and private key. Requires <see cref="Authority"/>. Default: none.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>PEM file with the certificate of the authority that signed all machines' certificates. Default: none.</summary>
    public string Authority { get; init; } = "";

    /// <summary>File whose first line is the password of <see cref="Certificate"/>. Default: none, the file has no password.</summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>Reads the files.</summary>
    /// <returns>Null if no certificate is named.</returns>
    /// <exception cref="System.Security.Cryptography.CryptographicException">See <see cref="MachineCertificates.Load"/>.</exception>
    public MachineCertificates? Load() => Certificate.Length == 0 ? null : MachineCertificates.Load(Certificate, Authority, PasswordFile);
}

/// <summary>Export of metrics and traces (docs/operators.md): <c>planet.operators</c>. By default nothing is exported.</summary>
public sealed record OperatorSettings
{
    /// <summary>
    /// Address of an OpenTelemetry collector, such as "http://localhost:4318", which receives metrics and traces by OTLP over HTTP.
    /// Default: none.
    /// </summary>
    public string Otlp { get; init; } = "";

    /// <summary>Seconds between two exports to the collector. From 0.1 to an hour. Default 10.</summary>
    [Range(0.1, 3600d)]
    public double OtlpSeconds { get; init; } = 10;

    /// <summary>Share of the traces that are exported. 0 to 1. Default 0.05, since a run has tens of traces a second.</summary>
    [Range(0, 1d)]
    public double TraceShare { get; init; } = 0.05;

    /// <summary>
    /// Port of the page for Prometheus, http://127.0.0.1:PORT/metrics, which only this machine can reach. 0 to 65535. Default 0: no page.
    /// </summary>
    [Range(0, 65535)]
    public int PrometheusPort { get; init; }

    /// <summary>Whether <see cref="Otlp"/> is empty or an address.</summary>
    internal bool IsOtlpValid => Otlp.Length == 0
        || (Uri.TryCreate(Otlp, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Query.Length == 0);
}

/// <summary>Settings are invalid. The message gives the file or variable, the value, the rule and the remedy.</summary>
/// <param name="message">One line.</param>
public sealed class SettingsException(string message) : Exception(message);
