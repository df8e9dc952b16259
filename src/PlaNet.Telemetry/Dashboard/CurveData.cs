namespace PlaNet.Telemetry.Dashboard;

/// <summary>How the band of a learning curve is computed.</summary>
public enum CurveBand
{
    /// <summary>Percentiles 5 to 95 of all evaluation episodes of all seeds, as in the paper; the line is their mean.</summary>
    Percentiles,

    /// <summary>95 % bootstrap interval over seeds of the interquartile mean; the line is that mean. None for a single seed.</summary>
    Bootstrap,
}

/// <summary>An evaluation of a run, with the numbers that are in its metrics.</summary>
/// <param name="Position">Position on the axis of episodes; see <see cref="Comparisons.RecordedEvaluation.Position"/>.</param>
/// <param name="Step">Updates of the weights that earned it.</param>
/// <param name="Score">Mean return.</param>
/// <param name="Low">Percentile 5 of the returns; null if it was not logged.</param>
/// <param name="High">Percentile 95 of the returns; null if it was not logged.</param>
public sealed record EvaluationPoint(int Position, long Step, double Score, double? Low, double? High);

/// <summary>The evaluations of a run.</summary>
/// <param name="Id">Id of the run.</param>
/// <param name="Points">The evaluations, in order.</param>
public sealed record RunCurve(string Id, IReadOnlyList<EvaluationPoint> Points);

/// <summary>A point of a group's curve, computed from the evaluations of its seeds.</summary>
/// <param name="Position">Position on the axis of episodes.</param>
/// <param name="Step">Updates; the most of all seeds.</param>
/// <param name="Seeds">Number of seeds that were evaluated there.</param>
/// <param name="Middle">The line.</param>
/// <param name="Low">Lower edge of the band; null for none.</param>
/// <param name="High">Upper edge of the band; null for none.</param>
public sealed record GroupPoint(int Position, long Step, int Seeds, double Middle, double? Low, double? High);

/// <summary>The runs of one experiment.</summary>
/// <param name="Key">Name and hash of the experiment.</param>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Task">Name of the task.</param>
/// <param name="Hash">Hash of the experiment.</param>
/// <param name="Runs">The runs, by seed, each with its own curve.</param>
/// <param name="Points">The curve over all seeds.</param>
public sealed record GroupCurve(
    string Key, string Experiment, string Task, string Hash, IReadOnlyList<RunCurve> Runs, IReadOnlyList<GroupPoint> Points);
