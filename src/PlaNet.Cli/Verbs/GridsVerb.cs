using System.CommandLine;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet grids</c>: lists the grids.</summary>
public static class GridsVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("grids", "List the grids; `planet show --grid NAME` prints the cost of one");
        var own = KnownExperiments.NewOption();
        verb.Add(own);
        verb.SetAction(line =>
        {
            var output = line.InvocationConfiguration.Output;
            var grids = KnownExperiments.Read(line.GetValue(own), line).Grids;
            var width = grids.Max(grid => grid.Name.Length);
            foreach (var grid in grids)
            {
                output.WriteLine($"{grid.Name.PadRight(width)}  {grid.Cells.Count,4} runs  {grid.Description}");
            }

            return ExitCode.Success;
        });
        return verb;
    }
}
