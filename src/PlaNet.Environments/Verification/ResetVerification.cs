using PlaNet.Environments.ControlSuite;
using PlaNet.MuJoCo;

namespace PlaNet.Environments.Verification;

/// <summary>
/// Samples as many initial states as were recorded and compares each column by a two-sample Kolmogorov-Smirnov test. Constant columns must
/// be equal. Where the state before a settle was recorded, the settle is repeated and must give the same state.
/// </summary>
internal static class ResetVerification
{
    private const double Probability = 1e-4;
    private const double SettleTolerance = 1e-9;

    public static IEnumerable<FileComparison> Run(ReferenceFolder folder)
    {
        foreach (var set in folder.Names("physics/initial_states", "*.csv"))
        {
            var file = $"physics/initial_states/{set}.csv";
            var table = folder.Table(file);
            var threshold = TwoSampleTest.Threshold(table.Rows, table.Rows, Probability);
            var (distribution, constants, settle) =
                (new DifferenceMeter("distribution distance"), new DifferenceMeter("constant columns"), new DifferenceMeter("settle"));
            foreach (var task in RecordedTasks.OfSet(set))
            {
                using var environment = RecordedTasks.Make(task);
                CompareDistributions(table, environment, threshold, distribution, constants);
                if (table.Has("pre_qpos_0"))
                {
                    Settle(table, environment, settle);
                }
            }

            yield return new FileComparison(
                file,
                table.Rows,
                table.Has("pre_qpos_0") ? [distribution.Result, constants.Result, settle.Result] : [distribution.Result, constants.Result],
                $"distance of at most {threshold:F3} allowed");
        }
    }

    private static void CompareDistributions(
        RecordedTable table, SuiteEnvironment environment, double threshold, DifferenceMeter distribution, DifferenceMeter constants)
    {
        string[] columns = [.. table.Columns.Where(column => column != "seed" && !column.StartsWith("pre_", StringComparison.Ordinal))];
        var sampled = Enumerable.Range(0, table.Rows).Select(seed => Sample(environment, (ulong)seed, table.Has("target_x"))).ToList();
        if (columns.Length != sampled[0].Length)
        {
            throw new ReferenceDataException(
                $"The recorded initial states of {environment.Spec.Task} have {columns.Length} columns but the task has "
                + $"{sampled[0].Length} values: restore the recorded file.");
        }

        for (var i = 0; i < columns.Length; i++)
        {
            var where = $"{columns[i]} of {environment.Spec.Task}";
            double[] recorded = [.. Enumerable.Range(0, table.Rows).Select(row => table.Number(row, columns[i]))];
            double[] found = [.. sampled.Select(state => state[i])];
            if (recorded.Distinct().Count() == 1)
            {
                constants.Add(recorded, found, 0, where);
            }
            else
            {
                distribution.Add(0, TwoSampleTest.Distance(recorded, found), threshold, where);
            }
        }
    }

    private static double[] Sample(SuiteEnvironment environment, ulong seed, bool withTarget)
    {
        environment.Reset(seed);
        var (model, data) = (environment.Physics.Model, environment.Physics.Data);
        Span<double> target = withTarget ? model.Doubles("geom_pos").Row(model.Id(MjObject.Geom, "target"))[..2] : [];
        return [.. target, .. data.Qpos, .. data.Qvel];
    }

    private static void Settle(RecordedTable table, SuiteEnvironment environment, DifferenceMeter settle)
    {
        var data = environment.Physics.Data;
        for (var row = 0; row < table.Rows; row++)
        {
            environment.Physics.Reset(() =>
            {
                table.Vector(row, "pre_qpos").CopyTo(data.Qpos);
                data.ControlStep(Cheetah.SettleSteps);
            });
            settle.Add(table.Vector(row, "qpos"), data.Qpos, SettleTolerance, $"row {row}");
            settle.Add(table.Vector(row, "qvel"), data.Qvel, SettleTolerance, $"row {row}");
        }
    }
}
