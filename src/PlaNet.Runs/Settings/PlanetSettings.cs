using System.ComponentModel.DataAnnotations;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Settings;

/// <summary>Settings of the machine, not of an experiment: <c>planet { }</c> in <c>hocon/planet.conf</c>. None changes a result.</summary>
public sealed record PlanetSettings
{
    /// <summary>Where runs go when no directory is given. Default "runs".</summary>
    [MinLength(1)]
    public string RunsDirectory { get; init; } = "runs";

    /// <summary>Newest checkpoints that are kept. At least 2. Default 2.</summary>
    [Range(2, int.MaxValue)]
    public int CheckpointsKept { get; init; } = 2;

    /// <summary>Seconds between two progress lines when the output is not a terminal. At least 1. Default 10.</summary>
    [Range(1, double.PositiveInfinity)]
    public double ProgressSeconds { get; init; } = 10;

    /// <summary>
    /// Seconds that an environment of a run has for a step or a reset, and to be made; then it is taken for hanging and replaced.
    /// Above 0, at most a day. Default 60.
    /// </summary>
    [Range(0, 86_400d, MinimumIsExclusive = true)]
    public double EnvironmentTimeoutSeconds { get; init; } = 60;

    /// <summary>Seconds that an environment in a process of its own has to answer a reset or a step. Above 0, at most a day. Default 30.</summary>
    [Range(0, 86_400d, MinimumIsExclusive = true)]
    public double EnvironmentAnswerSeconds { get; init; } = 30;

    /// <summary>Seconds that an environment in a process of its own has to start. Above 0, at most a day. Default 60.</summary>
    [Range(0, 86_400d, MinimumIsExclusive = true)]
    public double EnvironmentStartSeconds { get; init; } = 60;

    /// <summary>Assemblies with experiments and grids of your own, separated as in PATH. Default none.</summary>
    public string Experiments { get; init; } = "";

    /// <summary>What is done with a role that failed.</summary>
    public SupervisionSettings Supervision { get; init; } = new();

    /// <summary>How grids are run.</summary>
    public GridSettings Grid { get; init; } = new();

    /// <summary>How this machine takes part in a cluster.</summary>
    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>How long an environment in a process of its own may take.</summary>
    internal EnvironmentPatience EnvironmentPatience => new(TimeSpan.FromSeconds(EnvironmentStartSeconds), TimeSpan.FromSeconds(EnvironmentAnswerSeconds));
}

/// <summary>What is done with a role that failed: <c>planet.supervision</c>.</summary>
public sealed record SupervisionSettings
{
    /// <summary>Restarts of one role within the window; the next failure ends the run. At least 0. Default 5.</summary>
    [Range(0, int.MaxValue)]
    public int MaxRestarts { get; init; } = 5;

    /// <summary>Length of the sliding window, seconds. Above 0, at most 30 days. Default 600.</summary>
    [Range(0, 2_592_000d, MinimumIsExclusive = true)]
    public double WithinSeconds { get; init; } = 600;

    /// <summary>Pause before the first restart, seconds; doubles with each within the window. 0 to 30 days. Default 0.5.</summary>
    [Range(0, 2_592_000d)]
    public double MinBackoffSeconds { get; init; } = 0.5;

    /// <summary>Bound of the doubling, seconds. From <see cref="MinBackoffSeconds"/> to 30 days. Default 30.</summary>
    [Range(0, 2_592_000d)]
    public double MaxBackoffSeconds { get; init; } = 30;

    /// <summary>A pause is longer by a random part of itself up to this fraction. 0 to 1. Default 0.2.</summary>
    [Range(0, 1d)]
    public double Jitter { get; init; } = 0.2;

    /// <summary>The same as a policy.</summary>
    internal RestartPolicy Restarts => new(
        MaxRestarts, TimeSpan.FromSeconds(WithinSeconds), TimeSpan.FromSeconds(MinBackoffSeconds), TimeSpan.FromSeconds(MaxBackoffSeconds), Jitter);
}

/// <summary>How grids are run on this machine: <c>planet.grid</c>.</summary>
public sealed record GridSettings
{
    /// <summary>Seconds after which a node that was not heard of loses its runs. At least three times <see cref="HeartbeatSeconds"/>. Default 20.</summary>
    [Range(0, 2_592_000d, MinimumIsExclusive = true)]
    public double LeaseSeconds { get; init; } = 20;

    /// <summary>Seconds between two heartbeats. Above 0, at most 30 days. Default 5.</summary>
    [Range(0, 2_592_000d, MinimumIsExclusive = true)]
    public double HeartbeatSeconds { get; init; } = 5;

    /// <summary>Failures with which a run fails for good. At least 1. Default 3.</summary>
    [Range(1, int.MaxValue)]
    public int Failures { get; init; } = 3;
}

/// <summary>How this machine takes part in a cluster: <c>planet.cluster</c>.</summary>
public sealed record ClusterSettings
{
    /// <summary>How the nodes of this machine prove who they are.</summary>
    public TlsSettings Tls { get; init; } = new();
}

/// <summary>
/// How the nodes of this machine prove who they are: <c>planet.cluster.tls</c>, with the files that <c>planet cluster certificates</c> makes.
/// Paths are relative to the working directory.
/// </summary>
public sealed record TlsSettings
{
    /// <summary>The machine's certificate with its private key, a PKCS #12 file. Given exactly when <see cref="Authority"/> is. Default none.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>The certificate of the authority that has signed those of all machines, a PEM file. Default none.</summary>
    public string Authority { get; init; } = "";

    /// <summary>A file whose first line is the password of <see cref="Certificate"/>. Default none: it has no password.</summary>
    public string PasswordFile { get; init; } = "";
}

/// <summary>Settings cannot be used: the message names the file or variable, the value, the rule and the remedy.</summary>
/// <param name="message">One line.</param>
public sealed class SettingsException(string message) : Exception(message);
