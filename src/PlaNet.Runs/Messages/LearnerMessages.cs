using PlaNet.Replay;
using PlaNet.Runs.Checkpoints;

namespace PlaNet.Runs.Messages;

/// <summary>The learner has loaded the newest checkpoint, or initialised the model: the run continues from there.</summary>
/// <param name="State">What the checkpoint holds.</param>
/// <param name="Checkpoint">Its folder; null at the start.</param>
/// <param name="Warnings">Checkpoints that could not be used.</param>
public sealed record LearnerReady(RunState State, string? Checkpoint, IReadOnlyList<string> Warnings);

/// <summary>Has the learner do one update.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Index">Number of the update, from 0.</param>
/// <param name="Batch">What it learns from; the learner only reads it.</param>
/// <param name="Seconds">Seconds that drawing the batch took.</param>
/// <param name="Beside">Roles of this process that act in environments meanwhile.</param>
public sealed record UpdateModel(long Order, int Index, ChunkBatch Batch, double Seconds, int Beside);

/// <summary>An update was done.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Metrics">What it reports.</param>
/// <param name="Seconds">Seconds it took, drawing the batch included.</param>
public sealed record ModelUpdated(long Order, UpdateMetrics Metrics, double Seconds);

/// <summary>An update met a loss or gradient that is not finite.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Cause">What it met.</param>
/// <param name="Batch">Where the batch was saved.</param>
public sealed record UpdateRefused(long Order, NonFiniteLossException Cause, string Batch);

/// <summary>Asks the learner for its weights as they are now.</summary>
/// <param name="Order">Number of the order they are for.</param>
public sealed record PublishWeights(long Order);

/// <summary>The model's weights after a number of updates, in the form of a safetensors file.</summary>
/// <param name="Version">The updates.</param>
/// <param name="Content">The file's content.</param>
public sealed record Weights(long Version, ReadOnlyMemory<byte> Content);

/// <summary>The learner's weights.</summary>
/// <param name="Order">Number of the order they are for.</param>
/// <param name="Weights">The weights.</param>
public sealed record WeightsPublished(long Order, Weights Weights);

/// <summary>Asks the learner for the objective on held-out episodes.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Index">Number of the evaluation, from 0.</param>
/// <param name="Batch">The held-out chunks.</param>
public sealed record TestModel(long Order, int Index, ChunkBatch Batch);

/// <summary>The objective on held-out episodes.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Metrics">What it came to.</param>
public sealed record ModelTested(long Order, UpdateMetrics Metrics);

/// <summary>Has the learner save a checkpoint.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="State">What goes into it besides tensors.</param>
public sealed record SaveCheckpoint(long Order, RunState State);

/// <summary>A checkpoint was saved.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="State">What it holds besides tensors.</param>
/// <param name="Folder">Where it is.</param>
/// <param name="Seconds">Seconds it took.</param>
public sealed record CheckpointDone(long Order, RunState State, string Folder, double Seconds);

/// <summary>Has the learner drop its model and reload the newest checkpoint.</summary>
public sealed record ReloadModel;
