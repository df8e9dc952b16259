using System.Text.Json;
using PlaNet.Environments.ControlSuite;
using PlaNet.MuJoCo;

namespace PlaNet.Environments.Verification;

/// <summary>Repeats recorded control steps: whole rollouts, and single steps from many states.</summary>
internal static class PhysicsVerification
{
    private const string Index = "physics/rollouts/index.json";

    public static IEnumerable<FileComparison> Run(ReferenceFolder folder)
    {
        var rollouts = folder.Has(Index)
            ? folder.Json(Index).EnumerateArray().ToLookup(entry => entry.GetProperty("domain").GetString()!)
            : null;
        string[] transitions = rollouts is null || folder.Has("physics/transitions")
            ? [.. folder.Names("physics/transitions", "*.csv")]
            : [];
        var domains = (rollouts?.Select(group => group.Key) ?? []).Union(transitions, StringComparer.Ordinal);
        foreach (var domain in domains)
        {
            var environments = RecordedTasks.Of(domain, "A rollout or transition").Select(RecordedTasks.Make).ToList();
            try
            {
                foreach (var entry in rollouts?[domain] ?? [])
                {
                    yield return Rollout(folder, domain, entry, environments);
                }

                if (transitions.Contains(domain, StringComparer.Ordinal))
                {
                    yield return Transitions(folder, domain, environments);
                }
            }
            finally
            {
                environments.ForEach(environment => environment.Dispose());
            }
        }
    }

    private static FileComparison Rollout(ReferenceFolder folder, string domain, JsonElement entry, List<SuiteEnvironment> environments)
    {
        var file = $"physics/{entry.GetProperty("file").GetString()}";
        var table = folder.Table(file);
        var comparison = new StepComparison();
        foreach (var environment in environments)
        {
            RecordedTasks.Place(
                environment,
                RecordedTasks.Numbers(entry.GetProperty("qpos")),
                RecordedTasks.Numbers(entry.GetProperty("qvel")),
                RecordedTasks.Target(entry));
            comparison.SubSteps.Add(entry.GetProperty("n_sub_steps").GetDouble(), environment.Physics.PhysicsSteps, 0, "step 0");
            comparison.Add(table, 0, "", environment, Tolerance(domain, 0), "step 0");
            for (var t = 1; t < table.Rows; t++)
            {
                if (!comparison.Step(environment, table.Vector(t, "action"), $"step {t}"))
                {
                    break;
                }

                comparison.Add(table, t, "", environment, Tolerance(domain, t), $"step {t}");
            }
        }

        return comparison.Result(file, table.Rows, domain == "walker" ? "chaotic: checked up to step 75" : null);
    }

    private static FileComparison Transitions(ReferenceFolder folder, string domain, List<SuiteEnvironment> environments)
    {
        const double Tolerance = 1e-9;
        var file = $"physics/transitions/{domain}.csv";
        var table = folder.Table(file);
        var comparison = new StepComparison();
        foreach (var environment in environments)
        {
            for (var row = 0; row < table.Rows; row++)
            {
                RecordedTasks.Place(environment, table.Vector(row, "qpos"), table.Vector(row, "qvel"), RecordedTasks.Target(table, row));
                comparison.Contacts.Add(table.Number(row, "ncon"), environment.Physics.Data.ContactCount, 0, $"row {row}");
                if (comparison.Step(environment, table.Vector(row, "action"), $"row {row}"))
                {
                    comparison.Add(table, row, "next_", environment, Tolerance, $"row {row}");
                }
            }
        }

        return comparison.Result(file, table.Rows, null);
    }

    /// <summary>Allowed difference of a rollout at a step, or null for no limit.</summary>
    private static double? Tolerance(string domain, int step)
    {
        return (domain, step) switch
        {
            ("finger", _) => 1e-7,
            ("walker", > 75) => null,
            ("walker", > 50) => 1e-6,
            _ => 1e-9,
        };
    }

    private sealed class StepComparison
    {
        private const double RewardTolerance = 1e-9;

        private readonly DifferenceMeter _positions = new("qpos");
        private readonly DifferenceMeter _velocities = new("qvel");
        private readonly DifferenceMeter _observations = new("observations");
        private readonly DifferenceMeter _rewards = new("rewards");

        public DifferenceMeter Contacts { get; } = new("contacts");

        public DifferenceMeter SubSteps { get; } = new("sub-steps");

        /// <summary>Takes a step. If the simulation fails, the difference is infinite.</summary>
        public bool Step(SuiteEnvironment environment, double[] action, string where)
        {
            try
            {
                environment.Physics.Step(action);
                return true;
            }
            catch (MuJoCoException)
            {
                _positions.Add(0, double.PositiveInfinity, 0, where);
                return false;
            }
        }

        public void Add(RecordedTable table, int row, string prefix, SuiteEnvironment environment, double? tolerance, string where)
        {
            var data = environment.Physics.Data;
            var agrees = _positions.Add(table.Vector(row, $"{prefix}qpos"), data.Qpos, tolerance, where);
            agrees &= _velocities.Add(table.Vector(row, $"{prefix}qvel"), data.Qvel, tolerance, where);
            for (var i = 0; i < environment.Spec.States.Count; i++)
            {
                var state = environment.Spec.States[i];
                var values = new double[state.Size];
                environment.ReadState(i, values);
                agrees &= _observations.Add(table.Vector(row, $"{prefix}obs_{state.Name}"), values, tolerance, where);
            }

            // Sparse rewards and contact counts are discontinuous: compare them only where the states agree.
            var compared = agrees && tolerance is not null;
            var reward = table.Number(row, $"{prefix}reward_{RecordedTasks.Suffix(environment.Spec.Task)}");
            _rewards.Add(reward, environment.EvaluateReward(), compared ? Math.Max(RewardTolerance, tolerance!.Value) : null, where);
            Contacts.Add(table.Number(row, $"{prefix}ncon"), data.ContactCount, compared ? 0 : null, where);
        }

        public FileComparison Result(string file, int records, string? note)
        {
            return new FileComparison(
                file,
                records,
                [_positions.Result, _velocities.Result, _observations.Result, _rewards.Result, Contacts.Result, SubSteps.Result],
                note);
        }
    }
}
