namespace PlaNet.Runs.Actors;

/// <summary>Names of the run supervisor's children.</summary>
internal static class RoleNames
{
    public const string Metrics = "metrics";
    public const string Learner = "learner";
    public const string Replay = "replay";
    public const string Collector = "collector";
    public const string Evaluator = "evaluator";
}
