namespace PlaNet.Telemetry.Comparisons;

/// <summary>A score that others published.</summary>
/// <param name="Task">The task.</param>
/// <param name="Method">What was trained, or planned with.</param>
/// <param name="Episodes">Training episodes; 0 for planning with the true simulator.</param>
/// <param name="Score">The score: a mean return unless the source says otherwise.</param>
/// <param name="Source">Where it stands.</param>
public sealed record PublishedFigure(string Task, string Method, int Episodes, double Score, PublishedSource Source);

/// <summary>Where published scores stand.</summary>
/// <param name="Name">Short name, such as "ICML Table 1".</param>
/// <param name="Description">The publication, and what its numbers are.</param>
public sealed record PublishedSource(string Name, string Description);
