using System.CommandLine;
using PlaNet.Catalog;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet experiments</c>: every experiment that can be launched, one a line.</summary>
public static class ExperimentsVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("experiments", "List the experiments, one a line");
        verb.SetAction(line =>
        {
            var width = ExperimentCatalog.All.Max(experiment => experiment.Name.Length);
            foreach (var experiment in ExperimentCatalog.All)
            {
                line.InvocationConfiguration.Output.WriteLine($"{experiment.Name.PadRight(width)}  {experiment.Description}");
            }

            return ExitCode.Success;
        });
        return verb;
    }
}
