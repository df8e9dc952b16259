using System.Security.Cryptography;
using System.Text;
using PlaNet.Experiments;
using PlaNet.Telemetry.Comparisons;

namespace PlaNet.Telemetry.Dashboard;

/// <summary>A run directory that is followed while it grows. It is only read, and never locked.</summary>
public sealed class DashboardRun
{
    private const string MetricsFile = "metrics.jsonl";

    // The tags of PlaNet.Runs that the list of runs shows.
    private const string ScheduleStep = "schedule_step";
    private const string Restarts = "incidents/restarts";
    private const string DeadLetters = "incidents/dead_letters";

    private readonly LineTail _tail;
    private readonly long? _steps;
    private RunSeries _filling = new();
    private DateTime _liveWritten;

    private DashboardRun(string name, RecordedRun record, DateTime written, long? steps, long revision)
    {
        (Name, Record, Written, _steps, Revision) = (name, record, written, steps, revision);
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..12];
        _tail = new LineTail(Path.Combine(record.Folder, MetricsFile));
        Series = _filling;
        Summary = Summarize(changed: null);
    }

    /// <summary>Its name in addresses: letters and digits, from the name.</summary>
    public string Id { get; }

    /// <summary>Path of the run directory below the folder of runs.</summary>
    public string Name { get; }

    /// <summary>Experiment, seed, status and evaluations.</summary>
    public RecordedRun Record { get; private set; }

    /// <summary>The metrics so far. While a replaced file is read, those before it.</summary>
    public RunSeries Series { get; private set; }

    /// <summary>The newest <c>live.json</c>; null for none.</summary>
    public LiveSnapshot? Live { get; private set; }

    /// <summary>The run's line in the list.</summary>
    public RunSummary Summary { get; private set; }

    /// <summary>Increases with every change of anything of the run.</summary>
    public long Revision { get; private set; }

    /// <summary>How often <see cref="Series"/> was replaced as a whole.</summary>
    public int Replacements { get; private set; }

    /// <summary>Whether lines of the metrics wait to be read.</summary>
    public bool IsBehind { get; private set; } = true;

    /// <summary>When the experiment was written that this object has read.</summary>
    internal DateTime Written { get; }

    /// <summary>Begins to follow a run directory.</summary>
    /// <param name="root">The folder of runs.</param>
    /// <param name="folder">The run directory, in the root or the root itself.</param>
    /// <param name="steps">Steps of the schedule of an experiment; null if unknown.</param>
    /// <param name="revision">The first <see cref="Revision"/>.</param>
    /// <exception cref="InvalidDataException">The experiment cannot be read, or a file of the run is a link.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static DashboardRun Open(string root, string folder, Func<Experiment, long?> steps, long revision)
    {
        ArgumentNullException.ThrowIfNull(steps);
        foreach (var file in new[] { RunReader.ExperimentFile, "state", "lock", MetricsFile })
        {
            if (new FileInfo(Path.Combine(folder, file)).LinkTarget is not null)
            {
                throw new InvalidDataException($"{Path.Combine(folder, file)} is a link, which is not followed");
            }
        }

        var name = Path.GetRelativePath(root, folder).Replace('\\', '/');
        var written = File.GetLastWriteTimeUtc(Path.Combine(folder, RunReader.ExperimentFile));
        var record = RunReader.ReadRecord(folder);
        return new DashboardRun(
            name == "." ? Path.GetFileName(folder) : name, record, written, steps(record.Experiment), revision);
    }

    /// <summary>Reads what was written since the last call.</summary>
    /// <param name="readState">Whether the state is read again.</param>
    /// <param name="hasTime">Whether there is time to read on; at least a part is read in any case.</param>
    /// <param name="nextRevision">Returns the revision for a change.</param>
    /// <exception cref="IOException">A file cannot be read; the next call tries again.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    internal void Poll(bool readState, Func<bool> hasTime, Func<long> nextRevision)
    {
        var before = (Series, Series.Lines, Summary);
        if (readState)
        {
            var (status, reason) = RunReader.ReadState(Record.Folder);
            Record = Record with { Status = status, Reason = reason };
        }

        DateTimeOffset? changed = null;
        if (ContainedFile.Find(Record.Folder, MetricsFile) is { } metrics)
        {
            changed = new DateTimeOffset(File.GetLastWriteTimeUtc(metrics));
            ReadMetrics(hasTime);
        }
        else
        {
            IsBehind = false;
        }

        ReadLive();
        Summary = Summarize(changed);
        if (before != (Series, Series.Lines, Summary))
        {
            Revision = nextRevision();
        }
    }

    private void ReadMetrics(Func<bool> hasTime)
    {
        TailResult result;
        do
        {
            result = _tail.Read(_filling.Add);
            if (result is TailResult.Replaced)
            {
                // The page keeps the lines of the old file until the new one is read, so that a curve does not vanish for a moment.
                _filling = new RunSeries();
            }
        }
        while (result is not TailResult.AtEnd && hasTime());

        IsBehind = result is not TailResult.AtEnd;
        var isReplaced = !IsBehind && !ReferenceEquals(Series, _filling);
        if (isReplaced)
        {
            (Series, Replacements) = (_filling, Replacements + 1);
        }

        if (isReplaced || Series.Evaluations.Count != Record.Evaluations.Count + Record.UnusableEvaluations)
        {
            var evaluations = EvaluationReader.Read(Series.Evaluations, Record.Experiment);
            Record = Record with { Evaluations = evaluations, UnusableEvaluations = Series.Evaluations.Count - evaluations.Count };
        }

        Record = Record with { Episodes = EpisodesOf(Series) };
    }

    private void ReadLive()
    {
        var path = ContainedFile.Find(Record.Folder, LiveSnapshot.FileName);
        var written = path is null ? default : File.GetLastWriteTimeUtc(path);
        if (written != _liveWritten)
        {
            // A half-written file is read again when it is complete.
            (Live, _liveWritten) = (LiveSnapshot.Read(Record.Folder), written);
        }
    }

    private static int EpisodesOf(RunSeries series) =>
        series.LastOf(MetricTags.Episodes) is { } episodes && double.IsFinite(episodes) ? (int)episodes : 0;

    private RunSummary Summarize(DateTimeOffset? changed)
    {
        var (experiment, schedule) = (Record.Experiment, Record.Experiment.Schedule);
        double? fraction = Record.Status == RunStatus.Done ? 1
            : _steps is > 0 && Series.LastOf(ScheduleStep) is { } done ? Math.Clamp(done / _steps.Value, 0, 1)
            : null;
        double? left = Record.Status != RunStatus.Running ? null
            : Live?.SecondsLeft ?? (fraction > 0 && Series.Seconds > 0 ? Series.Seconds * (1 - fraction) / fraction : null);
        var (score, collected) = (Series.Of(MetricTags.EvaluationReturn)?.Last, Series.Of(MetricTags.CollectionReturn)?.Last);
        return new RunSummary(
            Id,
            Name,
            experiment.Name,
            experiment.Task.Name,
            Record.Hash,
            Record.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Record.Status,
            Record.Reason,
            Series.Step,
            Record.Episodes,
            schedule.Episodes * experiment.Task.Count,
            fraction,
            left,
            score?.Value,
            score?.Step,
            collected?.Value,
            collected?.Step,
            Series.LastOf(Restarts),
            Series.LastOf(DeadLetters),
            Series.Lines,
            _tail.Length > 0 && IsBehind ? 1 - ((double)_tail.Position / _tail.Length) : 0,
            changed,
            Live is null ? null : new DateTimeOffset(_liveWritten));
    }
}
