using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs;

/// <summary>Finds the changes of an experiment that are not possible within a run.</summary>
internal static class ExperimentChange
{
    /// <summary>The changes that the model or the episodes of a run do not allow, each with the reason. Empty if all are allowed.</summary>
    /// <param name="before">Experiment of the run until now.</param>
    /// <param name="after">Experiment with which the run is to continue.</param>
    /// <param name="differences">Options in which the two experiments differ.</param>
    public static IReadOnlyList<string> Refusals(Experiment before, Experiment after, IReadOnlyList<OptionDifference> differences)
    {
        var refusals = new List<string>();
        if (Find("schedule.seed_episodes") is { } seeds)
        {
            refusals.Add($"{seeds} (the recorded episodes are counted from the seed episodes on)");
        }

        if (Find("task.others") is { } others && before.Task.Count != after.Task.Count)
        {
            refusals.Add($"{others} (the recorded episodes go through {before.Task.Count} tasks in turn, not {after.Task.Count})");
        }

        if (Find("replay.chunk_length") is { } chunks && !before.Task.IsExternal
            && Tasks.Of(before.Task).Min(task => task.Decisions) + 1 is var entries && after.Replay.ChunkLength > entries)
        {
            refusals.Add($"{chunks} (recorded episodes have {entries} entries)");
        }

        if (before.Task.HasImages && Find("task.image_size") is { } size)
        {
            refusals.Add($"{size} (the recorded episodes have images of {before.Task.ImageSize}x{before.Task.ImageSize})");
        }

        if (before.Task.HasImages && Find("task.image_channels") is { } channels)
        {
            refusals.Add($"{channels} (the images of the recorded episodes have {before.Task.ImageChannels} channel(s))");
        }

        if (Find("task.observations") is { } observations)
        {
            refusals.Add($"{observations} (the recorded episodes have the observations of before)");
        }

        if (Find("model.initial_weights") is { } weights)
        {
            refusals.Add($"{weights} (the run has started from its initial weights)");
        }

        if (Find("replay.episodes_hash") is { } episodes)
        {
            refusals.Add($"{episodes} (the run has started from its episodes)");
        }

        if (Find("schedule.collect") is { } collect && before.Schedule.Plays != after.Schedule.Plays)
        {
            refusals.Add($"{collect} (a run plays episodes from its beginning to its end, or none)");
        }

        var tasks = differences
            .Where(difference => difference.Path is "task.name" or "task.others" or "task.command" or "task.action_size")
            .ToArray();
        if (tasks.Length > 0 && Actions(before) is var old && Actions(after) is var now && old != now)
        {
            refusals.Add(
                string.Join(", ", tasks.AsEnumerable()) +
                $" (actions would have {now}, those of the model and the episodes have {old})");
        }

        if (tasks.Length > 0 && before.Task.HasStates && after.Task.HasStates
            && Tasks.VectorsOf(before.Task) is var known && Tasks.VectorsOf(after.Task) is var wanted && known != wanted)
        {
            refusals.Add(
                $"{string.Join(", ", tasks.AsEnumerable())} (state vectors would be {wanted}; " +
                $"those of the model and the episodes are {known})");
        }

        if ((tasks.Length > 0 || Find("model.continuation") is not null)
            && HasContinuation(before) is var head
            && HasContinuation(after) != head)
        {
            refusals.Add(
                string.Join(", ", differences.Where(difference => tasks.Contains(difference) || difference.Path == "model.continuation"))
                + $" (the model {(head ? "has a" : "has no")} continuation head)");
        }

        var models = differences.Where(difference => difference.Path.StartsWith("model.", StringComparison.Ordinal)).ToArray();
        if (models.Length > 0)
        {
            refusals.AddRange(ShapeChanges(before, after, models));
        }

        return refusals;

        OptionDifference? Find(string path) => differences.FirstOrDefault(difference => difference.Path == path);
    }

    private static string[] ShapeChanges(Experiment before, Experiment after, OptionDifference[] models)
    {
        var old = Shapes(before);
        if (Difference(old, Shapes(after)) is not { } reason)
        {
            return [];
        }

        // Each option is tried alone to name those that change a shape. If none does alone, the message names all of them.
        var responsible = models
            .Select(model => (Model: model, Reason: Difference(old, TryShapes(ExperimentOptions.Find(model.Path), before, after))))
            .Where(model => model.Reason is not null)
            .Select(model => $"{model.Model} ({model.Reason})")
            .ToArray();
        return responsible.Length > 0 ? responsible : [$"{string.Join(", ", models.AsEnumerable())} ({reason})"];
    }

    private static Dictionary<string, string>? TryShapes(ExperimentOption option, Experiment before, Experiment after)
    {
        var single = option.With(before, option.Get(after));
        return ExperimentValidation.Validate(single).Count == 0 ? Shapes(single) : null;
    }

    private static Dictionary<string, string> Shapes(Experiment experiment)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        // The continuation head is compared before.
        var options = experiment.Model with { Continuation = ContinuationPrediction.Off };
        using var model = new WorldModel(
            options,
            actionSize: 1,
            generator,
            imageSize: experiment.Task.ObservedImageSize,
            stateSize: experiment.Task.HasStates ? 1 : 0,
            imageChannels: experiment.Task.ImageChannels);
        return model.state_dict().ToDictionary(
            parameter => parameter.Key, parameter => $"[{string.Join(", ", parameter.Value.shape)}]", StringComparer.Ordinal);
    }

    private static string? Difference(Dictionary<string, string> before, Dictionary<string, string>? after)
    {
        if (after is null)
        {
            return null;
        }

        foreach (var (name, shape) in before)
        {
            if (!after.TryGetValue(name, out var other))
            {
                return $"the model would have no {name}";
            }

            if (shape != other)
            {
                return $"the model's {name} would be {other}, not {shape}";
            }
        }

        return after.Keys.FirstOrDefault(name => !before.ContainsKey(name)) is { } added ? $"the model would have {added} as well" : null;
    }

    private static bool HasContinuation(Experiment experiment) => experiment.Model.HasContinuation(
        experiment.Model.Continuation == ContinuationPrediction.Announced
            && Tasks.DescribeAll(experiment.Task).Any(task => task.Terminates));

    private static string Actions(Experiment experiment)
    {
        var action = Tasks.Describe(experiment.Task).Action;
        return $"{action.Size} {(action.IsDiscrete ? "choices" : "numbers")}";
    }
}
