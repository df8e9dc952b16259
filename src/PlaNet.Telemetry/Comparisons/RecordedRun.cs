using PlaNet.Experiments;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>What a run directory says about its run.</summary>
/// <param name="Folder">The run directory.</param>
/// <param name="Experiment">The experiment.</param>
/// <param name="Hash">Hash of the experiment as it was recorded when the run was started.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Status">How the run stands.</param>
/// <param name="Reason">Why it failed, or what its state says where that is unknown; otherwise empty. One line.</param>
/// <param name="Episodes">Training episodes collected so far.</param>
/// <param name="Evaluations">Its evaluations, in order.</param>
/// <param name="UnusableEvaluations">Evaluations that are left out because a return is not finite.</param>
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

    /// <summary>The evaluation at a position; the last one where there are several. Null where there is none.</summary>
    /// <param name="position">See <see cref="RecordedEvaluation.Position"/>.</param>
    public RecordedEvaluation? At(int position) => Evaluations.LastOrDefault(evaluation => evaluation.Position == position);
}
