using System.Text.Json;
using System.Text.Json.Nodes;
using PlaNet.Common;
using PlaNet.Experiments;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>Reads a run directory without locking it, so that the run may continue.</summary>
public static class RunReader
{
    /// <summary>Name of the file that marks a folder as a run directory.</summary>
    public const string ExperimentFile = "experiment.json";

    /// <summary>Whether a folder is a run directory.</summary>
    public static bool IsRun(string folder) => File.Exists(Path.Combine(folder, ExperimentFile));

    /// <summary>Reads a run directory. A torn last line of the metrics is skipped; a run without metrics has just started.</summary>
    /// <exception cref="InvalidDataException">The experiment cannot be read; the message names the file and the cause.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static RecordedRun Read(string folder)
    {
        var run = ReadRecord(folder);
        MetricsLine[] lines = [.. MetricsLog.Read(Path.Combine(run.Folder, "metrics.jsonl"), EvaluationReader.MayHoldEvaluation)];
        var episodes = lines
            .Select(line => line.Values.GetValueOrDefault(MetricTags.Episodes))
            .Where(double.IsFinite)
            .DefaultIfEmpty()
            .Max();
        var evaluations = EvaluationReader.Read(lines, run.Experiment);
        var logged = lines.Count(line => line.Values.ContainsKey(MetricTags.EvaluationReturn));
        return run with { Episodes = (int)episodes, Evaluations = evaluations, UnusableEvaluations = logged - evaluations.Count };
    }

    /// <summary>Reads the experiment and the state of a run directory, without its metrics: no episodes and no evaluations.</summary>
    /// <exception cref="InvalidDataException">The experiment cannot be read; the message names the file and the cause.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static RecordedRun ReadRecord(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var full = Path.GetFullPath(folder);
        var (experiment, hash, seed) = ReadExperiment(Path.Combine(full, ExperimentFile));
        var (status, reason) = ReadState(full);
        return new RecordedRun(full, experiment, hash, seed, status, reason, Episodes: 0, Evaluations: []);
    }

    /// <summary>The status of a run directory, and why it failed; see <see cref="RecordedRun"/>.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static (RunStatus Status, string Reason) ReadState(string folder)
    {
        var path = Path.Combine(folder, "state");
        var state = File.Exists(path) ? OneLine(File.ReadAllText(path)) : "";
        var word = state.Split(':', ' ', '(')[0];
        return word switch
        {
            "DONE" => (RunStatus.Done, ""),
            "INTERRUPTED" => (RunStatus.Interrupted, ""),

            // A killed process leaves RUNNING behind; only the lock shows whether the run is alive.
            "RUNNING" => (HeldFile.IsHeld(Path.Combine(folder, "lock")) is false ? RunStatus.Stopped : RunStatus.Running, ""),
            "FAILED" => (
                RunStatus.Failed, state[word.Length..].TrimStart(':', ' ') is { Length: > 0 } reason ? reason : "no reason is recorded"),
            _ => (RunStatus.Unknown, state.Length == 0 ? "no state is recorded" : $"the state is \"{state}\""),
        };
    }

    private static (Experiment Experiment, string Hash, ulong Seed) ReadExperiment(string path)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new JsonException("it is not a JSON object");
            var record = json["experiment"] ?? throw new JsonException("it holds no \"experiment\"");
            var seed = json["seed"] ?? throw new JsonException("it holds no \"seed\"");
            var experiment = ExperimentJson.Read(record.ToJsonString());
            return (experiment, HashOf(json) ?? ExperimentHash.Of(experiment), SeedOf(seed));
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidOperationException or FormatException or ArgumentException or ExperimentException)
        {
            // The JSON reader refuses a repeated key with an ArgumentException, whose message names .NET parameters.
            var cause = exception is ArgumentException ? "it holds a key twice" : OneLine(exception.Message);
            throw new InvalidDataException($"{path} cannot be read as a run's experiment: {cause}", exception);
        }
    }

    private static string? HashOf(JsonObject json) => json["hash"] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? hash) => hash,
        var other => throw new JsonException($"its \"hash\" is {OneLine(other.ToJsonString())}, not a string"),
    };

    private static ulong SeedOf(JsonNode node) => node is JsonValue value && value.TryGetValue(out ulong seed)
        ? seed
        : throw new JsonException($"its \"seed\" is {OneLine(node.ToJsonString())}, not a whole number from 0 to {ulong.MaxValue}");

    private static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
