using System.CommandLine;
using PlaNet.Cli.Verbs;

namespace PlaNet.Cli;

/// <summary>The <c>planet</c> command: its verbs, one file each in <c>Verbs</c>, and their common options.</summary>
public static class PlanetCommand
{
    /// <summary>Creates the command tree.</summary>
    public static RootCommand Create()
    {
        var command = new RootCommand("PlaNet: learn a world model from pixels and act by planning inside it.")
        {
            ExperimentsVerb.Create(),
            ShowVerb.Create(),
            TrainVerb.Create(),
            GridsVerb.Create(),
            GridVerb.Create(),
            NodeVerb.Create(),
            ClusterVerb.Create(),
            SlurmVerb.Create(),
            StatusVerb.Create(),
            CellVerb.Create(),
            ImportVerb.Create(),
            EvaluateVerb.Create(),
            PredictVerb.Create(),
            CheckVerb.Create(),
            WatchVerb.Create(),
            ProfileVerb.Create(),
            ReportVerb.Create(),
            DashboardVerb.Create(),
            DoctorVerb.Create(),
            VerifyVerb.Create(),
            ViewVerb.Create(),
            OracleVerb.Create(),
            EnvironmentVerb.Create(),
            SettingsFile.NewOption(),
            new Option<bool>("--verbose") { Description = "Print the stack trace of a failure", Recursive = true },
        };

        // The default is the name of the host process, which may be dotnet.
        command.HelpName = "planet";
        return command;
    }
}
