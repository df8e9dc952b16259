namespace PlaNet.Telemetry.Dashboard;

/// <summary>The runs of a folder at a moment.</summary>
/// <param name="Runs">Every run with its revision, ordered by name.</param>
/// <param name="Notes">One line for everything that was skipped, with the reason.</param>
/// <param name="Behind">Runs whose metrics are not completely read yet.</param>
public sealed record RunsSnapshot(IReadOnlyList<(RunSummary Run, long Revision)> Runs, IReadOnlyList<string> Notes, int Behind);
