using System.Text.Json.Nodes;
using PlaNet.Experiments;

namespace PlaNet.Tests.Telemetry;

/// <summary>Writes by hand what a run writes into its directory.</summary>
internal static class WrittenRun
{
    /// <summary>Writes the record of the experiment and the state. The directory is created if it is missing.</summary>
    public static void WriteRecord(string folder, Experiment experiment, ulong seed, string state)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "experiment.json"), new JsonObject
        {
            ["experiment"] = JsonNode.Parse(ExperimentJson.Write(experiment)),
            ["seed"] = seed,
            ["hash"] = ExperimentHash.Of(experiment),
            ["started_with"] = new JsonObject { ["program"] = "PlaNet <b>0.1.0</b>" },
        }.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "state"), state + "\n");
    }
}
