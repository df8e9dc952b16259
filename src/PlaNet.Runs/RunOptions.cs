using Akka.Event;
using PlaNet.Experiments;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Settings;

namespace PlaNet.Runs;

/// <summary>Options of a <see cref="RunSession"/>.</summary>
/// <param name="Path">The run directory, absolute or relative to the working directory.</param>
/// <param name="Experiment">Experiment of the run.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Device">Device of the models.</param>
public sealed record RunOptions(string Path, Experiment Experiment, ulong Seed, Device Device)
{
    /// <summary>Settings of the machine and of Akka. Default: those of <c>hocon/planet.conf</c>.</summary>
    public HoconSettings Settings { get; init; } = HoconSettings.Default;

    /// <summary>Program and library versions and the device: recorded, not compared. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether to continue a run of another experiment; see <see cref="RunDirectory.Open"/>. Default false.</summary>
    public bool AllowChanges { get; init; }

    /// <summary>
    /// The weights that <see cref="ModelOptions.InitialWeights"/> names. Default null: there are none, or the run directory has them.
    /// </summary>
    public InitialWeights? InitialWeights { get; init; }

    /// <summary>
    /// The episodes that <see cref="ReplayOptions.EpisodesHash"/> names. Default null: those of <see cref="ReplayOptions.EpisodesFrom"/>,
    /// or the run directory has them.
    /// </summary>
    public GivenEpisodes? Episodes { get; init; }

    /// <summary>Collection of episodes by other processes. Default null: this process plays them.</summary>
    public IRemoteCollection? Remote { get; init; }

    /// <summary>Faults to inject. Default: none.</summary>
    public FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>Receives all events, one at a time, on threads of the run. Default: ignores them.</summary>
    public Action<RunEvent> Watch { get; init; } = static _ => { };

    /// <summary>Minimum level of the lines in <c>run.log</c>. Default null: no log is written.</summary>
    public LogLevel? Log { get; init; }

    /// <summary>Receives Akka's warnings. Default: discards them.</summary>
    public TextWriter Warnings { get; init; } = TextWriter.Null;

    /// <summary>Clock of timers and durations. Default: the system clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Cancelled just before the process exits without saving. The run then records that in its state. Default: never.</summary>
    public CancellationToken AtOnce { get; init; }
}
