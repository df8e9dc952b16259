using System.Text.Json;
using PlaNet.Environments.ControlSuite;

namespace PlaNet.Environments.Verification;

/// <summary>Maps the names in recorded files to registered tasks, and sets recorded states.</summary>
internal static class RecordedTasks
{
    /// <summary>The tasks of a domain.</summary>
    /// <exception cref="ReferenceDataException">There is no such domain.</exception>
    public static IReadOnlyList<TaskDefinition> Of(string domain, string file)
    {
        TaskDefinition[] tasks = [.. TaskRegistry.All.Where(task => task.IsOriginal && task.Domain == domain)];
        return tasks.Length > 0
            ? tasks
            : throw new ReferenceDataException(
                $"{file} was recorded in domain '{domain}', which is not registered. Registered domains: {string.Join(", ", Domains())}.");
    }

    /// <summary>The tasks of a recorded set such as "walker", "reacher_easy" or "ball_in_cup_catch".</summary>
    /// <exception cref="ReferenceDataException">No registered task belongs to the set.</exception>
    public static IReadOnlyList<TaskDefinition> OfSet(string set)
    {
        // "cartpole_balance" includes its sparse variant, and "reacher" both target sizes.
        TaskDefinition[] tasks =
        [
            .. TaskRegistry.All.Where(task => task.IsOriginal
                && $"{task.Domain}_{Suffix(task.Name)}" is var name
                && (name == set || name == $"{set}_sparse" || task.Domain == set)),
        ];
        return tasks.Length > 0
            ? tasks
            : throw new ReferenceDataException(
                $"'{set}' is neither a registered task nor a domain. Registered domains: {string.Join(", ", Domains())}.");
    }

    /// <summary>The task's name within its domain, as used in the names of reward columns.</summary>
    public static string Suffix(string task)
    {
        return task[(task.IndexOf('_', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>Creates a task without wrappers: one control step per decision, no images.</summary>
    public static SuiteEnvironment Make(TaskDefinition task)
    {
        return (SuiteEnvironment)task.Make(new TaskSettings());
    }

    /// <summary>
    /// Sets a recorded state and applies the task's model edits: data reset, state, one forward pass without actuation. The task's own
    /// reset is not used: it runs an additional forward pass, which changes the solver's warm start.
    /// </summary>
    /// <param name="environment">The task without wrappers.</param>
    /// <param name="positions">Generalised coordinates, <c>[nq]</c>.</param>
    /// <param name="velocities">Generalised velocities, <c>[nv]</c>; empty for rest.</param>
    /// <param name="target">Position of the reacher's target in metres, or null in other domains.</param>
    /// <param name="radius">The reacher's target radius in metres, or null for the task's own.</param>
    public static void Place(
        SuiteEnvironment environment, double[] positions, double[] velocities, (double X, double Y)? target, double? radius = null)
    {
        var data = environment.Physics.Data;
        if (positions.Length != data.Qpos.Length || velocities.Length > data.Qvel.Length)
        {
            throw new ReferenceDataException(
                $"A recorded state has {positions.Length} positions and {velocities.Length} velocities but {environment.Spec.Task} has "
                + $"{data.Qpos.Length} and {data.Qvel.Length}: restore the recorded files.");
        }

        data.Reset();
        switch (environment.Physics)
        {
            case ReacherPhysics reacher:
                var (x, y) = target ?? throw new ReferenceDataException(
                    $"A recorded state of {environment.Spec.Task} lacks target_x and target_y: restore the recorded files.");
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

    /// <summary>Position of the reacher's target in a row, or null in other domains.</summary>
    public static (double X, double Y)? Target(RecordedTable table, int row)
    {
        return table.Has("target_x") ? (table.Number(row, "target_x"), table.Number(row, "target_y")) : null;
    }

    /// <summary>Position of the reacher's target in an entry's model edits, or null in other domains.</summary>
    public static (double X, double Y)? Target(JsonElement entry)
    {
        return entry.TryGetProperty("model_edits", out var edits) && edits.TryGetProperty("target_x", out var x)
            ? (x.GetDouble(), edits.GetProperty("target_y").GetDouble())
            : null;
    }

    /// <summary>Reads a JSON array of numbers.</summary>
    public static double[] Numbers(JsonElement array)
    {
        return [.. array.EnumerateArray().Select(number => number.GetDouble())];
    }

    private static IEnumerable<string> Domains()
    {
        return TaskRegistry.All.Select(task => task.Domain).Distinct(StringComparer.Ordinal);
    }
}
