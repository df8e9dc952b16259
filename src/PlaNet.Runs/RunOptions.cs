using Akka.Event;
using PlaNet.Experiments;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Settings;

namespace PlaNet.Runs;

/// <summary>Which run a <see cref="RunSession"/> is, and how it is run.</summary>
/// <param name="Path">The run directory.</param>
/// <param name="Experiment">The experiment.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Device">Where models live.</param>
public sealed record RunOptions(string Path, Experiment Experiment, ulong Seed, Device Device)
{
    /// <summary>Settings of the machine and of Akka. Default: those of <c>hocon/planet.conf</c>.</summary>
    public HoconSettings Settings { get; init; } = HoconSettings.Default;

    /// <summary>What the run is started with, such as versions of libraries: recorded, not compared. Default none.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether a run of another experiment may be continued with this one; see <see cref="RunDirectory.Open"/>. Default false.</summary>
    public bool AllowChanges { get; init; }

    /// <summary>How episodes are played elsewhere. Default null: the run plays them itself.</summary>
    public IRemoteCollection? Remote { get; init; }

    /// <summary>What is to go wrong. Default nothing.</summary>
    public FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>Told about everything that happens, one event at a time, on threads of the run. Default nobody.</summary>
    public Action<RunEvent> Watch { get; init; } = static _ => { };

    /// <summary>The level from which on <c>run.log</c> is written. Default null: there is none.</summary>
    public LogLevel? Log { get; init; }

    /// <summary>Where Akka's warnings go. Default nowhere.</summary>
    public TextWriter Warnings { get; init; } = TextWriter.Null;

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Cancelled just before the process is ended with everything unsaved; the state then says so. Default never.</summary>
    public CancellationToken AtOnce { get; init; }
}
