using PlaNet.Inspection;
using PlaNet.Replay;
using PlaNet.Runs.Checkpoints;

namespace PlaNet.Runs.Messages;

/// <summary>The learner has loaded the newest checkpoint or initialised the model. The run continues from that state.</summary>
/// <param name="State">State of the run at the checkpoint.</param>
/// <param name="Checkpoint">Folder of the checkpoint; null for a new run.</param>
/// <param name="Warnings">Messages about damaged checkpoints.</param>
public sealed record LearnerReady(RunState State, string? Checkpoint, IReadOnlyList<string> Warnings);

/// <summary>Orders the learner to do one update.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Index">Number of the update, from 0.</param>
/// <param name="Batch">The batch; the learner does not modify it.</param>
/// <param name="Seconds">Seconds of sampling the batch.</param>
/// <param name="Beside">Number of roles of this process that act in environments in parallel.</param>
public sealed record UpdateModel(long Order, int Index, ChunkBatch Batch, double Seconds, int Beside);

/// <summary>An update was done.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Metrics">Terms of the objective.</param>
/// <param name="Seconds">Seconds of the update, sampling the batch included.</param>
public sealed record ModelUpdated(long Order, UpdateMetrics Metrics, double Seconds)
{
    /// <summary>Histograms of the update; empty for most updates. Default empty.</summary>
    public IReadOnlyList<TensorHistogram> Histograms { get; init; } = [];
}

/// <summary>An update was not applied because its loss or gradient was not finite.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Cause">Names the quantity that was not finite.</param>
/// <param name="Batch">Path of the saved batch.</param>
public sealed record UpdateRefused(long Order, NonFiniteLossException Cause, string Batch);

/// <summary>Requests the learner's current weights.</summary>
/// <param name="Order">Number of the order that needs the weights.</param>
public sealed record PublishWeights(long Order);

/// <summary>Weights of the model.</summary>
/// <param name="Version">Number of updates of the weights.</param>
/// <param name="Content">Content of a safetensors file.</param>
public sealed record Weights(long Version, ReadOnlyMemory<byte> Content);

/// <summary>The learner's weights.</summary>
/// <param name="Order">Number of the order that needs the weights.</param>
/// <param name="Weights">A copy of the weights.</param>
public sealed record WeightsPublished(long Order, Weights Weights);

/// <summary>Orders the learner to compute the objective on held-out episodes.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Index">Number of the evaluation, from 0.</param>
/// <param name="Batch">A batch of held-out chunks.</param>
public sealed record TestModel(long Order, int Index, ChunkBatch Batch);

/// <summary>The objective on held-out episodes.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Metrics">Terms of the objective.</param>
public sealed record ModelTested(long Order, UpdateMetrics Metrics);

/// <summary>Orders the learner to save a checkpoint.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="State">The state of the run apart from model and optimiser.</param>
public sealed record SaveCheckpoint(long Order, RunState State) : IBeginsTrace;

/// <summary>A checkpoint was saved.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="State">The saved state of the run.</param>
/// <param name="Folder">Folder of the checkpoint.</param>
/// <param name="Seconds">Seconds of saving.</param>
public sealed record CheckpointDone(long Order, RunState State, string Folder, double Seconds);

/// <summary>Orders the learner to discard its model and reload the newest checkpoint.</summary>
public sealed record ReloadModel;
