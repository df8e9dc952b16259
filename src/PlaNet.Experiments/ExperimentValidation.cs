namespace PlaNet.Experiments;

/// <summary>One reason why an experiment cannot run.</summary>
/// <param name="Path">Path of the invalid option, such as <c>planner.elites</c>.</param>
/// <param name="Value">Its value, formatted as in the canonical JSON but without quotes.</param>
/// <param name="Rule">The rule it breaks, in words that follow "must be".</param>
/// <param name="Remedy">How to correct it.</param>
public sealed record ExperimentProblem(string Path, string Value, string Rule, string Remedy)
{
    /// <summary>The problem on one line.</summary>
    public override string ToString() => $"{Path} is {Value}: it must be {Rule}; {Remedy}";
}

/// <summary>Checks an experiment before a run starts.</summary>
public static class ExperimentValidation
{
    /// <summary>
    /// All problems of an experiment; empty if it is valid. Problems of single options come first, in the order of the canonical JSON.
    /// </summary>
    public static IReadOnlyList<ExperimentProblem> Validate(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return
        [
            .. SingleOptions(experiment),
            .. Tasks(experiment),
            .. ModelContradictions.Find(experiment),
            .. EpisodeContradictions.Find(experiment),
            .. Combinations(experiment),
        ];
    }

    /// <summary>Returns the experiment if it is valid and throws otherwise.</summary>
    /// <exception cref="ExperimentException">The experiment is invalid; the message lists all problems on one line.</exception>
    public static Experiment Require(Experiment experiment)
    {
        var problems = Validate(experiment);
        return problems.Count == 0 ? experiment : throw new ExperimentException(string.Join("; also, ", problems));
    }

    private static IEnumerable<ExperimentProblem> SingleOptions(Experiment experiment) =>
        from option in ExperimentOptions.All
        let value = option.Get(experiment)
        where !IsValid(option, value)
        select new ExperimentProblem(
            option.Path,
            ExperimentOption.OneLine(ExperimentOption.Format(value)),
            option.Expected,
            $"the default is {ExperimentOption.Format(option.Default)}");

    private static bool IsValid(ExperimentOption option, object value) =>
        (option.Rule is null || option.Rule.Allows(value)) && (!option.ValueType.IsEnum || Enum.IsDefined(option.ValueType, value));

    // An invalid task.others is already reported by SingleOptions and cannot be parsed here.
    private static IEnumerable<ExperimentProblem> Tasks(Experiment experiment) =>
        IsValid(ExperimentOptions.Find("task.others"), experiment.Task.Others)
            ? [.. TaskContradictions.Find(experiment), .. TaskContradictions.TooShort(experiment)]
            : [];

    private static IEnumerable<ExperimentProblem> Combinations(Experiment experiment)
    {
        var planner = experiment.Planner;
        if (planner.Elites > planner.Candidates)
        {
            yield return new ExperimentProblem(
                "planner.elites",
                ExperimentOption.Format(planner.Elites),
                $"at most planner.candidates, which is {planner.Candidates}",
                "lower planner.elites or raise planner.candidates");
        }

        if (planner.Method == PlannerMethod.Icem && planner.Elites > planner.Candidates / 2 && planner.Elites <= planner.Candidates)
        {
            yield return new ExperimentProblem(
                "planner.elites",
                ExperimentOption.Format(planner.Elites),
                $"at most half of planner.candidates, which is {planner.Candidates}, with planner.method icem",
                "lower planner.elites or raise planner.candidates");
        }

        var schedule = experiment.Schedule;
        if (schedule.Plays && schedule.SeedEpisodes > schedule.Episodes)
        {
            yield return new ExperimentProblem(
                "schedule.episodes",
                ExperimentOption.Format(schedule.Episodes),
                $"at least schedule.seed_episodes, which is {schedule.SeedEpisodes}",
                "raise schedule.episodes or lower schedule.seed_episodes");
        }

        if (schedule.Environments > schedule.Lag + 1L)
        {
            yield return new ExperimentProblem(
                "schedule.environments",
                ExperimentOption.Format(schedule.Environments),
                $"at most one more than schedule.lag, which is {schedule.Lag}",
                "lower schedule.environments or raise schedule.lag");
        }

        var entries = experiment.Task.ActionRepeat > 0 ? experiment.Task.Decisions + 1 : int.MaxValue;
        if (schedule.Plays && !experiment.Task.IsExternal && experiment.Replay.ChunkLength > entries)
        {
            yield return new ExperimentProblem(
                "replay.chunk_length",
                ExperimentOption.Format(experiment.Replay.ChunkLength),
                $"at most {entries}, the entries of an episode with task.action_repeat {experiment.Task.ActionRepeat}",
                "lower replay.chunk_length or task.action_repeat");
        }

        if (experiment.Task.HasImages && LargestBatch(experiment.Replay, experiment.Task) is { } tooLarge)
        {
            yield return tooLarge;
        }

        if (experiment.Objective.ImageStride > experiment.Replay.ChunkLength)
        {
            yield return TooFar("objective.image_stride", experiment.Objective.ImageStride, experiment.Replay.ChunkLength);
        }

        if (experiment.Objective.OvershootsObservations && !experiment.Task.HasImages)
        {
            yield return new ExperimentProblem(
                "objective.observation_overshooting_scale",
                ExperimentOption.Format(experiment.Objective.ObservationOvershootingScale),
                "0 with task.observations state, because it predicts images",
                "set objective.observation_overshooting_scale=0 or task.observations=image_and_state");
        }

        foreach (var problem in Overshooting(experiment.Objective, experiment.Replay.ChunkLength))
        {
            yield return problem;
        }
    }

