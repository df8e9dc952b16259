using PlaNet.Experiments;
using PlaNet.Telemetry;

namespace PlaNet.Tests.Telemetry.Dashboard;

/// <summary>Writes run directories with the metrics of updates by hand.</summary>
internal static class LoggedRun
{
    /// <summary>Writes the record, a state and metrics: updates with a loss, and an evaluation at every 100th.</summary>
    public static void Write(string folder, Experiment experiment, ulong seed, int updates, string state = "DONE")
    {
        WrittenRun.WriteRecord(folder, experiment, seed, state);
        Directory.CreateDirectory(Path.Combine(folder, "videos"));
        using var log = new MetricsLog(Path.Combine(folder, "metrics.jsonl"));
        Append(log, 0, updates, seed);
    }

    /// <summary>Appends the lines of updates.</summary>
    public static void Append(MetricsLog log, int from, int to, ulong seed = 0)
    {
        for (var update = from + 1; update <= to; update++)
        {
            double episodes = 5 + (update / 100);
            log.Append(update, Pairs(
                ("schedule_step", update + 10), ("dataset/episodes", episodes), ("objectives/total", LossOf(update, seed)),
                ("seconds/update", 0.01 + (update * 1e-6))));
            if (update % 100 == 0)
            {
                var score = ScoreOf(update, seed);
                log.Append(update, Pairs(
                    ("schedule_step", update + 10), ("dataset/episodes", episodes), ("trainer/test/score", score),
                    ("trainer/test/median", score), ("trainer/test/percentile_5", score - 20), ("trainer/test/percentile_95", score + 20),
                    ("trainer/test/score/0", score - 20), ("trainer/test/score/1", score + 20),
                    ("seconds/evaluation", 1 + (update * 1e-6))));
            }
        }
    }

    public static double LossOf(int update, ulong seed) => 1000.0 / (update + 10) + (seed * 0.125);

    public static double ScoreOf(int update, ulong seed) => (10 * seed) + Math.Sqrt(update);

    private static KeyValuePair<string, double>[] Pairs(params (string Tag, double Value)[] values) =>
        [.. values.Select(value => KeyValuePair.Create(value.Tag, value.Value))];
}
