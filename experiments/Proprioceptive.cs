using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>
/// Agents that observe state vectors instead of images, with small networks: nothing is rendered or decoded, so a run takes minutes. Not
/// the paper's.
/// </summary>
public static class Proprioceptive
{
    /// <summary>The variant of <see cref="CpuSized.Grid"/>: <see cref="CpuSized.Quickstart"/> with larger batches, fewer episodes.</summary>
    public static Variant Variant { get; } = new(
        "proprio",
        "Positions and velocities instead of images",
        experiment => CpuSized.Quickstart with
        {
            Task = experiment.Task with { Observations = ObservationKind.State },

            // The results in docs/results.md are those of a constant learning rate.
            Optimizer = CpuSized.Small.Optimizer,
            Replay = CpuSized.Quickstart.Replay with { BatchSize = 16, ChunkLength = 20 },
            Schedule = CpuSized.Quickstart.Schedule with { Episodes = 60, CollectInterval = 60 },
            Evaluation = CpuSized.Quickstart.Evaluation with { Every = 28 },
        });
}
