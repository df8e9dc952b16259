using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Settings;

namespace PlaNet.Cluster.Collectors;

/// <summary>Parts of the acting roles on a collector.</summary>
internal static class CollectorParts
{
    /// <summary>Makes the parts for one experiment, with one environment.</summary>
    public static ActingParts Of(Experiment experiment, torch.Device device, PlanetSettings settings, Action<RunEvent> watch)
    {
        // The folder is that of the run's machine. Where it does not exist, a program starts in the folder of the collector.
        var task = experiment.Task;
        var here = Directory.Exists(task.CommandFolder) ? experiment : experiment with { Task = task with { CommandFolder = "" } };
        return Made(here, device, settings, watch);
    }

    private static ActingParts Made(Experiment experiment, torch.Device device, PlanetSettings settings, Action<RunEvent> watch) => new(
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
