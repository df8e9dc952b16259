using PlaNet.Experiments;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>Groups runs by experiment. Runs of different experiments are never mixed.</summary>
public static class RunGrouping
{
    /// <summary>The groups, ordered by task, name and hash. The runs of a group share name, recorded hash and current hash.</summary>
    /// <param name="runs">The recorded runs.</param>
    /// <param name="options">Expected seeds and planned runs.</param>
    /// <param name="notes">Receives one line for every changed experiment and every duplicate run.</param>
    public static IReadOnlyList<RunGroup> Of(IReadOnlyList<RecordedRun> runs, ComparisonOptions options, ICollection<string> notes)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(notes);
        var found = runs
            .Select(run => (Key: new Key(run.Experiment.Name, run.Hash, ExperimentHash.Of(run.Experiment)), Run: run))
            .ToArray();
        var planned = options.Planned
            .Select(plan => (Key: KeyOf(plan.Experiment), Plan: plan))
            .ToLookup(each => each.Key, each => each.Plan);
        var recorded = found.ToLookup(each => each.Key, each => each.Run);
        return
        [
            .. found.Select(each => each.Key).Concat(planned.Select(each => each.Key)).Distinct()
                .Select(key => Group(key, [.. recorded[key]], [.. planned[key]], options, notes))
                .OrderBy(group => group.Task, StringComparer.Ordinal)
                .ThenBy(group => group.Experiment.Name, StringComparer.Ordinal)
                .ThenBy(group => group.Hash, StringComparer.Ordinal),
        ];
    }

    private static Key KeyOf(Experiment experiment)
    {
        var hash = ExperimentHash.Of(experiment);
        return new Key(experiment.Name, hash, hash);
    }

    private static RunGroup Group(Key key, RecordedRun[] runs, PlannedRun[] planned, ComparisonOptions options, ICollection<string> notes)
    {
        if (!string.Equals(key.Recorded, key.Current, StringComparison.Ordinal))
        {
            notes.Add(
                $"{runs[0].Folder}: its experiment was recorded with the hash {key.Recorded}, but has the hash {key.Current} now: "
                + "another version of the program wrote it, or it was edited; its runs are kept apart");
        }

        var seeds = new SortedDictionary<ulong, RecordedRun>();
        foreach (var same in runs.GroupBy(run => run.Seed))
        {
            var byProgress = same.OrderByDescending(run => run.LastPosition ?? -1).ThenByDescending(run => run.Episodes).ToArray();
            seeds[same.Key] = byProgress[0];
            foreach (var other in byProgress.Skip(1))
            {
                notes.Add(
                    $"{other.Folder}: the same experiment and seed as {byProgress[0].Folder}, "
                    + "which has progressed at least as far and is counted instead");
            }
        }

        return new RunGroup(
            runs.Length > 0 ? runs[0].Experiment : planned[0].Experiment,
            key.Label,
            [.. seeds.Values],
            [.. Expected([.. seeds.Keys], planned, options).Except(seeds.Keys).Order()]);
    }

    // If no seeds are specified, every gap between recorded seeds is a missing run. If most would be missing, the seeds were chosen freely.
    private static IEnumerable<ulong> Expected(ulong[] present, PlannedRun[] planned, ComparisonOptions options)
    {
        var specified = planned.Select(plan => plan.Seed).Concat(Enumerable.Range(0, options.Seeds ?? 0).Select(seed => (ulong)seed));
        if (present.Length == 0
            || options.Seeds is not null
            || planned.Length > 0
            || present[^1] - present[0] >= 2 * (ulong)present.Length)
        {
            return specified;
        }

        return Enumerable.Range(0, (int)(present[^1] - present[0]) + 1).Select(offset => present[0] + (ulong)offset);
    }

    private sealed record Key(string Name, string Recorded, string Current)
    {
        public string Label => string.Equals(Recorded, Current, StringComparison.Ordinal) ? Recorded : $"{Recorded}/{Current}";
    }
}
