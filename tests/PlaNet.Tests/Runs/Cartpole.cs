using PlaNet.Experiments;
using PlaNet.Common;
using PlaNet.Replay;
using PlaNet.Runs.Playing;

namespace PlaNet.Tests.Runs;

/// <summary>Real frames and rewards: episodes of cartpole with random actions.</summary>
internal static class Cartpole
{
    public static Episode Play(TaskOptions task, ulong seed)
    {
        using var environment = Tasks.Create(task);
        using var policy = new RandomPolicy(environment.Spec.Action, RandomStream.Fork(seed, "actions"));
        return EpisodePlayer.Record([environment], [seed], policy, TimeProvider.System, null, CancellationToken.None)[0];
    }

    /// <summary>Chunks of an episode, one after the other from its first frame.</summary>
    public static ChunkBatch Batch(Episode episode, int chunks, int length)
    {
        var rows = chunks * length;
        return new ChunkBatch(
            chunks,
            length,
            episode.ImageShape,
            episode.ActionSize,
            episode.Image[..(rows * episode.ImageShape.Bytes)],
            episode.Action[..(rows * episode.ActionSize)],
            episode.Reward[..rows],
            []);
    }
}
