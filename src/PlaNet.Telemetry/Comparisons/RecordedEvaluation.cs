namespace PlaNet.Telemetry.Comparisons;

/// <summary>One evaluation of a recorded run.</summary>
/// <param name="Episodes">Training episodes collected so far, seed episodes included.</param>
/// <param name="Updates">Updates made so far.</param>
/// <param name="Position">
/// Position on the horizontal axis, in episodes: <paramref name="Episodes"/>, plus one per task for every collect interval of updates after
/// the last collected episode, as the schedule counts them.
/// </param>
/// <param name="Returns">Return of each noise-free episode; at least one, all finite.</param>
public sealed record RecordedEvaluation(int Episodes, long Updates, int Position, IReadOnlyList<double> Returns)
{
    /// <summary>The evaluation's score: the mean return.</summary>
    public double Score => Returns.Average();
}
