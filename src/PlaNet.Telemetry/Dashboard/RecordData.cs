namespace PlaNet.Telemetry.Dashboard;

/// <summary>An option of an experiment.</summary>
/// <param name="Path">Its path, such as <c>planner.elites</c>.</param>
/// <param name="Value">Its value, as in the canonical JSON but without quotes.</param>
/// <param name="Default">The default value, in the same form.</param>
public sealed record OptionData(string Path, string Value, string Default);

/// <summary>The record of a run.</summary>
/// <param name="Id">Id of the run.</param>
/// <param name="Description">Description of the experiment.</param>
/// <param name="Options">Every option, in the order of the canonical JSON.</param>
/// <param name="StartedWith">Versions, libraries and device with which the run was started.</param>
public sealed record RecordData(
    string Id, string Description, IReadOnlyList<OptionData> Options, IReadOnlyDictionary<string, string> StartedWith);
