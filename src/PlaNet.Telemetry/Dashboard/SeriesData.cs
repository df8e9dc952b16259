namespace PlaNet.Telemetry.Dashboard;

/// <summary>A tag of a run for a chart.</summary>
/// <param name="Id">Id of the run.</param>
/// <param name="Revision">Revision of the run; see <see cref="DashboardRun.Revision"/>.</param>
/// <param name="Count">Values in the metrics, of which the extremes of each range of steps remain here.</param>
/// <param name="Steps">Updates, ascending.</param>
/// <param name="Values">The values, as logged.</param>
public sealed record SeriesData(
    string Id, long Revision, long Count, IReadOnlyList<long> Steps, IReadOnlyList<double> Values);
