using System.CommandLine;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet grids</c>: every grid that can be launched.</summary>
public static class GridsVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("grids", "List the grids; `planet show --grid NAME` says what one costs");
        var own = KnownExperiments.NewOption();
        verb.Add(own);
        verb.SetAction(line =>
        {
            var grids = KnownExperiments.Read(line.GetValue(own), line).Grids;
            var width = grids.Max(grid => grid.Name.Length);
            foreach (var grid in grids)
            {
                line.InvocationConfiguration.Output.WriteLine($"{grid.Name.PadRight(width)}  {grid.Cells.Count,4} runs  {grid.Description}");
            }

            return ExitCode.Success;
        });
        return verb;
    }
}
