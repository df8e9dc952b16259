using System.Globalization;
using System.Text.Json;
using PlaNet.Environments;
using PlaNet.Environments.ControlSuite;

namespace PlaNet.Tests.Environments;

/// <summary>The recorded data in data/reference, and the set-up of a task to replay them.</summary>
internal static class Reference
{
    public static readonly string[] Domains = ["cartpole", "reacher", "cheetah", "finger", "ball_in_cup", "walker"];

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "data", "reference");

    public static JsonElement Json(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, path)));
        return document.RootElement.Clone();
    }

    public static Table Csv(string path)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, path));
        return new Table(lines[0].Split(','), [.. lines[1..].Select(line => line.Split(','))]);
    }

    /// <summary>A task without wrappers: one control step per decision, no images.</summary>
    public static SuiteEnvironment Bare(string task)
    {
        return (SuiteEnvironment)TaskRegistry.Find(task).Make(new TaskSettings());
    }

    public static IEnumerable<TaskDefinition> TasksOf(string domain)
    {
        return TaskRegistry.All.Where(task => task.IsOriginal && task.Domain == domain);
    }

    /// <summary>The task's name within its domain, as in the names of reward columns.</summary>
    public static string Suffix(string task)
    {
        return task[(task.IndexOf('_', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>Resets a body to a recorded state, with the run-time edits that belong to its task.</summary>
    public static void Place(SuiteEnvironment environment, double[] qpos, double[] qvel, (double X, double Y)? target)
    {
        // Exactly one forward pass, as in the recording: a task's own reset makes another before, which changes the solver's warm start.
        var data = environment.Physics.Data;
        data.Reset();
        Edit(environment, target);
        qpos.CopyTo(data.Qpos);
        qvel.CopyTo(data.Qvel);
        data.ForwardWithoutActuation();
    }

    public static (double X, double Y)? Target(JsonElement edits)
    {
        return edits.TryGetProperty("target_x", out var x) ? (x.GetDouble(), edits.GetProperty("target_y").GetDouble()) : null;
    }

    public static double[] Numbers(JsonElement array)
    {
        return [.. array.EnumerateArray().Select(number => number.GetDouble())];
    }

    private static void Edit(SuiteEnvironment environment, (double X, double Y)? target)
    {
        switch (environment.Physics)
        {
            case ReacherPhysics reacher:
                reacher.ResizeTarget(environment.Spec.Task == "reacher_easy" ? 0.05 : 0.015);
                reacher.MoveTarget(target!.Value.X, target.Value.Y);
                break;
            case FingerPhysics finger:
                finger.PrepareSpin();
                break;
        }
    }

    /// <summary>A CSV file with a header line.</summary>
    internal sealed record Table(string[] Columns, string[][] Rows)
    {
        public double this[int row, string column] => double.Parse(Rows[row][Index(column)], CultureInfo.InvariantCulture);

        public string Text(int row, string column)
        {
            return Rows[row][Index(column)];
        }

        /// <summary>The values of the columns prefix_0, prefix_1 and so on.</summary>
        public double[] Vector(int row, string prefix)
        {
            return
            [
                .. Enumerable.Range(0, int.MaxValue).Select(i => $"{prefix}_{i}").TakeWhile(column => Columns.Contains(column))
                    .Select(column => this[row, column]),
            ];
        }

        private int Index(string column)
        {
            var index = Array.IndexOf(Columns, column);
            return index >= 0 ? index : throw new ArgumentException($"There is no column {column}.", nameof(column));
        }
    }
}
