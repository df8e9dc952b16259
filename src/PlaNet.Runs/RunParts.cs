using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Settings;

namespace PlaNet.Runs;

/// <summary>What every role of a run is made with: none of it changes while the run lasts.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Folder">The run directory, held by this process.</param>
/// <param name="Device">Where models live.</param>
/// <param name="Settings">Settings of the machine.</param>
/// <param name="Time">The clock.</param>
/// <param name="Tasks">What the environment of each task takes and gives.</param>
/// <param name="Watch">Told what happens, one event at a time.</param>
/// <param name="Faults">What is to go wrong.</param>
/// <param name="Interrupt">Asks the run to stop.</param>
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
    /// <summary>Makes the role that has episodes played elsewhere; null where the run plays them itself. Default null.</summary>
    public Func<RunParts, Behavior>? RemoteCollector { get; init; }
}
