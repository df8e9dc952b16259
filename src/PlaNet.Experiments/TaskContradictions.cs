namespace PlaNet.Experiments;

/// <summary>Finds task options that contradict each other.</summary>
internal static class TaskContradictions
{
    /// <summary>All contradictions of an experiment; empty if it is valid.</summary>
    public static IEnumerable<ExperimentProblem> Find(Experiment experiment)
    {
        var task = experiment.Task;
        if (task.Command.Length > 0 && task.Address.Length > 0)
        {
            yield return new ExperimentProblem(
                "task.address",
                ExperimentOption.OneLine(task.Address),
                "empty with task.command, which starts the program of the task itself",
                "set task.address= or task.command=");
        }

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
                $"a list of different tasks without task.name, which is {task.Name}: {name.Key} is named {name.Count()} times",
                "leave it out of task.others or set another task.name");
        }

        if (task.IsExternal)
        {
            var option = task.Command.Length > 0 ? "task.command" : "task.address";
            yield return new ExperimentProblem(
                "task.others",
                ExperimentOption.OneLine(task.Others),
                $"empty with {option}, whose program plays one task",
                $"set task.others= or {option}=");
        }

        if (task.HasStates)
        {
            yield return new ExperimentProblem(
                "task.others",
                ExperimentOption.OneLine(task.Others),
                $"empty with task.observations {ExperimentOption.Format(task.Observations)}, because tasks have different state vectors",
                "set task.others= or task.observations=image");
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

    /// <summary>
    /// Tasks whose episodes are shorter than a chunk. Tasks without an explicit action repeat are skipped: the task registry is not known
    /// here.
    /// </summary>
    public static IEnumerable<ExperimentProblem> TooShort(Experiment experiment)
    {
        foreach (var other in experiment.Task.OtherTasks)
        {
            if (other.ActionRepeat is { } repeat
                && TaskOptions.DecisionsOf(repeat) + 1 is var entries
                && experiment.Replay.ChunkLength > entries)
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
