namespace PlaNet.Telemetry.Comparisons;

/// <summary>One evaluation of a recorded run.</summary>
/// <param name="Episodes">Training episodes collected by then, seed episodes included.</param>
/// <param name="Updates">Updates made by then.</param>
/// <param name="Position">
/// Where the evaluation lies on the horizontal axis, in episodes: <paramref name="Episodes"/>, and one more of each task for every collect
/// interval of updates that followed the last collected episode, which is how the schedule counts them.
/// </param>
/// <param name="Returns">Return of each noise-free episode; at least one, all finite.</param>
public sealed record RecordedEvaluation(int Episodes, long Updates, int Position, IReadOnlyList<double> Returns)
{
    /// <summary>The evaluation's score: the mean return.</summary>
    public double Score => Returns.Average();
}
