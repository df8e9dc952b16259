namespace PlaNet.Runs.Results;

/// <summary>Names of the logged quantities that belong to a run rather than to its objective; see also <see cref="Telemetry.MetricTags"/>.</summary>
public static class RunTags
{
    /// <summary>The position in the schedule: updates alone do not tell lines of the same update apart.</summary>
    public const string ScheduleStep = "schedule_step";

    /// <summary>The weighted sum that is minimised.</summary>
    public const string Loss = "objectives/total";

    /// <summary>Return of a seed episode.</summary>
    public const string SeedReturn = "collection/seed_return";

    /// <summary>Return of a held-out episode of random actions.</summary>
    public const string TestSeedReturn = "collection/test_return";

    /// <summary>Wall-clock seconds of an update.</summary>
    public const string UpdateSeconds = "seconds/update";

    /// <summary>Wall-clock seconds of collecting an episode.</summary>
    public const string EpisodeSeconds = "seconds/episode";

    /// <summary>Wall-clock seconds of an evaluation.</summary>
    public const string EvaluationSeconds = "seconds/evaluation";

    /// <summary>Wall-clock seconds of saving a checkpoint.</summary>
    public const string CheckpointSeconds = "seconds/checkpoint";

    /// <summary>A role that failed and was replaced: 1, under the role's name.</summary>
    public const string Incidents = "incidents";

    /// <summary>Half-played episodes that were dropped by an incident; they are played again.</summary>
    public const string DroppedEpisodes = "incidents/dropped_episodes";

    /// <summary>Restarts of roles so far, of this process.</summary>
    public const string Restarts = "incidents/restarts";

    /// <summary>Messages so far, of this process, that nobody received or that came from an incarnation which had ended.</summary>
    public const string DeadLetters = "incidents/dead_letters";

    /// <summary>Options that were changed when the run resumed: their number; what they were and are is in <c>experiment.json</c>.</summary>
    public const string Changes = "experiment/changes";
}
