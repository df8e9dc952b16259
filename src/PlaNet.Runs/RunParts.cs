using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Settings;

namespace PlaNet.Runs;

/// <summary>Dependencies of all roles of a run. They stay the same for the duration of the run.</summary>
/// <param name="Experiment">The experiment of the run.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Folder">The run directory, locked by this process.</param>
/// <param name="Device">Device of the models.</param>
/// <param name="Settings">Settings of this machine.</param>
/// <param name="Time">Clock of timers and durations.</param>
/// <param name="Tasks">Environment specification of each task.</param>
/// <param name="Watch">Receives the events of the run, one at a time.</param>
/// <param name="Faults">Faults to inject.</param>
/// <param name="Interrupt">Cancelled when the run is to stop.</param>
public sealed record RunParts(
    Experiment Experiment,
    ulong Seed,
    RunFolder Folder,
    Device Device,
    PlanetSettings Settings,
    TimeProvider Time,
    IReadOnlyList<EnvironmentSpec> Tasks,
    Action<RunEvent> Watch,
    FaultInjector Faults,
    CancellationToken Interrupt) : ActingParts(Experiment, Device, Settings, Time, Tasks, Watch, Faults, Interrupt)
{
    /// <summary>Creates the role that collects episodes in other processes. Default null: this process plays them.</summary>
    public Func<RunParts, Behavior>? RemoteCollector { get; init; }
}
