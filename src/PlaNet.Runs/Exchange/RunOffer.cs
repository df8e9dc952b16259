using PlaNet.Experiments;

namespace PlaNet.Runs.Exchange;

/// <summary>A run whose episodes collectors may play.</summary>
/// <param name="Name">The run as people know it: its experiment and seed.</param>
/// <param name="Experiment">The experiment as canonical JSON.</param>
/// <param name="Compute">What a process settles when it loads the tensor library. A collector serves runs of one such kind.</param>
public sealed record RunOffer(string Name, string Experiment, string Compute)
{
    /// <summary>The offer of a run.</summary>
    /// <param name="experiment">Its experiment.</param>
    /// <param name="seed">Its seed.</param>
    public static RunOffer Of(Experiment experiment, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return new RunOffer(
            $"{experiment.Name}/{seed}",
            ExperimentJson.Write(experiment),
            $"threads {experiment.Compute.Threads}, native kernels {experiment.Compute.NativeKernels}");
    }
}
