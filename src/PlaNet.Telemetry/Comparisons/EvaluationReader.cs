using PlaNet.Experiments;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>Reads the evaluations of a metrics log. Only this class knows the tags of scores.</summary>
public static class EvaluationReader
{
    private const string CollectionTags = "collection/";

    /// <summary>Whether a raw line of a log may hold progress or a score. Nearly all lines hold neither and need not be parsed.</summary>
    public static bool MayHoldEvaluation(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Contains(MetricTags.EvaluationReturn, StringComparison.Ordinal)
            || line.Contains(CollectionTags, StringComparison.Ordinal);
    }

    /// <summary>The evaluations in chronological order. Evaluations with a return that is not finite are left out.</summary>
    /// <param name="lines">Lines of the log, in order.</param>
    /// <param name="experiment">The run's experiment; its schedule determines the positions.</param>
    /// <param name="tag">
    /// Tag of the mean return. Each episode's return is logged as TAG/0, TAG/1 and so on; without these the mean counts as one episode.
    /// </param>
    public static IReadOnlyList<RecordedEvaluation> Read(
        IEnumerable<MetricsLine> lines, Experiment experiment, string tag = MetricTags.EvaluationReturn)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(experiment);
        var evaluations = new List<RecordedEvaluation>();
        double episodes = 0;
        foreach (var line in lines)
        {
            episodes = line.Values.GetValueOrDefault(MetricTags.Episodes, episodes);
            if (line.Values.TryGetValue(tag, out var mean))
            {
                var returns = Returns(line, tag).DefaultIfEmpty(mean).ToArray();
                if (Array.TrueForAll(returns, double.IsFinite))
                {
                    var position = Position((int)episodes, line.Step, experiment);
                    evaluations.Add(new RecordedEvaluation((int)episodes, line.Step, position, returns));
                }
            }
        }

        return evaluations;
    }

    private static IEnumerable<double> Returns(MetricsLine line, string tag)
    {
        for (var index = 0; line.Values.TryGetValue($"{tag}/{index}", out var value); index++)
        {
            yield return value;
        }
    }

    // While episodes are collected, their number is the position. After the last one, every collect interval of updates counts as one
    // more episode of each task.
    private static int Position(int episodes, long updates, Experiment experiment)
    {
        var (schedule, tasks) = (experiment.Schedule, experiment.Task.Count);
        if (schedule.UpdatesAfterCollection == 0 || episodes < schedule.Episodes * tasks)
        {
            return episodes;
        }

        var interval = (long)schedule.CollectInterval * (schedule.MultiCollect == MultiCollect.Dense ? 1 : tasks);
        var collected = schedule.Episodes - schedule.SeedEpisodes;
        var whileCollecting = collected <= 0 ? 0 : (collected * interval) + 1;
        return episodes + (tasks * (int)((updates - whileCollecting) / interval));
    }
}
