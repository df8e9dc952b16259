using System.Text.Json;
using System.Text.Json.Nodes;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Telemetry.Comparisons;

namespace PlaNet.Telemetry.Dashboard;

/// <summary>
/// What a page shows of a folder of runs. It works only when it is asked: <see cref="Refresh"/> reads what was appended since, for a
/// limited time, so that a page of many long runs fills up while it is already shown.
/// </summary>
/// <remarks>Safe for use by several threads. Nothing in the folder can make it fail: what cannot be read is noted.</remarks>
public sealed class DashboardData
{
    // A chart is about a thousand pixels wide.
    private const int MostPoints = 2_000;
    private const int MostRuns = 2_000;
    private const int MostFolders = 20_000;
    private const int LogBytes = 1 << 16;
    private const int Replicates = 1_000;

    private static readonly TimeSpan s_budget = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_search = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly string _root;
    private readonly Func<Experiment, long?> _steps;
    private readonly TimeProvider _time;
    private readonly SortedDictionary<string, DashboardRun> _runs = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private readonly Dictionary<CurveBand, (string Key, IReadOnlyList<GroupCurve> Curves)> _curves = [];
    private long _revision;
    private long? _searched;
    private long? _read;
    private int _next;

    /// <summary>Creates the data; nothing is read yet.</summary>
    /// <param name="root">Folder with runs at any depth, or a run directory. It need not exist yet.</param>
    /// <param name="steps">Steps of the schedule of an experiment, for the progress; null if unknown.</param>
    /// <param name="time">Clock of the pauses.</param>
    public DashboardData(string root, Func<Experiment, long?> steps, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(time);
        (_root, _steps, _time) = (Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)), steps, time);
    }

    /// <summary>Reads what was written since the last call, unless that was all and a moment ago.</summary>
    public RunsSnapshot Refresh()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            if (_read is not { } read || _runs.Values.Any(run => run.IsBehind) || _time.GetElapsedTime(read, now) >= s_pause)
            {
                var search = _searched is not { } searched || _time.GetElapsedTime(searched, now) >= s_search;
                if (search)
                {
                    Search();
                    _searched = now;
                }

                Poll(search, now);
                _read = _time.GetTimestamp();
            }

            return new RunsSnapshot(
                [.. _runs.Values.Select(run => (run.Summary, run.Revision))], [.. _notes], _runs.Values.Count(run => run.IsBehind));
        }
    }

    /// <summary>The tags of all runs, sorted.</summary>
    public IReadOnlyList<string> Tags()
    {
        lock (_gate)
        {
            return [.. _runs.Values.SelectMany(run => run.Series.Tags).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>A tag of some runs; runs without it are left out.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="ids">Ids of the runs; unknown ones are ignored.</param>
    /// <param name="points">Points of each run at most, and the last one; limited to 2 to 2,000.</param>
    public IReadOnlyList<SeriesData> Series(string tag, IReadOnlyCollection<string> ids, int points)
    {
        lock (_gate)
        {
            return
            [
                .. Chosen(ids).Select(run => (Run: run, Series: run.Series.Of(tag))).Where(each => each.Series is not null).Select(each =>
                {
                    var kept = each.Series!.Points(Math.Clamp(points, 2, MostPoints));
                    return new SeriesData(
                        each.Run.Id,
                        each.Run.Revision,
                        each.Series.Count,
                        [.. kept.Select(point => point.Step)],
                        [.. kept.Select(point => point.Value)]);
                }),
            ];
        }
    }

    /// <summary>The learning curves, grouped by experiment. Of two runs of one experiment and seed, the further one counts.</summary>
    /// <param name="band">How bands are computed.</param>
    /// <param name="ids">Ids of the runs; unknown ones are ignored.</param>
    public IReadOnlyList<GroupCurve> Curves(CurveBand band, IReadOnlyCollection<string> ids)
    {
        lock (_gate)
        {
            // Grouping hashes every experiment, and the bootstrap draws; evaluations are rare.
            DashboardRun[] runs = [.. Chosen(ids)];
            var key = string.Join(' ', runs.Select(run => $"{run.Id}:{run.Record.Evaluations.Count}:{run.Replacements}"));
            if (!_curves.TryGetValue(band, out var known) || known.Key != key)
            {
                known = _curves[band] = (key, Group(runs, band));
            }

            return known.Curves;
        }
    }

    /// <summary>The times that a run has logged, summed by tag.</summary>
    public IReadOnlyList<TimeData> Times(string id)
    {
        lock (_gate)
        {
            return Find(id)?.Series is not { } series ? [] :
            [
                .. series.Tags.Where(tag => tag.StartsWith(RunSeries.SecondsPrefix, StringComparison.Ordinal))
                    .Select(tag => (Tag: tag, Series: series.Of(tag)!))
                    .Select(each => new TimeData(each.Tag, each.Series.Count, each.Series.Sum)),
            ];
        }
    }

    /// <summary>The newest <c>live.json</c> of a run; null for none.</summary>
    public LiveSnapshot? Live(string id)
    {
        lock (_gate)
        {
            return Find(id)?.Live;
        }
    }

    /// <summary>The videos and pictures of a run, newest first.</summary>
    public IReadOnlyList<RunFile> Files(string id) => FolderOf(id) is { } folder ? RunFile.Find(folder) : [];

    /// <summary>The path of a video or picture; null if the run has none of that name.</summary>
    /// <param name="id">Id of the run.</param>
    /// <param name="name">Name of the file, from <see cref="Files"/>.</param>
    public string? FilePath(string id, string name)
    {
        // The name is compared with those that exist, and never becomes a path otherwise.
        return FolderOf(id) is { } folder && RunFile.Find(folder).Any(file => string.Equals(file.Name, name, StringComparison.Ordinal))
            ? ContainedFile.Find(folder, "videos", name)
            : null;
    }

    /// <summary>The last lines of a run's log; null if it has none.</summary>
    public IReadOnlyList<string>? Log(string id) =>
        FolderOf(id) is { } folder && ContainedFile.Find(folder, "run.log") is { } path ? ContainedFile.LastLines(path, LogBytes) : null;

    /// <summary>The record of a run; null if there is no such run.</summary>
    public RecordData? Record(string id)
    {
        Experiment experiment;
        string folder;
        lock (_gate)
        {
            if (Find(id) is not { } run)
            {
                return null;
            }

            (experiment, folder) = (run.Record.Experiment, run.Record.Folder);
        }

        return new RecordData(
            id,
            experiment.Description,
            [
                .. ExperimentOptions.All.Select(option => new OptionData(
                    option.Path, ExperimentOption.Format(option.Get(experiment)), ExperimentOption.Format(option.Default))),
            ],
            StartedWith(folder));
    }

    /// <summary>The options in which two runs differ; null if one of them does not exist.</summary>
    /// <param name="before">Id of a run.</param>
    /// <param name="after">Id of another run.</param>
    public IReadOnlyList<OptionDifference>? Difference(string before, string after)
    {
        lock (_gate)
        {
            return Find(before) is { } first && Find(after) is { } second
                ? ExperimentDiff.Between(first.Record.Experiment, second.Record.Experiment)
                : null;
        }
    }

    private static Dictionary<string, string> StartedWith(string folder)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            if (ContainedFile.Find(folder, RunReader.ExperimentFile) is { } path
                && JsonNode.Parse(File.ReadAllText(path)) is JsonObject json
                && json["started_with"] is JsonObject started)
            {
                foreach (var (name, value) in started)
                {
                    facts[name] = value?.ToString() ?? "";
                }
            }
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The facts are not known.
        }

        return facts;
    }

    private IEnumerable<DashboardRun> Chosen(IReadOnlyCollection<string> ids) => _runs.Values.Where(run => ids.Contains(run.Id));

    private DashboardRun? Find(string id) => _runs.Values.FirstOrDefault(run => string.Equals(run.Id, id, StringComparison.Ordinal));

    private string? FolderOf(string id)
    {
        lock (_gate)
        {
            return Find(id)?.Record.Folder;
        }
    }

    private static List<GroupCurve> Group(DashboardRun[] runs, CurveBand band)
    {
        var byFolder = runs.ToDictionary(run => run.Record.Folder, run => run, StringComparer.Ordinal);
        var options = new ComparisonOptions { Replicates = Replicates };
        return
        [
            .. RunGrouping.Of([.. runs.Select(run => run.Record)], options, []).Select(group => new GroupCurve(
                $"{group.Experiment.Name} {group.Hash}",
                group.Experiment.Name,
                group.Task,
                group.Hash,
                [.. group.Runs.Select(run => CurveOf(byFolder[run.Folder]))],
                [.. group.Curve().Select(point => PointOf(group, point, band, options))])),
        ];
    }

    private static RunCurve CurveOf(DashboardRun run) => new(
        run.Id,
        [
            .. run.Series.Evaluations
                .Select(line => (Line: line, Read: EvaluationReader.Read([line], run.Record.Experiment)))
                .Where(each => each.Read.Count > 0)
                .Select(each => new EvaluationPoint(
                    each.Read[0].Position,
                    each.Line.Step,
                    each.Line.Values[MetricTags.EvaluationReturn],
                    Logged(each.Line, MetricTags.EvaluationLow),
                    Logged(each.Line, MetricTags.EvaluationHigh))),
        ]);

    private static double? Logged(MetricsLine line, string tag) => line.Values.TryGetValue(tag, out var value) ? value : null;

    private static GroupPoint PointOf(RunGroup group, CurvePoint point, CurveBand band, ComparisonOptions options)
    {
        if (band is CurveBand.Percentiles)
        {
            return new GroupPoint(point.Position, point.Updates, point.Seeds, point.Mean, point.Low, point.High);
        }

        var score = GroupScore.At(group.Runs, point.Position, options)!;
        return new GroupPoint(
            point.Position, point.Updates, point.Seeds, score.InterquartileMean, score.Interval?.Low, score.Interval?.High);
    }

    // Every run is polled, but those that are behind take turns, so that none of them waits for all others.
    private void Poll(bool readState, long start)
    {
        var runs = _runs.Values.ToArray();
        var (first, skipped) = (_next, false);
        for (var i = 0; i < runs.Length; i++)
        {
            var index = (first + i) % runs.Length;
            var run = runs[index];
            if (run.IsBehind && _time.GetElapsedTime(start) >= s_budget)
            {
                _next = skipped ? _next : index;
                skipped = true;
                continue;
            }

            try
            {
                run.Poll(readState, () => _time.GetElapsedTime(start) < s_budget, () => ++_revision);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                Note($"{run.Name}: {OneLine.Of(failure.Message)}");
            }
        }
    }

    private void Search()
    {
        _notes.Clear();
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (!Directory.Exists(_root))
        {
            Note($"there is no folder {_root} yet");
        }
        else
        {
            var folders = new Stack<string>([_root]);
            for (var visited = 0; folders.TryPop(out var folder) && found.Count < MostRuns && visited < MostFolders; visited++)
            {
                Visit(folder, folders, found);
            }

            if (folders.Count > 0)
            {
                Note($"only the first {found.Count} runs of {_root} are shown: start the page with a folder below it");
            }
        }

        foreach (var gone in _runs.Keys.Where(folder => !found.Contains(folder)).ToArray())
        {
            _runs.Remove(gone);
        }
    }

    private void Visit(string folder, Stack<string> folders, HashSet<string> found)
    {
        try
        {
            if (!RunReader.IsRun(folder))
            {
                foreach (var child in new DirectoryInfo(folder).EnumerateDirectories().Where(child => !child.Name.StartsWith('.')))
                {
                    if (child.LinkTarget is null)
                    {
                        folders.Push(child.FullName);
                    }
                    else
                    {
                        Note($"{Relative(child.FullName)}: a link, which is not followed");
                    }
                }

                return;
            }

            var written = File.GetLastWriteTimeUtc(Path.Combine(folder, RunReader.ExperimentFile));
            if (!_runs.TryGetValue(folder, out var known) || known.Written != written)
            {
                _runs[folder] = DashboardRun.Open(_root, folder, _steps, ++_revision);
            }

            found.Add(folder);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Note($"{Relative(folder)}: skipped: {OneLine.Of(failure.Message, 300)}");

            // A record that is being replaced is read at the next search.
            if (_runs.ContainsKey(folder))
            {
                found.Add(folder);
            }
        }
    }

    private string Relative(string folder) => Path.GetRelativePath(_root, folder);

    private void Note(string note)
    {
        if (!_notes.Contains(note, StringComparer.Ordinal))
        {
            _notes.Add(note);
        }
    }
}
