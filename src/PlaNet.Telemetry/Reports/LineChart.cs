using System.Globalization;
using System.Net;
using System.Text;

namespace PlaNet.Telemetry.Reports;

/// <summary>A point of a chart, with an optional band around it.</summary>
/// <param name="X">Position on the horizontal axis.</param>
/// <param name="Y">Value; a value that is not finite interrupts the line.</param>
/// <param name="Low">Lower edge of the band; null for none.</param>
/// <param name="High">Upper edge of the band; null for none.</param>
public sealed record ChartPoint(double X, double Y, double? Low = null, double? High = null);

/// <summary>One line of a chart.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points, ascending in X.</param>
/// <param name="Dots">True to mark every point, for series of few points such as evaluations. Default false.</param>
/// <param name="Dashed">True for a dashed line, for incomplete data. Default false.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points, bool Dots = false, bool Dashed = false);

/// <summary>A line chart as SVG, for light and dark pages.</summary>
/// <param name="Title">Title above the chart.</param>
/// <param name="XLabel">Name of the horizontal axis.</param>
/// <param name="Series">The lines; at most 6, the number of colours.</param>
/// <param name="Covered">Additional values that the vertical axis covers, so that charts share a scale; null for none.</param>
public sealed record LineChart(string Title, string XLabel, IReadOnlyList<ChartSeries> Series, IReadOnlyList<double>? Covered = null)
{
    /// <summary>Largest number of points drawn per line; longer lines are averaged over equal stretches.</summary>
    public const int MaxPoints = 500;

    /// <summary>CSS of charts inside a page. A standalone chart contains it.</summary>
    public const string Style = """
        .chart{--grid:#d9dee5;--ink:#3a4350;--c0:#2563eb;--c1:#d9480f;--c2:#2b8a3e;--c3:#9c36b5;--c4:#0b7285;--c5:#a8730a;
        font:12px system-ui,sans-serif}
        @media (prefers-color-scheme:dark){
        .chart{--grid:#343c47;--ink:#b9c2cd;--c0:#74a7ff;--c1:#ff9a62;--c2:#69db7c;--c3:#da8ff0;--c4:#4fd1e0;--c5:#f2c14e}}
        .chart text{fill:var(--ink)}.chart .title{font-weight:600;font-size:14px}.chart .grid{stroke:var(--grid)}
        .chart .line{fill:none;stroke-width:1.8;stroke-linejoin:round}
        """;

    private const int Colours = 6;
    private const int Left = 52;
    private const int Right = 14;
    private const int Top = 48;
    private const int Bottom = 40;

