using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using PlaNet.Common;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Telemetry.Reports;

/// <summary>A named value of a report, such as the state or an option of the run.</summary>
/// <param name="Name">Name shown beside the value.</param>
/// <param name="Value">The value as text.</param>
public sealed record ReportFact(string Name, string Value);

/// <summary>A video or picture of a report.</summary>
/// <param name="Name">File name.</param>
/// <param name="Source">A data URI, or a path relative to the report.</param>
public sealed record ReportVideo(string Name, string Source);

/// <summary>A self-contained page about one run: facts, curves and the newest videos.</summary>
/// <param name="Title">Name of the run.</param>
/// <param name="Highlights">The facts at the top of the page.</param>
/// <param name="Charts">The curves.</param>
/// <param name="Videos">The newest video of each kind.</param>
/// <param name="Settings">Every option of the experiment.</param>
public sealed record RunReport(
    string Title,
    IReadOnlyList<ReportFact> Highlights,
    IReadOnlyList<LineChart> Charts,
    IReadOnlyList<ReportVideo> Videos,
    IReadOnlyList<ReportFact> Settings)
{
    /// <summary>Largest video embedded in the page, in bytes; larger ones are linked. 8 MiB.</summary>
    public const long EmbedLimit = 8 << 20;

    private static readonly char[] Digits = [.. "0123456789"];

    internal const string PageStyle = """
        :root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--text:#1d2530;--soft:#66717f;--edge:#e2e6eb}
        @media (prefers-color-scheme:dark){:root{--page:#14181d;--card:#1c2229;--text:#e6eaf0;--soft:#95a1af;--edge:#2c343e}}
        *{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,sans-serif}
        main{max-width:1200px;margin:0 auto;padding:28px 20px}h1{font-size:22px;margin:0 0 16px;overflow-wrap:anywhere}
        .facts{display:flex;flex-wrap:wrap;gap:12px;margin-bottom:16px}
        .fact{background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:10px 16px}
        .fact b{display:block;font-size:20px;font-variant-numeric:tabular-nums}.fact span,figcaption{color:var(--soft);font-size:13px}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:16px}
        .card,details{background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:14px;margin:0}
        .card svg{width:100%;height:auto}
        .card img,.card video{display:block;margin:auto;max-width:100%;min-width:min(100%,256px);
        image-rendering:pixelated;border-radius:6px}
        details{margin-top:16px}summary{cursor:pointer;font-weight:600}table{border-collapse:collapse;margin-top:10px;font-size:13px}
        td{padding:3px 18px 3px 0;border-bottom:1px solid var(--edge);overflow-wrap:anywhere}td+td{font-variant-numeric:tabular-nums}
        """;

    /// <summary>
    /// The report of a run directory, from its experiment.json, metrics.jsonl, state and newest videos; missing files are skipped.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static RunReport FromFolder(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var full = Path.GetFullPath(folder);
        if (!Directory.Exists(full))
        {
            throw new DirectoryNotFoundException($"There is no run directory {full}: give the folder that holds metrics.jsonl.");
        }

        var lines = MetricsLog.Read(Path.Combine(full, "metrics.jsonl")).ToArray();
        var settings = SettingsOf(Path.Combine(full, "experiment.json"));
        var parent = Path.GetFileName(Path.GetDirectoryName(full));
        return new RunReport(
            $"{parent}/{Path.GetFileName(full)}",
            [.. FactsOf(lines, Path.Combine(full, "state")), .. EpisodesOf(settings)],
            ChartsOf(lines),
            NewestVideos(Path.Combine(full, "videos")),
            settings);
    }

    /// <summary>Writes <c>report/index.html</c> of a run directory atomically.</summary>
    /// <returns>Path of the page.</returns>
    /// <exception cref="IOException">The page cannot be written.</exception>
    public static string WriteTo(string folder)
    {
        var page = FromFolder(folder).ToHtml();
        var target = Path.Combine(folder, "report");
        Directory.CreateDirectory(target);
        var path = Path.Combine(target, "index.html");
        AtomicFile.WriteText(path, page);
        return path;
    }

    /// <summary>The curves of a metrics log: returns over training episodes, and losses, gradient norm and speed over updates.</summary>
    /// <param name="lines">Lines of the log, in order.</param>
    public static IReadOnlyList<LineChart> ChartsOf(IReadOnlyList<MetricsLine> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var charts = new List<LineChart> { Returns("Return", lines, MetricTags.CollectionReturn, MetricTags.EvaluationReturn) };
        charts.AddRange(MetricTags.TasksOf(MetricTags.EvaluationReturn, lines).Select(task => Returns(
            $"Return, {task}",
            lines,
            MetricTags.OfTask(MetricTags.CollectionReturn, task),
            MetricTags.OfTask(MetricTags.EvaluationReturn, task))));
        foreach (var (title, tag) in new[]
        {
            ("Image loss", MetricTags.ImageLoss), ("Reward loss", MetricTags.RewardLoss), ("Divergence", MetricTags.Divergence),
            ("Latent overshooting", MetricTags.Overshooting), ("Gradient norm", MetricTags.GradientNorm),
            ("Updates per second", MetricTags.UpdatesPerSecond),
        })
        {
            var points = lines
                .Where(line => line.Values.ContainsKey(tag))
                .Select(line => new ChartPoint(line.Step, line.Values[tag]))
                .ToArray();
            if (points.Any(point => point.Y != 0))
            {
                charts.Add(new LineChart(title, "updates", [new ChartSeries(tag, points)]));
            }
        }

        return charts;
    }

    /// <summary>Renders the page.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder();
        html.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.Append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        html.Append(CultureInfo.InvariantCulture, $"<title>{Text(Title)}</title><style>{PageStyle}{LineChart.Style}</style></head>");
        html.Append(CultureInfo.InvariantCulture, $"<body><main><h1>{Text(Title)}</h1><div class=\"facts\">");
        foreach (var fact in Highlights)
        {
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"fact\"><b>{Text(fact.Value)}</b><span>{Text(fact.Name)}</span></div>");
        }

        html.Append("</div><div class=\"cards\">");
        foreach (var chart in Charts)
        {
            html.Append("<div class=\"card\">").Append(chart.ToSvg()).Append("</div>");
        }

        foreach (var video in Videos)
        {
            var tag = video.Name.EndsWith(".mp4", StringComparison.OrdinalIgnoreCase)
                ? $"<video src=\"{Text(video.Source)}\" controls loop muted autoplay playsinline></video>"
                : $"<img src=\"{Text(video.Source)}\" alt=\"{Text(video.Name)}\">";
            html.Append(CultureInfo.InvariantCulture, $"<figure class=\"card\">{tag}<figcaption>{Text(video.Name)}</figcaption></figure>");
        }

        html.Append("</div>");
        if (Settings.Count > 0)
        {
            html.Append("<details><summary>Experiment</summary><table>");
            foreach (var fact in Settings)
            {
                html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(fact.Name)}</td><td>{Text(fact.Value)}</td></tr>");
            }

            html.Append("</table></details>");
        }

        return html.Append("</main></body></html>\n").ToString();
    }

    private static LineChart Returns(string title, IReadOnlyList<MetricsLine> lines, string collected, string evaluation)
    {
        return new LineChart(title, "training episodes",
        [
            new ChartSeries("collected (with exploration noise)", OverEpisodes(lines, collected)),
            new ChartSeries("evaluation (mean, least to best)", OverEpisodes(lines, evaluation), Dots: true),
        ]);
    }

    private static ChartPoint[] OverEpisodes(IReadOnlyList<MetricsLine> lines, string tag)
    {
        var points = new List<ChartPoint>();
        double episodes = 0;
        foreach (var line in lines)
        {
            episodes = line.Values.GetValueOrDefault(MetricTags.Episodes, episodes);
            if (line.Values.TryGetValue(tag, out var value))
            {
                var each = EpisodesOf(line, tag).ToArray();
                points.Add(each.Length > 1 ? new ChartPoint(episodes, value, each.Min(), each.Max()) : new ChartPoint(episodes, value));
            }
        }

        return [.. points];
    }

    // The mean of several episodes is logged as TAG, each episode as TAG/0, TAG/1, ...
    private static IEnumerable<double> EpisodesOf(MetricsLine line, string tag)
    {
        for (var index = 0; line.Values.TryGetValue($"{tag}/{index}", out var value); index++)
        {
            yield return value;
        }
    }

    // Recorded episodes of others, if the run has learnt from such.
    private static IEnumerable<ReportFact> EpisodesOf(IReadOnlyList<ReportFact> settings) =>
        settings.Where(fact => fact.Name == "started_with.episodes").Select(fact => new ReportFact("learnt from", fact.Value));

    private static List<ReportFact> FactsOf(MetricsLine[] lines, string statePath)
    {
        var facts = new List<ReportFact>();
        if (File.Exists(statePath))
        {
            facts.Add(new("state", File.ReadAllText(statePath).Trim()));
        }

        if (lines.Length > 0)
        {
            facts.Add(new("updates", lines[^1].Step.ToString(CultureInfo.InvariantCulture)));
        }

        (string Name, string Tag, string Format)[] latest =
        [
            ("training episodes", MetricTags.Episodes, "0"), ("last collected return", MetricTags.CollectionReturn, "0.0"),
            ("last evaluation", MetricTags.EvaluationReturn, "0.0"), ("median of the last evaluation", MetricTags.EvaluationMedian, "0.0"),
            ("percentile 5 of the last evaluation", MetricTags.EvaluationLow, "0.0"),
            ("percentile 95 of the last evaluation", MetricTags.EvaluationHigh, "0.0"),
            .. MetricTags.TasksOf(MetricTags.EvaluationReturn, lines)
                .Select(task => ($"last evaluation, {task}", MetricTags.OfTask(MetricTags.EvaluationReturn, task), "0.0")),
        ];
        foreach (var (name, tag, format) in latest)
        {
            if (Array.FindLast(lines, line => line.Values.ContainsKey(tag)) is { } line)
            {
                facts.Add(new(name, line.Values[tag].ToString(format, CultureInfo.InvariantCulture)));
            }
        }

        var evaluations = lines
            .Where(line => line.Values.ContainsKey(MetricTags.EvaluationReturn))
            .Select(line => line.Values[MetricTags.EvaluationReturn])
            .ToArray();
        if (evaluations.Length > 1)
        {
            facts.Add(new("best evaluation", evaluations.Max().ToString("0.0", CultureInfo.InvariantCulture)));
        }

        return facts;
    }

    // Videos are named KIND-NUMBER.EXTENSION; the newest of each kind and extension is shown.
    private static ReportVideo[] NewestVideos(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        // File times may be equal. Names contain the step, so the longer or later name is then the newer file.
        return
        [
            .. Directory.GetFiles(folder)
                .Where(file => Path.GetExtension(file).ToLowerInvariant() is ".gif" or ".mp4" or ".png"
                    && !Path.GetFileName(file).StartsWith('.')
                    && !VideoWriter.IsCopy(file))
                .OrderBy(File.GetLastWriteTimeUtc).ThenBy(file => file.Length).ThenBy(file => file, StringComparer.Ordinal)
                .GroupBy(file => Path.GetFileNameWithoutExtension(file).TrimEnd(Digits) + Path.GetExtension(file), StringComparer.Ordinal)
                .OrderBy(kind => kind.Key, StringComparer.Ordinal)
                .Select(kind => Show(kind.Last())),
        ];
    }

    private static ReportVideo Show(string path)
    {
        var name = Path.GetFileName(path);
        var type = Path.GetExtension(path).ToLowerInvariant() switch { ".mp4" => "video/mp4", ".gif" => "image/gif", _ => "image/png" };
        return new FileInfo(path).Length <= EmbedLimit
            ? new ReportVideo(name, $"data:{type};base64,{Convert.ToBase64String(File.ReadAllBytes(path))}")
            : new ReportVideo(name, $"../videos/{Uri.EscapeDataString(name)}");
    }

    private static List<ReportFact> SettingsOf(string path)
    {
        var facts = new List<ReportFact>();
        if (File.Exists(path))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            Flatten("", document.RootElement, facts);
        }

        return facts;
    }

    private static void Flatten(string prefix, JsonElement element, List<ReportFact> facts)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            facts.Add(new(prefix, element.ToString()));
            return;
        }

        foreach (var property in element.EnumerateObject())
        {
            Flatten(prefix.Length == 0 ? property.Name : $"{prefix}.{property.Name}", property.Value, facts);
        }
    }

    private static string Text(string text)
    {
        return WebUtility.HtmlEncode(text);
    }
}
