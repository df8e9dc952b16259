using PlaNet.Common;
using PlaNet.Telemetry.Statistics;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>Scores of an experiment's seeds after a number of episodes. A seed's score is the mean return of one evaluation.</summary>
/// <param name="Position">Number of episodes; see <see cref="RecordedEvaluation.Position"/>.</param>
/// <param name="Seeds">The seeds that were scored, ascending.</param>
/// <param name="Scores">Their scores, in the same order.</param>
/// <param name="EvaluationEpisodes">Evaluation episodes of all these seeds together.</param>
/// <param name="Mean">Mean over seeds.</param>
/// <param name="Median">Median over seeds.</param>
/// <param name="InterquartileMean">Interquartile mean over seeds.</param>
/// <param name="Interval">95 % bootstrap interval of the interquartile mean; null for a single seed, whose spread is unknown.</param>
public sealed record GroupScore(
    int Position,
    IReadOnlyList<ulong> Seeds,
    IReadOnlyList<double> Scores,
    int EvaluationEpisodes,
    double Mean,
    double Median,
    double InterquartileMean,
    ConfidenceInterval? Interval)
{
    /// <summary>The score of the runs that have an evaluation at a position; null if none has.</summary>
    /// <param name="runs">Runs of one experiment, one per seed.</param>
    /// <param name="position">Number of episodes; see <see cref="RecordedEvaluation.Position"/>.</param>
    /// <param name="options">Seed and size of the bootstrap.</param>
    public static GroupScore? At(IEnumerable<RecordedRun> runs, int position, ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(options);
        var scored = runs.Where(run => run.At(position) is not null).OrderBy(run => run.Seed).ToArray();
        if (scored.Length == 0)
        {
            return null;
        }

        double[] scores = [.. scored.Select(run => run.At(position)!.Score)];
        return new GroupScore(
            position,
            [.. scored.Select(run => run.Seed)],
            scores,
            scored.Sum(run => run.At(position)!.Returns.Count),
            Descriptive.Mean(scores),
            Descriptive.Median(scores),
            Descriptive.InterquartileMean(scores),
            scores.Length < 2
                ? null
                : StratifiedBootstrap.Interval(
                    [scores], Descriptive.InterquartileMean, new RandomStream(options.BootstrapSeed), replicates: options.Replicates));
    }
}
