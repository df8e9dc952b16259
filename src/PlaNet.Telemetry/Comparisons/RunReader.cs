using System.Text.Json;
using System.Text.Json.Nodes;
using PlaNet.Common;
using PlaNet.Experiments;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>Reads a run directory without holding it: the run may continue meanwhile.</summary>
public static class RunReader
{
    /// <summary>Name of the file that makes a folder a run directory.</summary>
    public const string ExperimentFile = "experiment.json";

    /// <summary>Whether a folder is a run directory.</summary>
    /// <param name="folder">The folder.</param>
    public static bool IsRun(string folder) => File.Exists(Path.Combine(folder, ExperimentFile));

    /// <summary>Reads a run directory. A torn last line of the metrics is skipped; no metrics at all are a run that has just begun.</summary>
    /// <param name="folder">The run directory.</param>
    /// <exception cref="InvalidDataException">The experiment cannot be read; the message names the file and the cause.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static RecordedRun Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var full = Path.GetFullPath(folder);
        var (experiment, hash, seed) = ReadExperiment(Path.Combine(full, ExperimentFile));
        var (status, reason) = ReadState(full);
        MetricsLine[] lines = [.. MetricsLog.Read(Path.Combine(full, "metrics.jsonl"), EvaluationReader.IsWanted)];
        var episodes = lines.Select(line => line.Values.GetValueOrDefault(MetricTags.Episodes)).Where(double.IsFinite).DefaultIfEmpty().Max();
        var evaluations = EvaluationReader.Read(lines, experiment);
        var logged = lines.Count(line => line.Values.ContainsKey(MetricTags.EvaluationReturn));
        return new RecordedRun(
            full, experiment, hash, seed, status, reason, (int)episodes, evaluations, logged - evaluations.Count);
    }

    private static (Experiment Experiment, string Hash, ulong Seed) ReadExperiment(string path)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException("it is not a JSON object");
            var record = json["experiment"] ?? throw new JsonException("it holds no \"experiment\"");
            var seed = json["seed"] ?? throw new JsonException("it holds no \"seed\"");
            var experiment = ExperimentJson.Read(record.ToJsonString());
            return (experiment, json["hash"]?.GetValue<string>() ?? ExperimentHash.Of(experiment), seed.GetValue<ulong>());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException or ExperimentException)
        {
            throw new InvalidDataException($"{path} cannot be read as a run's experiment: {OneLine(exception.Message)}", exception);
        }
    }

    private static (RunStatus Status, string Reason) ReadState(string folder)
    {
        var path = Path.Combine(folder, "state");
        var said = File.Exists(path) ? OneLine(File.ReadAllText(path)) : "";
        var word = said.Split(':', ' ', '(')[0];
        return word switch
        {
            "DONE" => (RunStatus.Done, ""),
            "INTERRUPTED" => (RunStatus.Interrupted, ""),

            // A process that was killed could not say so: whether a run is running is known by its lock alone.
            "RUNNING" => (HeldFile.IsHeld(Path.Combine(folder, "lock")) is false ? RunStatus.Stopped : RunStatus.Running, ""),
            "FAILED" => (RunStatus.Failed, said[word.Length..].TrimStart(':', ' ') is { Length: > 0 } reason ? reason : "no reason is recorded"),
            _ => (RunStatus.Unknown, said.Length == 0 ? "no state is recorded" : $"the state is \"{said}\""),
        };
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
