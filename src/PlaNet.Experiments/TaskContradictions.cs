namespace PlaNet.Experiments;

/// <summary>Options of the tasks that cannot stand together.</summary>
internal static class TaskContradictions
{
    /// <summary>All of them in an experiment; empty for a sound one.</summary>
    public static IEnumerable<ExperimentProblem> Find(Experiment experiment)
    {
        var task = experiment.Task;
        var others = task.OtherTasks;
        if (others.Count == 0)
        {
            yield break;
        }

        foreach (var name in others.Select(other => other.Name).Append(task.Name).GroupBy(name => name).Where(group => group.Count() > 1))
        {
            yield return new ExperimentProblem(
                "task.others",
                ExperimentOption.OneLine(task.Others),
                $"different tasks, none of them twice and none that task.name, which is {task.Name}, names: {name.Key} is there {name.Count()} times",
                "leave it out of task.others or set another task.name");
        }

        if (task.Command.Length > 0)
        {
            yield return new ExperimentProblem(
                "task.others",
                ExperimentOption.OneLine(task.Others),
                "empty with task.command, whose program plays one task",
                "set task.others= or task.command=");
        }

        if (task.FixedStart)
        {
            yield return new ExperimentProblem(
                "task.fixed_start",
                "true",
                $"false with task.others, which is {ExperimentOption.OneLine(task.Others)}, because not every task has a fixed start",
                "set task.fixed_start=false or task.others=");
        }
    }

    /// <summary>Tasks whose episodes are shorter than a chunk. Those whose action repeat is left to the registry are not known here.</summary>
    public static IEnumerable<ExperimentProblem> TooShort(Experiment experiment)
    {
        foreach (var other in experiment.Task.OtherTasks)
        {
            if (other.ActionRepeat is { } repeat && TaskOptions.DecisionsOf(repeat) + 1 is var entries && experiment.Replay.ChunkLength > entries)
            {
                yield return new ExperimentProblem(
                    "replay.chunk_length",
                    ExperimentOption.Format(experiment.Replay.ChunkLength),
                    $"at most {entries}, the entries of an episode of {other} in task.others",
                    "lower replay.chunk_length or the task's action repeat");
            }
        }
    }
}
