using PlaNet.Runs.Messages;
using PlaNet.Training;
using PlaNet.Training.FaultInjection;

namespace PlaNet.Runs.Actors;

/// <summary>Stores the run's episodes and draws batches from them, on a thread of its own.</summary>
public static class ReplayBuffer
{
    private const string Thread = "replay";

    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    public static Behavior Create(RunParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return Behavior.Of<ReplayMemory?>(
            _ => Next.With<ReplayMemory?>(null, new Run(Thread, _ => new ReplayMemory(parts.Experiment, parts.Seed, parts.Folder, parts.Faults))),
            (memory, message, context) => message switch
            {
                ReplayMemory opened => Next.With<ReplayMemory?>(opened, new Tell(context.Parent, new ReplayReady(opened.Warnings))),

                // Orders that a predecessor did not come to: they are given anew.
                TakeUpEpisodes or FindEpisodes or StoreEpisodes or SampleBatch or SampleTest when memory is null => Next.With<ReplayMemory?>(null),
                TakeUpEpisodes order => Next.With<ReplayMemory?>(memory, Do(context, _ =>
                {
                    memory.TakeUp(order.State);
                    return new EpisodesTakenUp(order.Order);
                })),
                FindEpisodes order => Next.With<ReplayMemory?>(
                    memory, Do(context, _ => new EpisodesFound(order.Order, memory.Missing(order.Step, order.Seeds)))),
                StoreEpisodes order => Next.With<ReplayMemory?>(
                    memory,
                    Do(context, life => new EpisodesStored(order.Order, memory.Store(order.Step, order.Seeds, order.Episodes, order.Updates, life)))),
                SampleBatch order => Next.With<ReplayMemory?>(memory, Do(context, life =>
                {
                    parts.Faults.Reach(FaultPoint.ReplaySample, life);
                    var start = parts.Time.GetTimestamp();
                    var batch = memory.Sample(order.Index);
                    return new BatchSampled(order.Order, batch, parts.Time.GetElapsedTime(start).TotalSeconds);
                })),
                SampleTest order => Next.With<ReplayMemory?>(memory, Do(context, _ => new TestSampled(order.Order, memory.SampleTest(order.Index)))),
                _ => Next.With<ReplayMemory?>(memory),
            });
    }

    private static Run Do(RoleContext context, Func<CancellationToken, object> work) => new(Thread, work) { To = context.Parent };
}
