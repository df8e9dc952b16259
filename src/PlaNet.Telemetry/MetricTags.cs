namespace PlaNet.Telemetry;

/// <summary>Tags of the logged metrics (docs/runs.md, "The directory"), which the report and the progress line read.</summary>
public static class MetricTags
{
    /// <summary>Updates made when the line was written; present in every line.</summary>
    public const string Step = "step";

    /// <summary>Training episodes collected so far, seed episodes included.</summary>
    public const string Episodes = "dataset/episodes";

    /// <summary>Negative log-likelihood of the images, unscaled.</summary>
    public const string ImageLoss = "objectives/image";

    /// <summary>Negative log-likelihood of the rewards, unscaled.</summary>
    public const string RewardLoss = "objectives/reward";

    /// <summary>Divergence of posterior and prior, unscaled.</summary>
    public const string Divergence = "objectives/divergence";

    /// <summary>Latent overshooting, unscaled; absent where it is off.</summary>
    public const string Overshooting = "objectives/overshooting";

    /// <summary>Error of the rewards of overshooting, unscaled; absent where they are off.</summary>
    public const string OvershootingReward = "objectives/overshooting_reward";

    /// <summary>Error of the images of observation overshooting, unscaled; absent where it is off.</summary>
    public const string ObservationOvershooting = "objectives/observation_overshooting";

    /// <summary>Divergence of posterior and standard normal distribution, unscaled; absent where it has no weight.</summary>
    public const string GlobalDivergence = "objectives/global_divergence";

    /// <summary>Learning rate of the update; absent where it is constant.</summary>
    public const string LearningRate = "optimizer/learning_rate";

    /// <summary>Norm of the gradient before clipping.</summary>
    public const string GradientNorm = "optimizer/grad_norm";

    /// <summary>Updates per second.</summary>
    public const string UpdatesPerSecond = "steps_per_second";

    /// <summary>Return of an episode collected for training.</summary>
    public const string CollectionReturn = "collection/return";

    /// <summary>Mean return of an evaluation.</summary>
    public const string EvaluationReturn = "trainer/test/score";

    /// <summary>Median return of an evaluation.</summary>
    public const string EvaluationMedian = "trainer/test/median";

    /// <summary>Percentile 5 of an evaluation's returns, interpolated.</summary>
    public const string EvaluationLow = "trainer/test/percentile_5";

    /// <summary>Percentile 95 of an evaluation's returns, interpolated.</summary>
    public const string EvaluationHigh = "trainer/test/percentile_95";

    /// <summary>
    /// The tag of one task in a run of several: the task's name is inserted before the last part, as in
    /// <c>trainer/test/cheetah_run/score</c>.
    /// </summary>
    /// <param name="tag">The tag of all tasks together.</param>
    /// <param name="task">Name of the task.</param>
    public static string OfTask(string tag, string task)
    {
        var (before, last) = Parts(tag);
        return $"{before}{task}/{last}";
    }

    /// <summary>The tasks with tags of their own, in order of appearance; empty for a run of one task.</summary>
    /// <param name="tag">The tag of all tasks together.</param>
    /// <param name="lines">Lines of the log.</param>
    public static IReadOnlyList<string> TasksOf(string tag, IEnumerable<MetricsLine> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var (before, last) = Parts(tag);
        return
        [
            .. lines.SelectMany(line => line.Values.Keys)
                .Where(key => key.Length > tag.Length + 1
                    && key.StartsWith(before, StringComparison.Ordinal) && key.EndsWith("/" + last, StringComparison.Ordinal))
                .Select(key => key[before.Length..^(last.Length + 1)])
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private static (string Before, string Last) Parts(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        var last = tag.LastIndexOf('/') + 1;
        return (tag[..last], tag[last..]);
    }
}
