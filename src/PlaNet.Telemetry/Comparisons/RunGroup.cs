using PlaNet.Experiments;
using PlaNet.Telemetry.Statistics;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>The runs of one experiment, that is of one name and one hash; one run per seed.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Hash">The recorded hash, or RECORDED/CURRENT if the recorded experiment has another hash now.</param>
/// <param name="Runs">The recorded runs, by ascending seed, each seed once.</param>
/// <param name="Missing">Expected seeds without a run, ascending.</param>
public sealed record RunGroup(Experiment Experiment, string Hash, IReadOnlyList<RecordedRun> Runs, IReadOnlyList<ulong> Missing)
{
    /// <summary>The task.</summary>
    public string Task => Experiment.Task.Name;

    /// <summary>The experiment's name without its task, such as <c>cpu_stochastic</c>.</summary>
    public string Variant =>
        Experiment.Name.EndsWith("_" + Task, StringComparison.Ordinal) ? Experiment.Name[..^(Task.Length + 1)] : Experiment.Name;

    /// <summary>Runs without an evaluation, and so without a score.</summary>
    public IEnumerable<RecordedRun> Unscored => Runs.Where(run => run.Evaluations.Count == 0);

    /// <summary>The largest position at which every evaluated run has an evaluation; null if there is none.</summary>
    public int? CommonPosition
    {
        get
        {
            var sets = Runs.Where(run => run.Evaluations.Count > 0)
                .Select(run => run.Evaluations.Select(evaluation => evaluation.Position))
                .ToArray();
            return sets.Length == 0 ? null : sets.Aggregate((all, each) => all.Intersect(each)).Select(position => (int?)position).Max();
        }
    }

    /// <summary>The largest position at which any run has an evaluation; null if there is none.</summary>
    public int? FurthestPosition => Runs.Max(run => run.LastPosition);

    /// <summary>Whether some seeds were evaluated later than others.</summary>
    public bool IsUneven => FurthestPosition != CommonPosition;

    /// <summary>Number of runs with a status.</summary>
    public int Count(RunStatus status) => Runs.Count(run => run.Status == status);

    /// <summary>The learning curve, by ascending position; each point covers the seeds evaluated there.</summary>
    public IReadOnlyList<CurvePoint> Curve()
    {
        return
        [
            .. Runs.SelectMany(run => run.Evaluations).Select(evaluation => evaluation.Position).Distinct().Order().Select(position =>
            {
                var evaluations = Runs.Select(run => run.At(position)).OfType<RecordedEvaluation>().ToArray();
                double[] returns = [.. evaluations.SelectMany(evaluation => evaluation.Returns)];
                return new CurvePoint(
                    position,
                    evaluations.Max(evaluation => evaluation.Episodes),
                    evaluations.Max(evaluation => evaluation.Updates),
                    evaluations.Length,
                    returns.Length,
                    Descriptive.Mean(returns),
                    Descriptive.Median(returns),
                    Descriptive.Percentile(returns, 5),
                    Descriptive.Percentile(returns, 95));
            }),
        ];
    }
}
