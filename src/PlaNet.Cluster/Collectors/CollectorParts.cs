using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Settings;

namespace PlaNet.Cluster.Collectors;

/// <summary>What the roles that play are made with on a collector.</summary>
internal static class CollectorParts
{
    /// <summary>Makes them for an experiment.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="device">Where the planner's model lives.</param>
    /// <param name="settings">Settings of the machine.</param>
    /// <param name="watch">Told what happens.</param>
    public static ActingParts Of(Experiment experiment, torch.Device device, PlanetSettings settings, Action<RunEvent> watch) => new(
        experiment,
        device,
        settings,
        TimeProvider.System,
        [.. Enumerable.Range(0, experiment.Task.Count).Select(task => Tasks.Describe(experiment.Task, task))],
        watch,
        FaultInjector.None,
        CancellationToken.None)
    {
        Environments = 1,
    };
}
