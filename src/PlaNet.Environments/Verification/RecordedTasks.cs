using System.Text.Json;
using PlaNet.Environments.ControlSuite;

namespace PlaNet.Environments.Verification;

/// <summary>The registered tasks as the recorded files speak of them, and how to put them into a recorded state.</summary>
internal static class RecordedTasks
{
    /// <summary>The tasks of a domain.</summary>
    /// <exception cref="ReferenceDataException">There is no such domain.</exception>
    public static IReadOnlyList<TaskDefinition> Of(string domain, string file)
    {
        TaskDefinition[] tasks = [.. TaskRegistry.All.Where(task => task.Domain == domain)];
        return tasks.Length > 0
            ? tasks
            : throw new ReferenceDataException(
                $"{file} was recorded in domain '{domain}', which is not registered; there are {string.Join(", ", Domains())}.");
    }

    /// <summary>The tasks that a recorded set such as "walker", "reacher_easy" or "ball_in_cup_catch" belongs to.</summary>
    /// <exception cref="ReferenceDataException">There is none.</exception>
    public static IReadOnlyList<TaskDefinition> OfSet(string set)
    {
        // "cartpole_balance" holds for its sparse variant too, "reacher" for both sizes of target.
        TaskDefinition[] tasks =
        [
            .. TaskRegistry.All.Where(task => $"{task.Domain}_{Suffix(task.Name)}" is var name
                && (name == set || name == $"{set}_sparse" || task.Domain == set)),
        ];
        return tasks.Length > 0
            ? tasks
            : throw new ReferenceDataException(
                $"'{set}' is neither a registered task nor a domain; there are {string.Join(", ", Domains())} and their tasks.");
    }

    /// <summary>The task's name within its domain, as reward columns have it.</summary>
    public static string Suffix(string task)
    {
        return task[(task.IndexOf('_', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>A task with nothing around it: one control step per decision, no images.</summary>
    public static SuiteEnvironment Make(TaskDefinition task)
    {
        return (SuiteEnvironment)task.Make(new TaskSettings());
    }

    /// <summary>
    /// Puts a body into a recorded state, with the run-time edits that belong to its task: reset, state, one forward pass without
    /// actuation. Not the task's own reset, which makes another pass before and so starts the solver elsewhere.
    /// </summary>
    /// <param name="environment">The task.</param>
    /// <param name="positions">Generalised coordinates.</param>
    /// <param name="velocities">Generalised velocities; none for rest.</param>
    /// <param name="target">Where the reacher's target is, or null.</param>
    /// <param name="radius">The reacher's target radius in metres, or null for the task's own.</param>
    public static void Place(
        SuiteEnvironment environment, double[] positions, double[] velocities, (double X, double Y)? target, double? radius = null)
    {
        var data = environment.Physics.Data;
        if (positions.Length != data.Qpos.Length || velocities.Length > data.Qvel.Length)
        {
            throw new ReferenceDataException(
                $"A recorded state has {positions.Length} positions and {velocities.Length} velocities but {environment.Spec.Task} has "
                + $"{data.Qpos.Length} and {data.Qvel.Length}.");
        }

        data.Reset();
        switch (environment.Physics)
        {
            case ReacherPhysics reacher:
                var (x, y) = target ?? throw new ReferenceDataException($"A recorded state of {environment.Spec.Task} has no target_x and target_y.");
                reacher.ResizeTarget(radius ?? Reacher.TargetRadius(environment.Spec.Task));
                reacher.MoveTarget(x, y);
                break;
            case FingerPhysics finger:
                finger.PrepareSpin();
                break;
        }

        positions.CopyTo(data.Qpos);
        velocities.CopyTo(data.Qvel);
        data.ForwardWithoutActuation();
    }

    /// <summary>Where the reacher's target is on a row, or null in other domains.</summary>
    public static (double X, double Y)? Target(RecordedTable table, int row)
    {
        return table.Has("target_x") ? (table.Number(row, "target_x"), table.Number(row, "target_y")) : null;
    }

    /// <summary>Where the reacher's target is in an entry's model edits, or null in other domains.</summary>
    public static (double X, double Y)? Target(JsonElement entry)
    {
        return entry.TryGetProperty("model_edits", out var edits) && edits.TryGetProperty("target_x", out var x)
            ? (x.GetDouble(), edits.GetProperty("target_y").GetDouble())
            : null;
    }

    /// <summary>The numbers of an array.</summary>
    public static double[] Numbers(JsonElement array)
    {
        return [.. array.EnumerateArray().Select(number => number.GetDouble())];
    }

    private static IEnumerable<string> Domains()
    {
        return TaskRegistry.All.Select(task => task.Domain).Distinct(StringComparer.Ordinal);
    }
}
