using PlaNet.Common;
using PlaNet.Replay;
using PlaNet.Tensors;

namespace PlaNet.Runs.Results;

/// <summary>Saves the batch of an update whose loss or gradient was not finite, for inspection.</summary>
public static class RefusedBatch
{
    /// <summary>
    /// Saves a batch as <c>refused-update-N.safetensors</c> in the run directory: <c>image [batch, time, height, width, channels]</c>,
    /// <c>action [batch, time, action]</c>, <c>reward [batch, time]</c>, for agents that observe state vectors
    /// <c>state [batch, time, S]</c>, and for tasks that can terminate <c>terminated [batch, time]</c>. The metadata contains the episode
    /// and first row of each chunk.
    /// </summary>
    /// <param name="folder">The run directory.</param>
    /// <param name="update">Number of the update, from 0; the N of the file name.</param>
    /// <param name="batch">The batch to save.</param>
    /// <returns>Path of the file.</returns>
    public static string Save(RunFolder folder, int update, ChunkBatch batch)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(batch);
        var path = Path.Combine(folder.Path, $"refused-update-{update}.safetensors");
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["action"] = tensor(batch.Actions, [batch.BatchSize, batch.ChunkLength, batch.ActionSize]),
            ["reward"] = tensor(batch.Rewards, [batch.BatchSize, batch.ChunkLength]),
        };
        if (batch.ImageShape is { Bytes: > 0 } shape)
        {
            tensors["image"] = tensor(batch.Images, [batch.BatchSize, batch.ChunkLength, shape.Height, shape.Width, shape.Channels]);
        }

        if (batch.States is { } states)
        {
            tensors["state"] = tensor(states, [batch.BatchSize, batch.ChunkLength, -1]);
        }

        if (batch.Terminated is { } terminated)
        {
            tensors["terminated"] = tensor(terminated, [batch.BatchSize, batch.ChunkLength]).to(ScalarType.Byte);
        }

        var origins = batch.Origins.Index().ToDictionary(
            origin => $"chunk {origin.Index}", origin => $"{origin.Item.Episode} from row {origin.Item.Start}", StringComparer.Ordinal);
        AtomicFile.Write(path, stream => Safetensors.Write(stream, tensors, origins));
        return path;
    }
}
