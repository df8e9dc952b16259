namespace PlaNet.Environments.Verification;

/// <summary>
/// Compares the reward formulas: recorded values of the tolerance function, and every task's reward on every recorded state, without
/// stepping.
/// </summary>
internal static class RewardVerification
{
    private const double Tolerance = 1e-9;
    private const string Cases = "rewards/tolerance_cases.csv";
    private const string Index = "physics/rollouts/index.json";

    public static IEnumerable<FileComparison> Run(ReferenceFolder folder)
    {
        yield return ToleranceCases(folder);
        if (!folder.Has(Index))
        {
            yield break;
        }

        var entries = folder.Json(Index).EnumerateArray();
        foreach (var group in entries.GroupBy(entry => entry.GetProperty("domain").GetString()!, StringComparer.Ordinal))
        {
            var environments = RecordedTasks.Of(group.Key, Index).Select(RecordedTasks.Make).ToList();
            try
            {
                foreach (var entry in group)
                {
                    var file = $"physics/{entry.GetProperty("file").GetString()}";
                    var table = folder.Table(file);
                    var rewards = new DifferenceMeter("rewards");
                    foreach (var environment in environments)
                    {
                        for (var row = 0; row < table.Rows; row++)
                        {
                            RecordedTasks.Place(
                                environment, table.Vector(row, "qpos"), table.Vector(row, "qvel"), RecordedTasks.Target(entry));
                            table.Vector(row, "action").CopyTo(environment.Physics.Data.Ctrl);
                            var recorded = table.Number(row, $"reward_{RecordedTasks.Suffix(environment.Spec.Task)}");
                            rewards.Add(recorded, environment.EvaluateReward(), Tolerance, $"step {row}");
                        }
                    }

                    yield return new FileComparison(file, table.Rows, [rewards.Result]);
                }
            }
            finally
            {
                environments.ForEach(environment => environment.Dispose());
            }
        }
    }

    private static FileComparison ToleranceCases(ReferenceFolder folder)
    {
        var table = folder.Table(Cases);
        var meter = new DifferenceMeter("tolerance");
        for (var row = 0; row < table.Rows; row++)
        {
            var value = Rewards.Tolerance(
                table.Number(row, "x"),
                table.Number(row, "lower"),
                table.Number(row, "upper"),
                table.Number(row, "margin"),
                Shape(table.Text(row, "sigmoid")),
                table.Number(row, "value_at_margin"));
            meter.Add(table.Number(row, "expected"), value, Tolerance, $"row {row}");
        }

        return new FileComparison(Cases, table.Rows, [meter.Result]);
    }

    private static ToleranceShape Shape(string name)
    {
        return Enum.TryParse<ToleranceShape>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var shape)
            ? shape
            : throw new ReferenceDataException(
                $"{Cases} has the shape '{name}', which must be one of {string.Join(", ", Enum.GetNames<ToleranceShape>())}, "
                + "with or without underscores.");
    }
}
