using PlaNet.Experiments;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>A run, as recorded in its run directory.</summary>
/// <param name="Folder">The run directory.</param>
/// <param name="Experiment">The experiment.</param>
/// <param name="Hash">Hash of the experiment, recorded when the run started.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Status">Status of the run.</param>
/// <param name="Reason">Why the run failed, or its recorded state if that is unknown; otherwise empty. One line.</param>
/// <param name="Episodes">Training episodes collected so far.</param>
/// <param name="Evaluations">The evaluations, in chronological order.</param>
/// <param name="UnusableEvaluations">Number of evaluations left out because a return is not finite.</param>
public sealed record RecordedRun(
    string Folder,
    Experiment Experiment,
    string Hash,
    ulong Seed,
    RunStatus Status,
    string Reason,
    int Episodes,
    IReadOnlyList<RecordedEvaluation> Evaluations,
    int UnusableEvaluations = 0)
{
    /// <summary>Position of the last evaluation; null before the first.</summary>
    public int? LastPosition => Evaluations.Count > 0 ? Evaluations[^1].Position : null;

    /// <summary>The last evaluation at a position; null if there is none.</summary>
    /// <param name="position">See <see cref="RecordedEvaluation.Position"/>.</param>
    public RecordedEvaluation? At(int position) => Evaluations.LastOrDefault(evaluation => evaluation.Position == position);
}
