using PlaNet.Experiments;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>The evaluations that a metrics log holds: the one place that knows under which tags scores are logged.</summary>
public static class EvaluationReader
{
    private const string CollectionTags = "collection/";

    /// <summary>Whether a line of a log may say where a run stands or what it scored; the others, nearly all, need not be parsed.</summary>
    /// <param name="line">The line as it is in the file.</param>
    public static bool IsWanted(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Contains(MetricTags.EvaluationReturn, StringComparison.Ordinal) || line.Contains(CollectionTags, StringComparison.Ordinal);
    }

    /// <summary>The evaluations in the order in which they were made; those with a return that is not finite are left out.</summary>
    /// <param name="lines">Lines of the log, in order.</param>
    /// <param name="experiment">The run's experiment.</param>
    /// <param name="tag">Tag of the mean return; each episode's return is beside it as TAG/0, TAG/1 and so on. Without these the mean stands for one episode.</param>
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
                    evaluations.Add(new RecordedEvaluation((int)episodes, line.Step, Position((int)episodes, line.Step, experiment), returns));
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

    // While episodes are collected, their number says it all; updates after the last one count by the interval between two rounds, which are
    // an episode of each task.
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
