using PlaNet.Experiments;
using PlaNet.Common;
using PlaNet.Replay;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Actors;

/// <summary>Stores the run's episodes and samples batches from them, on a dedicated thread.</summary>
public static class ReplayBufferActor
{
    private const string Thread = "replay";
    private const string AllowChanges = " With --allow-changes, this run continues with the new value.";

    /// <summary>Creates the behaviour.</summary>
    /// <param name="parts">Dependencies of the role.</param>
    public static Behavior Create(RunParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return Behavior.Of<ReplayBuffer?>(
            _ => Next.With<ReplayBuffer?>(null, new Run(Thread, _ => new ReplayBuffer(OptionsOf(parts)))),
            (buffer, message, context) => message switch
            {
                ReplayBuffer opened => Next.With<ReplayBuffer?>(opened, new Tell(context.Parent, new ReplayReady(opened.TakeWarnings()))),

                // Orders to an earlier incarnation. The run supervisor repeats them when this one is ready.
                RestoreEpisodes or FindEpisodes or StoreEpisodes or SampleBatch or SampleTest when buffer is null =>
                    Next.With<ReplayBuffer?>(null),
                RestoreEpisodes order => Next.With<ReplayBuffer?>(buffer, Do(context, _ => Restore(parts, buffer, order))),
                FindEpisodes order => Next.With<ReplayBuffer?>(buffer, Do(context, _ => Find(buffer, order))),
                StoreEpisodes order => Next.With<ReplayBuffer?>(
                    buffer, Do(context, lifetime => Store(parts, buffer, order, lifetime))),
                SampleBatch order => Next.With<ReplayBuffer?>(
                    buffer, Do(context, lifetime => Sample(parts, buffer, order, lifetime)), Prepare(buffer, order.Index + 1)),
                SampleTest order => Next.With<ReplayBuffer?>(
                    buffer, Do(context, _ => new TestSampled(order.Order, buffer.SampleTest(order.Index)))),
                _ => Next.With<ReplayBuffer?>(buffer),
            });
    }

    private static EpisodesRestored Restore(RunParts parts, ReplayBuffer buffer, RestoreEpisodes order)
    {
        var schedule = new RunSchedule(parts.Experiment);
        return Usable(() =>
        {
            var state = order.State;
            buffer.Restore(
                state.TrainEpisodes, state.TestEpisodes, schedule.UpdatesBefore, schedule.SeedsAfter(parts.Seed, state.Progress));
            return new EpisodesRestored(order.Order) { Warnings = buffer.TakeWarnings(), TooShort = buffer.TooShort };
        });
    }

    private static EpisodesFound Find(ReplayBuffer buffer, FindEpisodes order)
    {
        var missing = buffer.Missing(IsHeldOut(order.Step), order.Seeds);
        return new EpisodesFound(order.Order, missing) { Warnings = buffer.TakeWarnings() };
    }

    // The user must restore a file or change an option. A RunException is not retried.
    private static T Usable<T>(Func<T> work, string remedy = "")
    {
        try
        {
            return work();
        }
        catch (InvalidDataException unusable)
        {
            throw new RunException(unusable.Message + remedy);
        }
    }

    private static EpisodesStored Store(RunParts parts, ReplayBuffer buffer, StoreEpisodes order, CancellationToken lifetime)
    {
        Fault? torn = null;
        return new EpisodesStored(order.Order, Usable(() => buffer.Store(
            IsHeldOut(order.Step),
            order.Seeds,
            order.Episodes,
            order.Updates,
            writing: () => torn = parts.Faults.Reach(FaultPoint.ReplayAppend, lifetime),
            written: file =>
            {
                if (torn is not null)
                {
                    FaultInjector.Tear(file, torn);
                }
            })));
    }

    private static BatchSampled Sample(RunParts parts, ReplayBuffer buffer, SampleBatch order, CancellationToken lifetime)
    {
        parts.Faults.Reach(FaultPoint.ReplaySample, lifetime);
        var start = parts.Time.GetTimestamp();
        var batch = Usable(() => buffer.Sample(order.Index), AllowChanges);
        return new BatchSampled(order.Order, batch, parts.Time.GetElapsedTime(start).TotalSeconds);
    }

    // The next batch is sampled while the learner processes the current one.
    private static Run Prepare(ReplayBuffer buffer, int update) => new(Thread, _ => Usable<object?>(() =>
    {
        buffer.Prepare(update);
        return null;
    }, AllowChanges));

    private static bool IsHeldOut(RunStep step) => step == RunStep.CollectTestEpisode;

    private static Run Do(RoleContext context, Func<CancellationToken, object> work) => new(Thread, work) { To = context.Parent };

    private static ReplayBufferOptions OptionsOf(RunParts parts)
    {
        var replay = parts.Experiment.Replay;
        var selection = replay.Sampling switch
        {
            ReplaySampling.Reference => ChunkSelection.Periods(RandomStream.Derive(parts.Seed, "replay order")),
            ReplaySampling.Flat => ChunkSelection.Flat,
            _ => ChunkSelection.Uniform,
        };
        return new ReplayBufferOptions(
            parts.Folder.TrainEpisodes,
            parts.Folder.TestEpisodes,
            replay.MemoryMebibytes * 1024L * 1024L,
            replay.BatchSize,
            replay.ChunkLength,
            parts.Seed,
            selection)
        {
            Rule = parts.EpisodeRule,
            EarlyEnds = parts.Terminates || parts.Experiment.Model.HasContinuation(parts.Terminates),
            UnusedFile = parts.Folder.UnusedFile,
        };
    }
}
