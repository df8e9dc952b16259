using System.Text;
using PlaNet.Telemetry;
using PlaNet.Telemetry.Dashboard;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry.Dashboard;

/// <summary>The page reads the same numbers from a log as everybody else.</summary>
public sealed class RunSeriesTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"step":1.5,"a":1}""")]
    [InlineData("""{"step":"1","a":1}""")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"step":1,"a":1""")]
    [InlineData("""{"step":1,"a":1}{""")]
    [InlineData("""{"step":1,"a":1} trailing""")]
    [InlineData("""{"step":1,"a":tru""")]
    [InlineData("\0\0\0")]
    public void Torn_and_foreign_lines_are_skipped(string line)
    {
        var series = new RunSeries();
        series.Add(Encoding.UTF8.GetBytes(line));
        Assert.Equal(0, series.Lines);
        Assert.All(series.Tags, tag => Assert.Equal(0, series.Of(tag)!.Count));
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_skipped()
    {
        var series = new RunSeries();
        series.Add([.. "{\"step\":1,\""u8, 0xff, 0xfe, .. "\":1}"u8]);
        Assert.Equal(0, series.Lines);
    }

    [Fact]
    public void Every_value_is_that_of_the_log()
    {
        using var folder = new TemporaryFolder();
        using (var log = new MetricsLog(folder["metrics.jsonl"]))
        {
            for (var step = 0; step < 500; step++)
            {
                log.Append(step, Pairs(("dataset/episodes", step / 10), ("objectives/total", 1.0 / (step + 1)), ("seconds/update", 0.25)));
                if (step % 50 == 0)
                {
                    log.Append(
                        step, Pairs(("dataset/episodes", step / 10), (MetricTags.EvaluationReturn, step), ("a \"b\" ü", double.NaN)));
                }
            }
        }

        var series = new RunSeries();
        var tail = new LineTail(folder["metrics.jsonl"]);
        Assert.Equal(TailResult.AtEnd, tail.Read(series.Add));
        MetricsLine[] lines = [.. MetricsLog.Read(folder["metrics.jsonl"])];
        Assert.Equal(lines.Length, series.Lines);
        Assert.Equal(499, series.Step);
        Assert.Equal(125, series.Seconds);
        foreach (var tag in lines.SelectMany(line => line.Values.Keys).Distinct(StringComparer.Ordinal))
        {
            Assert.Equal(
                lines.Where(line => line.Values.ContainsKey(tag)).Select(line => new SeriesPoint(line.Step, line.Values[tag])),
                series.Of(tag)!.Points(2_000));
        }

        Assert.Equal(10, series.Evaluations.Count);
        Assert.Null(series.Of("unknown"));
        Assert.Equal(1.0 / 500, series.LastOf("objectives/total"));
    }

    [Fact]
    public void A_foreign_file_with_a_name_per_line_needs_bounded_memory()
    {
        var series = new RunSeries();
        for (var i = 0; i < 5_000; i++)
        {
            series.Add(Encoding.UTF8.GetBytes($$"""{"step":{{i}},"name {{i}}":1,"text":"t","list":[1,{"a":2}]}"""));
        }

        Assert.Equal(5_000, series.Lines);
        Assert.InRange(series.Tags.Count, 1, 1_000);
    }

    private static KeyValuePair<string, double>[] Pairs(params (string Tag, double Value)[] values) =>
        [.. values.Select(value => KeyValuePair.Create(value.Tag, value.Value))];
}
