using System.Globalization;
using System.Text.Json.Nodes;
using PlaNet.Experiments;
using PlaNet.Telemetry;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry.Comparisons;

/// <summary>Writes run directories by hand, as a run leaves them.</summary>
internal static class WrittenRun
{
    /// <summary>
    /// Writes a run and returns its directory. Each of <paramref name="scores"/> is one evaluation: the number of episodes before it, and
    /// the mean return of its two episodes, which lie a tenth below and above the mean.
    /// </summary>
    public static string Write(
        TemporaryFolder folder, Experiment experiment, ulong seed, string state, params (int Episodes, double Score)[] scores)
    {
        var path = folder[Path.Combine("runs", experiment.Name, $"{seed}-{ExperimentHash.Of(experiment)}")];
        Directory.CreateDirectory(path);
        var record = new JsonObject
        {
            ["experiment"] = JsonNode.Parse(ExperimentJson.Write(experiment)),
            ["seed"] = seed,
            ["hash"] = ExperimentHash.Of(experiment),
        };
        File.WriteAllText(Path.Combine(path, "experiment.json"), record.ToJsonString());
        File.WriteAllText(Path.Combine(path, "state"), state + "\n");
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

    /// <summary>Reads CSV with quotes: a list of fields for each line.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> ReadCsv(string text)
    {
        var rows = new List<IReadOnlyList<string>>();
        var row = new List<string>();
        var field = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"' when quoted && i + 1 < text.Length && text[i + 1] == '"':
                    field.Append(text[++i]);
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' or '\r' when !quoted:
                    row.Add(field.ToString());
                    field.Clear();
                    break;
                case '\n' when !quoted:
                    rows.Add(row);
                    row = [];
                    break;
                default:
                    field.Append(text[i]);
                    break;
            }
        }

        Assert.False(quoted);
        Assert.Empty(row);
        return rows;
    }

    /// <summary>A field of a table, by the name of its column. Row 0 is the first below the header.</summary>
    public static string Field(IReadOnlyList<IReadOnlyList<string>> table, int row, string column) =>
        table[row + 1][table[0].ToList().IndexOf(column)];

    /// <summary>A number of a table, by the name of its column. Row 0 is the first below the header.</summary>
    public static double Number(IReadOnlyList<IReadOnlyList<string>> table, int row, string column) =>
        double.Parse(Field(table, row, column), CultureInfo.InvariantCulture);
}
