using System.Xml.Linq;
using PlaNet.Telemetry;
using PlaNet.Telemetry.Pictures;
using PlaNet.Telemetry.Reports;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry.Reports;

public sealed class ReportTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Theory]
    [InlineData(0, 1000, 5, "0,200,400,600,800,1000")]
    [InlineData(3.1, 9.7, 4, "2,4,6,8,10")]
    [InlineData(-0.5, 0.5, 2, "-0.5,0,0.5")]
    [InlineData(7, 7, 5, "2,4,6,8,10,12")]
    public void Axes_cover_the_values_and_end_at_round_numbers(double low, double high, int marks, string expected)
    {
        var scale = ChartScale.Covering([low, double.NaN, high, double.PositiveInfinity], marks);
        Assert.Equal(expected, string.Join(',', scale.Marks.Select(ChartScale.Label)));
        Assert.InRange(scale.Position(low), 0, 1);
        Assert.InRange(scale.Position(high), 0, 1);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1500, "1500")]
    [InlineData(15000, "15k")]
    [InlineData(2.5e6, "2.5M")]
    [InlineData(-0.25, "-0.25")]
    [InlineData(0.00002, "2e-5")]
    public void Marks_are_short(double value, string expected)
    {
        Assert.Equal(expected, ChartScale.Label(value));
    }

    [Fact]
    public void A_chart_is_well_formed_and_draws_its_points_where_they_belong()
    {
        var chart = new LineChart("a < b", "updates", [new ChartSeries("x & y", [new(0, 0), new(5, 10), new(10, 5)], Dots: true)]);
        var svg = XElement.Parse(chart.ToSvg(width: 266, height: 188, standalone: true));
        Assert.Equal("M52 148L152 48L252 98", svg.Elements(Svg + "path").Single().Attribute("d")!.Value);
        Assert.Equal(3, svg.Elements(Svg + "circle").Count());
        Assert.Contains(svg.Elements(Svg + "text"), text => text.Value == "x & y");
        Assert.Contains("prefers-color-scheme:dark", svg.Element(Svg + "style")!.Value);
    }

    [Fact]
    public void A_line_breaks_where_its_value_is_not_finite_and_a_band_surrounds_it()
    {
        var points = new ChartPoint[]
        {
            new(0, 1, 0, 2), new(1, 1, 0, 2), new(2, double.NaN), new(3, 1), new(4, double.PositiveInfinity), new(5, 1)
        };
        var svg = XElement.Parse(new LineChart("t", "x", [new ChartSeries("s", points)]).ToSvg());
        Assert.Equal(3, svg.Elements(Svg + "path").Count(path => path.Attribute("class")?.Value == "line"));
        Assert.Single(svg.Elements(Svg + "path"), path => path.Attribute("opacity") is not null);
        Assert.DoesNotContain("NaN", svg.ToString());
    }

    [Fact]
    public void A_long_line_is_averaged_and_keeps_its_ends_and_its_mean()
    {
        var points = Enumerable.Range(0, 12_345).Select(i => new ChartPoint(i, i % 7)).ToArray();
        var thin = LineChart.Thin(points);
        Assert.Equal(LineChart.MaxPoints, thin.Count);
        Assert.InRange(thin[0].X, 0, 25);
        Assert.InRange(thin[^1].X, 12_320, 12_344);
        Assert.Equal(3, thin.Average(point => point.Y), 1);
        Assert.Same(thin, LineChart.Thin(thin));
    }

    [Fact]
    public void A_chart_without_data_says_so_and_one_with_too_many_lines_is_refused()
    {
        Assert.Contains("no data yet", new LineChart("t", "x", [new ChartSeries("s", [])]).ToSvg());
        var many = Enumerable.Range(0, 7).Select(i => new ChartSeries($"s{i}", [])).ToArray();
        Assert.Contains("two charts", Assert.Throws<InvalidOperationException>(() => new LineChart("t", "x", many).ToSvg()).Message);
    }

    [Fact]
    public void The_report_of_a_run_is_one_page_with_its_facts_curves_settings_and_last_video()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["experiment.json"], """{"name":"<cartpole>","schedule":{"episodes":10,"noise":0.3}}""");
        File.WriteAllText(folder["state"], "DONE\n");
        Directory.CreateDirectory(folder["videos"]);
        new VideoWriter().Write(Path.Combine(folder["videos"], "100.gif"), new Clip(2, 2, 2, new byte[24]));
        using (var log = new MetricsLog(folder["metrics.jsonl"]))
        {
            for (var update = 1; update <= 20; update++)
            {
                log.Append(update * 10, [new(MetricTags.ImageLoss, 11300 + update), new(MetricTags.Overshooting, 0)]);
                log.Append(update * 10, [new(MetricTags.Episodes, update), new(MetricTags.CollectionReturn, 10.0 * update)]);
            }

            log.Append(200, [new(MetricTags.EvaluationReturn, 150.3)]);
            log.Append(210, [new(MetricTags.EvaluationReturn, 120)]);
        }

        var path = RunReport.WriteTo(folder.Path);
        Assert.Equal(Path.Combine(folder.Path, "report", "index.html"), path);
        var page = File.ReadAllText(path);
        Assert.Contains("data:image/gif;base64,R0lGODlh", page);
        Assert.Contains("<b>DONE</b>", page);
        Assert.Contains("<b>120.0</b><span>last evaluation</span>", page);
        Assert.Contains("<b>150.3</b><span>best evaluation</span>", page);
        Assert.Contains("<td>schedule.noise</td><td>0.3</td>", page);
        Assert.Contains("&lt;cartpole&gt;", page);
        Assert.DoesNotContain("<cartpole>", page);
        Assert.Contains(">Image loss</text>", page);
        Assert.DoesNotContain("Latent overshooting", page);
        Assert.DoesNotContain("http://", page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal));
        Assert.DoesNotContain("https://", page);
    }

    [Fact]
    public void Returns_are_drawn_over_the_episodes_known_when_they_were_logged()
    {
        MetricsLine[] lines =
        [
            new(0, new Dictionary<string, double> { [MetricTags.Episodes] = 5, [MetricTags.CollectionReturn] = 1 }),
            new(100, new Dictionary<string, double> { [MetricTags.EvaluationReturn] = 2 }),
            new(100, new Dictionary<string, double> { [MetricTags.Episodes] = 6, [MetricTags.CollectionReturn] = 3 }),
        ];
        var chart = RunReport.ChartsOf(lines)[0];
        Assert.Equal([new ChartPoint(5, 1), new ChartPoint(6, 3)], chart.Series[0].Points);
        Assert.Equal([new ChartPoint(5, 2)], chart.Series[1].Points);
    }

    [Fact]
    public void An_empty_run_has_a_report_and_a_missing_one_is_an_error()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no data yet", RunReport.FromFolder(folder.Path).ToHtml());
        Assert.Contains("metrics.jsonl", Assert.Throws<DirectoryNotFoundException>(() => RunReport.FromFolder(folder["missing"])).Message);
    }
}
