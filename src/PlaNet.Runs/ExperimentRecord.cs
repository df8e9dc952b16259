using System.Text.Json;
using System.Text.Json.Nodes;
using PlaNet.Experiments;

namespace PlaNet.Runs;

/// <summary>
/// The text of a run's <c>experiment.json</c>: the current experiment of the run, and under <c>history</c> the earlier ones, oldest first,
/// each with the step of the schedule at which it was replaced.
/// </summary>
internal static class ExperimentRecord
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true };

    /// <summary>The record of a new run.</summary>
    /// <param name="experiment">Experiment of the run.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="facts">Versions and device with which the run is started.</param>
    public static string Create(Experiment experiment, ulong seed, IReadOnlyDictionary<string, string> facts)
    {
        return Text(new JsonObject
        {
            ["experiment"] = Json(experiment),
            ["seed"] = seed,
            ["hash"] = ExperimentHash.Of(experiment),
            ["started_with"] = Json(facts),
        });
    }

    /// <summary>Updates options that do not affect results. Adds no entry to the history.</summary>
    /// <param name="earlier">Text of the current record.</param>
    /// <param name="experiment">Experiment of the run from now on.</param>
    public static string Renew(string earlier, Experiment experiment)
    {
        var record = JsonNode.Parse(earlier)!.AsObject();
        record["experiment"] = Json(experiment);
        return Text(record);
    }

    /// <summary>The record of a run that continues with another experiment.</summary>
    /// <param name="earlier">Text of the current record.</param>
    /// <param name="experiment">Experiment of the run from now on.</param>
    /// <param name="facts">Versions and device with which the run is started.</param>
    /// <param name="changes">Options that differ.</param>
    /// <param name="step">Step of the schedule from which the run continues.</param>
    public static string Change(
        string earlier, Experiment experiment, IReadOnlyDictionary<string, string> facts, IReadOnlyList<OptionDifference> changes, int step)
    {
        var record = JsonNode.Parse(earlier)!.AsObject();
        var history = record["history"]?.DeepClone().AsArray() ?? [];
        history.Add(new JsonObject
        {
            ["until_step"] = step,
            ["changed"] = new JsonArray([.. changes.Select(change => JsonValue.Create(change.ToString()))]),
            ["experiment"] = record["experiment"]?.DeepClone(),
            ["hash"] = record["hash"]?.DeepClone(),
            ["started_with"] = record["started_with"]?.DeepClone(),
        });
        record["experiment"] = Json(experiment);
        record["hash"] = ExperimentHash.Of(experiment);
        record["started_with"] = Json(facts);
        record["history"] = history;
        return Text(record);
    }

    private static JsonNode Json(Experiment experiment) => JsonNode.Parse(ExperimentJson.Write(experiment))!;

    private static JsonObject Json(IReadOnlyDictionary<string, string> facts) =>
        new(facts.Select(fact => KeyValuePair.Create<string, JsonNode?>(fact.Key, fact.Value)));

    private static string Text(JsonObject record) => record.ToJsonString(Layout) + "\n";
}
