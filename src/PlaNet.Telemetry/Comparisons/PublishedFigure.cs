namespace PlaNet.Telemetry.Comparisons;

/// <summary>A published score.</summary>
/// <param name="Task">The task.</param>
/// <param name="Method">The trained agent, or the planner.</param>
/// <param name="Episodes">Training episodes; 0 for planning with the true simulator.</param>
/// <param name="Score">The score: a mean return unless the source says otherwise.</param>
/// <param name="Source">The publication.</param>
public sealed record PublishedFigure(string Task, string Method, int Episodes, double Score, PublishedSource Source);

/// <summary>A publication with scores.</summary>
/// <param name="Name">Short name, such as "ICML Table 1".</param>
/// <param name="Description">The publication, and how its scores were measured.</param>
public sealed record PublishedSource(string Name, string Description);
