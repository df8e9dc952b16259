namespace PlaNet.Telemetry.Comparisons;

/// <summary>A point of a learning curve, over all evaluation episodes of all seeds evaluated at its position.</summary>
/// <param name="Position">Number of episodes; see <see cref="RecordedEvaluation.Position"/>.</param>
/// <param name="Episodes">Training episodes collected so far.</param>
/// <param name="Updates">Updates made so far.</param>
/// <param name="Seeds">Number of evaluated seeds.</param>
/// <param name="EvaluationEpisodes">Evaluation episodes of these seeds together.</param>
/// <param name="Mean">Mean return.</param>
/// <param name="Median">Median return.</param>
/// <param name="Low">Percentile 5 of the returns, interpolated.</param>
/// <param name="High">Percentile 95 of the returns, interpolated.</param>
public sealed record CurvePoint(
    int Position, int Episodes, long Updates, int Seeds, int EvaluationEpisodes, double Mean, double Median, double Low, double High);
