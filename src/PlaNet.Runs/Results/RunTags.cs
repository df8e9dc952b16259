namespace PlaNet.Runs.Results;

/// <summary>Names of logged quantities of a run, apart from those of its model in <see cref="Telemetry.MetricTags"/>.</summary>
public static class RunTags
{
    /// <summary>Position in the schedule. It orders lines that have the same number of updates.</summary>
    public const string ScheduleStep = "schedule_step";

    /// <summary>The training loss: the weighted sum of all terms of the objective.</summary>
    public const string Loss = "objectives/total";

    /// <summary>Return of a seed episode.</summary>
    public const string SeedReturn = "collection/seed_return";

    /// <summary>Return of a held-out episode, played with random actions.</summary>
    public const string TestSeedReturn = "collection/test_return";

    /// <summary>Wall-clock seconds of an update.</summary>
    public const string UpdateSeconds = "seconds/update";

    /// <summary>Wall-clock seconds of collecting an episode.</summary>
    public const string EpisodeSeconds = "seconds/episode";

    /// <summary>Wall-clock seconds of an evaluation.</summary>
    public const string EvaluationSeconds = "seconds/evaluation";

    /// <summary>Wall-clock seconds of saving a checkpoint.</summary>
    public const string CheckpointSeconds = "seconds/checkpoint";

    /// <summary>Recorded episodes that are shorter than a chunk and therefore never sampled. Absent while there is none.</summary>
    public const string TooShort = "replay/too_short";

    /// <summary>Prefix of incidents: the value 1 under the name of the failed role.</summary>
    public const string Incidents = "incidents";

    /// <summary>Unfinished episodes that an incident dropped; they are played again.</summary>
    public const string DroppedEpisodes = "incidents/dropped_episodes";

    /// <summary>Restarts of roles since the start of the process.</summary>
    public const string Restarts = "incidents/restarts";

    /// <summary>Dead letters, and messages of ended incarnations, since the start of the process.</summary>
    public const string DeadLetters = "incidents/dead_letters";

    /// <summary>Number of options that were changed when the run resumed. <c>experiment.json</c> has the old and new values.</summary>
    public const string Changes = "experiment/changes";
}
