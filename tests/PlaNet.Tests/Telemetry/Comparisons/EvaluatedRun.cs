using PlaNet.Experiments;
using PlaNet.Telemetry;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry.Comparisons;

/// <summary>Writes run directories with evaluations by hand.</summary>
internal static class EvaluatedRun
{
    /// <summary>
    /// Writes a run and returns its directory. Each of <paramref name="scores"/> is one evaluation: the number of episodes before it, and
    /// the mean return of its two episodes, which lie a tenth below and above the mean.
    /// </summary>
    public static string Write(
        TemporaryFolder folder, Experiment experiment, ulong seed, string state, params (int Episodes, double Score)[] scores)
    {
        var path = folder[Path.Combine("runs", experiment.Name, $"{seed}-{ExperimentHash.Of(experiment)}")];
        WrittenRun.WriteRecord(path, experiment, seed, state);
        using var log = new MetricsLog(Path.Combine(path, "metrics.jsonl"));
        foreach (var (episodes, score) in scores)
        {
            log.Append(episodes * 100, [new(MetricTags.Episodes, episodes), new(MetricTags.ImageLoss, 11300)]);
            log.Append(episodes * 100, [new(MetricTags.Episodes, episodes), new(MetricTags.CollectionReturn, score / 2)]);
            log.Append(
                episodes * 100,
                [
                    new(MetricTags.Episodes, episodes), new(MetricTags.EvaluationReturn, score),
                    new($"{MetricTags.EvaluationReturn}/0", 0.9 * score), new($"{MetricTags.EvaluationReturn}/1", 1.1 * score),
                ]);
        }

        return path;
    }
}