    /// <summary>The chart as one SVG element.</summary>
    /// <param name="width">Width in CSS pixels. At least 160. Default 560.</param>
    /// <param name="height">Height in CSS pixels. At least 140. Default 300.</param>
    /// <param name="standalone">True for a file of its own, false inside a page that contains <see cref="Style"/>. Default false.</param>
    public string ToSvg(int width = 560, int height = 300, bool standalone = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 160);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 140);
        if (Series.Count > Colours)
        {
            throw new InvalidOperationException(
                $"The chart '{Title}' has {Series.Count} lines, but at most {Colours} have different colours: make two charts.");
        }

        var lines = Series.Select(series => series with { Points = Thin(series.Points) }).ToArray();
        var points = lines.SelectMany(series => series.Points).ToArray();
        var x = ChartScale.Covering(points.Select(point => point.X), width / 90);
        var values = points.SelectMany(point => new[] { point.Y, point.Low ?? point.Y, point.High ?? point.Y }).Concat(Covered ?? []);
        var y = ChartScale.Covering(values, Math.Max(2, height / 60));
        var plot = new Plot(x, y, Left, Top, width - Left - Right, height - Top - Bottom);
        var svg = new StringBuilder();
        svg.Append("<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" ");
        svg.Append(CultureInfo.InvariantCulture, $"viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" ");
        svg.Append(CultureInfo.InvariantCulture, $"role=\"img\" aria-label=\"{Text(Title)}\">");
        if (standalone)
        {
            svg.Append("<style>").Append(Style).Append("</style>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"title\" x=\"{Left}\" y=\"17\">{Text(Title)}</text>");
        DrawAxes(svg, plot, width, height);
        for (var i = 0; i < lines.Length; i++)
        {
            DrawSeries(svg, plot, lines[i], $"var(--c{i})");
        }

        DrawLegend(svg, width);
        if (points.Length == 0)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{width / 2}\" y=\"{height / 2}\" text-anchor=\"middle\">no data yet</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>Averages points, ascending in X, over equal stretches, so that at most <see cref="MaxPoints"/> are left.</summary>
    public static IReadOnlyList<ChartPoint> Thin(IReadOnlyList<ChartPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count <= MaxPoints)
        {
            return points;
        }

        return [.. Enumerable.Range(0, MaxPoints).Select(i =>
        {
            var from = (int)((long)i * points.Count / MaxPoints);
            var to = (int)((i + 1L) * points.Count / MaxPoints);
            var part = points.Skip(from).Take(to - from).ToArray();
            return new ChartPoint(
                part.Average(point => point.X),
                part.Average(point => point.Y),
                part.Average(point => point.Low),
                part.Average(point => point.High));
        })];
    }

    private void DrawAxes(StringBuilder svg, Plot plot, int width, int height)
    {
        foreach (var mark in plot.Y.Marks)
        {
            var at = Number(plot.Down(mark));
            svg.Append(
                CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{width - Right}\" y1=\"{at}\" y2=\"{at}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{at}\" dy=\"4\" text-anchor=\"end\">");
            svg.Append(ChartScale.Label(mark)).Append("</text>");
        }

        foreach (var mark in plot.X.Marks)
        {
            var at = Number(plot.Across(mark));
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{at}\" y=\"{height - Bottom + 16}\" text-anchor=\"middle\">");
            svg.Append(ChartScale.Label(mark)).Append("</text>");
        }

        svg.Append(
            CultureInfo.InvariantCulture, $"<text x=\"{width - Right}\" y=\"{height - 6}\" text-anchor=\"end\">{Text(XLabel)}</text>");
    }

    private static void DrawSeries(StringBuilder svg, Plot plot, ChartSeries series, string colour)
    {
        foreach (var run in Runs(series.Points))
        {
            var band = run
                .Where(point => point.Low is { } low && point.High is { } high && double.IsFinite(low) && double.IsFinite(high))
                .ToArray();
            if (band.Length > 1)
            {
                var outline = band.Select(point => plot.At(point.X, point.High!.Value))
                    .Concat(band.Reverse().Select(point => plot.At(point.X, point.Low!.Value)));
                svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{string.Join('L', outline)}Z\" fill=\"{colour}\" opacity=\"0.16\"/>");
            }

            var dashes = series.Dashed ? " stroke-dasharray=\"6 4\"" : "";
            var line = string.Join('L', run.Select(point => plot.At(point.X, point.Y)));
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"line\" stroke=\"{colour}\"{dashes} d=\"M{line}\"/>");
            foreach (var point in series.Dots || run.Count == 1 ? run : [])
            {
                var (x, y) = (Number(plot.Across(point.X)), Number(plot.Down(point.Y)));
                var label = $"{ChartScale.Label(point.X)}: {ChartScale.Label(point.Y)}";
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x}\" cy=\"{y}\" r=\"3\" fill=\"{colour}\">");
                svg.Append(CultureInfo.InvariantCulture, $"<title>{label}</title></circle>");
            }
        }
    }

    private void DrawLegend(StringBuilder svg, int width)
    {
        var left = Left;
        for (var i = 0; i < Series.Count && left < width - Right; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{left}\" y=\"29\" width=\"14\" height=\"3\" fill=\"var(--c{i})\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{left + 19}\" y=\"35\">{Text(Series[i].Name)}</text>");
            left += 33 + (7 * Series[i].Name.Length);
        }
    }

    private static IEnumerable<List<ChartPoint>> Runs(IReadOnlyList<ChartPoint> points)
    {
        var run = new List<ChartPoint>();
        foreach (var point in points)
        {
            if (double.IsFinite(point.X) && double.IsFinite(point.Y))
            {
                run.Add(point);
            }
            else if (run.Count > 0)
            {
                yield return run;
                run = [];
            }
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    private static string Number(double value)
    {
        return value.ToString("0.#", CultureInfo.InvariantCulture);
    }

    private static string Text(string text)
    {
        return WebUtility.HtmlEncode(text);
    }

    private sealed record Plot(ChartScale X, ChartScale Y, double Left, double Top, double Width, double Height)
    {
        public double Across(double value)
        {
            return Left + (Width * X.Position(value));
        }

        public double Down(double value)
        {
            return Top + (Height * (1 - Y.Position(value)));
        }

        public string At(double x, double y)
        {
            return $"{Number(Across(x))} {Number(Down(y))}";
        }
    }
}
