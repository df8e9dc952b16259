namespace PlaNet.Training;

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

    /// <summary>The tag of one task where there are several: the task's name stands before the last part, as in <c>trainer/test/cheetah_run/score</c>.</summary>
    /// <param name="tag">The tag of all tasks together.</param>
    /// <param name="task">Name of the task.</param>
    public static string OfTask(string tag, string task)
    {
        ArgumentNullException.ThrowIfNull(tag);
        var last = tag.LastIndexOf('/') + 1;
        return $"{tag[..last]}{task}/{tag[last..]}";
    }
}
