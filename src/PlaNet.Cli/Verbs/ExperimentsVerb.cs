using System.CommandLine;
using PlaNet.Catalog;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet experiments</c>: lists the experiments.</summary>
public static class ExperimentsVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("experiments", "List the experiments; those of the grids by the parts of their names");
        var all = new Option<bool>("--all") { Description = "List every experiment, one per line" };
        var own = KnownExperiments.NewOption();
        verb.Add(all);
        verb.Add(own);
        verb.SetAction(line =>
        {
            var output = line.InvocationConfiguration.Output;
            var known = KnownExperiments.Read(line.GetValue(own), line);
            if (line.GetValue(all))
            {
                WriteRows(output, known.Experiments.Select(experiment => (experiment.Name, experiment.Description)));
            }
            else
            {
                WriteSummary(known, output);
            }

            return ExitCode.Success;
        });
        return verb;
    }

    private static void WriteSummary(KnownExperiments known, TextWriter output)
    {
        WriteRows(output, ExperimentCatalog.Single.Concat(known.Own).Select(experiment => (experiment.Name, experiment.Description)));
        var sizes = ExperimentCatalog.Grids;
        var variants = sizes.SelectMany(grid => grid.Variants).Distinct().ToList();
        output.WriteLine();
        output.WriteLine("laptop_TASK: the agent of quickstart on every task, for two CPU cores");
        output.WriteLine($"SIZE_VARIANT_TASK, such as {sizes[0].Experiments[^1].Name} (--all lists all of them):");
        output.WriteLine("SIZE");
        WriteRows(output, sizes.Select(grid => (grid.Size, grid.Description)));
        output.WriteLine("VARIANT");
        WriteRows(output, variants.Select(variant => (variant.Name, variant.Description + Only(variant))));
        output.WriteLine("TASK");
        WriteRows(output, Suite.Tasks.Select(task => (task.Name, $"each action repeated {task.ActionRepeat} times")));
    }

    private static string Only(Variant variant)
    {
        var sizes = ExperimentCatalog.Grids.Where(grid => grid.Variants.Contains(variant)).Select(grid => grid.Size).ToList();
        return sizes.Count == ExperimentCatalog.Grids.Count ? "" : $" ({string.Join(", ", sizes)} only)";
    }

    private static void WriteRows(TextWriter output, IEnumerable<(string Name, string Description)> rows)
    {
        var lines = rows.ToList();
        var width = lines.Max(row => row.Name.Length);
        foreach (var (name, description) in lines)
        {
            output.WriteLine($"{name.PadRight(width)}  {description}");
        }
    }
}