    private static ExperimentProblem? LargestBatch(ReplayOptions replay, TaskOptions task)
    {
        // The images of a batch are one array of float32, which .NET addresses with 31 bits.
        var side = Math.Clamp(task.ImageSize, TaskOptions.SmallestImage, TaskOptions.LargestImage);
        var frames = int.MaxValue / (sizeof(float) * Math.Clamp(task.ImageChannels, 1, 3) * side * side);
        var (chunks, length) = (replay.BatchSize, replay.ChunkLength);
        return chunks < 1 || length < 1 || (long)chunks * length <= frames ? null
            : length > frames ? new ExperimentProblem(
                "replay.chunk_length",
                ExperimentOption.Format(length),
                $"at most {frames}, so that the images of a batch fit in 2 GiB",
                "lower replay.chunk_length")
            : new ExperimentProblem(
                "replay.batch_size",
                ExperimentOption.Format(chunks),
                $"at most {frames / length} with replay.chunk_length {length}, so that the images of a batch fit in 2 GiB",
                "lower replay.batch_size or replay.chunk_length");
    }

    private static IEnumerable<ExperimentProblem> Overshooting(ObjectiveOptions objective, int chunkLength)
    {
        var latents = objective.OvershootingScale > 0;
        var rewards = objective.OvershootingReward != OvershootingReward.Off && objective.OvershootingRewardScale > 0;
        if ((latents || rewards) && objective.OvershootingDistance < 2)
        {
            var cause = latents
                ? $"objective.overshooting_scale is {ExperimentOption.Format(objective.OvershootingScale)}"
                : $"objective.overshooting_reward is {ExperimentOption.Format(objective.OvershootingReward)}";
            yield return new ExperimentProblem(
                "objective.overshooting_distance",
                ExperimentOption.Format(objective.OvershootingDistance),
                $"at least 2 where {cause}, because distance 1 is the divergence that every objective has",
                $"raise objective.overshooting_distance or set objective.{(latents ? "overshooting_scale=0" : "overshooting_reward=off")}");
        }

        if ((latents || rewards) && objective.OvershootingDistance > chunkLength)
        {
            yield return TooFar("objective.overshooting_distance", objective.OvershootingDistance, chunkLength);
        }

        if (objective.OvershootsObservations && objective.ObservationOvershootingDistance > chunkLength)
        {
            yield return TooFar("objective.observation_overshooting_distance", objective.ObservationOvershootingDistance, chunkLength);
        }
    }

    private static ExperimentProblem TooFar(string path, int distance, int chunkLength) => new(
        path,
        ExperimentOption.Format(distance),
        $"at most replay.chunk_length, which is {chunkLength}",
        $"lower {path} or raise replay.chunk_length");
}
