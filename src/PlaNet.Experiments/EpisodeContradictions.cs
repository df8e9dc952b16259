namespace PlaNet.Experiments;

/// <summary>Finds options of recorded episodes that contradict others.</summary>
internal static class EpisodeContradictions
{
    /// <summary>All contradictions of an experiment; empty if it is valid.</summary>
    public static IEnumerable<ExperimentProblem> Find(Experiment experiment)
    {
        var (replay, schedule, task) = (experiment.Replay, experiment.Schedule, experiment.Task);
        if (replay.EpisodesHash.Length > 0 && replay.EpisodesFrom.Length == 0)
        {
            yield return new ExperimentProblem(
                "replay.episodes_hash",
                ExperimentOption.OneLine(replay.EpisodesHash),
                "empty without replay.episodes_from, the folder of these episodes",
                "set replay.episodes_from=DIR or replay.episodes_hash=");
        }

        if (replay.EpisodesFrom.Length > 0 && task.Others.Length > 0)
        {
            yield return new ExperimentProblem(
                "replay.episodes_from",
                ExperimentOption.OneLine(replay.EpisodesFrom),
                "empty with task.others, because an episode does not say which of several tasks it is of",
                "set task.others= or replay.episodes_from=");
        }

        if (schedule.Plays)
        {
            if (task.ActionSize > 0)
            {
                yield return new ExperimentProblem(
                    "task.action_size",
                    ExperimentOption.Format(task.ActionSize),
                    "0 unless schedule.collect is none, because a task that is played has its own number",
                    "set task.action_size=0 or schedule.collect=none");
            }

            yield break;
        }

        if (replay.EpisodesFrom.Length == 0)
        {
            yield return new ExperimentProblem(
                "schedule.collect",
                "none",
                "planner or random without replay.episodes_from, because there would be no episode to learn from",
                "set replay.episodes_from=DIR or schedule.collect=planner");
        }

        if (schedule.UpdatesAfterCollection == 0)
        {
            yield return new ExperimentProblem(
                "schedule.updates_after_collection",
                "0",
                "at least 1 with schedule.collect none, which makes no other updates",
                "set it to the number of updates");
        }

        if (task.IsExternal)
        {
            var (option, value) = task.Command.Length > 0 ? ("task.command", task.Command) : ("task.address", task.Address);
            yield return new ExperimentProblem(
                option,
                ExperimentOption.OneLine(value),
                "empty with schedule.collect none, which reaches no program",
                $"set {option}= and, for a task that is not of the control suite, task.action_size");
        }

        if (task.ActionSize > 0 && task.HasStates)
        {
            yield return new ExperimentProblem(
                "task.observations",
                ExperimentOption.Format(task.Observations),
                "image with task.action_size, because only a task that can be played tells the state vectors that an agent observes",
                "set task.observations=image, or task.name to a task of the control suite and task.action_size=0");
        }

        if (task.ActionSize > 0 && task.Others.Length > 0)
        {
            yield return new ExperimentProblem(
                "task.action_size",
                ExperimentOption.Format(task.ActionSize),
                "0 with task.others, whose tasks are of the control suite",
                "set task.others= or task.action_size=0");
        }
    }
}
