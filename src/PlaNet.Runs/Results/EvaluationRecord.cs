using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Runs.Checkpoints;
using PlaNet.Telemetry.Statistics;

namespace PlaNet.Runs.Results;

/// <summary>The result of an evaluation as JSON (docs/runs.md, "Evaluating").</summary>
public sealed record EvaluationRecord
{
    /// <summary>Version of the format, which <see cref="ToJson"/> writes as <c>format</c>.</summary>
    public const int CurrentFormat = 1;

    private const double Level = 0.95;

    // Paths are read by people; the text is never part of a web page.
    private static readonly JsonSerializerOptions s_layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Absolute path of the run directory.</summary>
    public required string Run { get; init; }

    /// <summary>Seed of the run.</summary>
    public required ulong RunSeed { get; init; }

    /// <summary>The experiment of the run.</summary>
    public required Experiment Trained { get; init; }

    /// <summary>State of the run at the checkpoint; null if the actions were random.</summary>
    public required RunState? State { get; init; }

    /// <summary>Planner with which the episodes were played; not written if the actions were random.</summary>
    public required PlannerOptions Planner { get; init; }

    /// <summary>Seed of the evaluation.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The tasks with their episodes, at least one task and one episode of each.</summary>
    public required IReadOnlyList<EvaluatedTask> Tasks { get; init; }

    /// <summary>Wall-clock seconds of loading the model and playing the episodes.</summary>
    public required double Seconds { get; init; }

    /// <summary>Versions and device, by name.</summary>
    public required IReadOnlyDictionary<string, string> EvaluatedWith { get; init; }

    /// <summary>The JSON text, with a line end.</summary>
    public string ToJson()
    {
        var record = new JsonObject
        {
            ["format"] = CurrentFormat,
            ["run"] = Run,
            ["experiment"] = Trained.Name,
            ["hash"] = ExperimentHash.Of(Trained),
            ["run_seed"] = RunSeed,
            ["policy"] = State is null ? "random" : "model",
            ["checkpoint"] = State is { Progress: var progress }
                ? new JsonObject
                {
                    ["step"] = progress.Step,
                    ["updates"] = progress.Updates,
                    ["episodes"] = progress.Episodes,
                }
                : null,
            ["planner"] = State is null
                ? null
                : JsonNode.Parse(ExperimentJson.Write(Trained with { Planner = Planner }))!["planner"]!.DeepClone(),
            ["seed"] = Seed,
            ["tasks"] = new JsonArray([.. Tasks.Select(Json)]),
        };
        Add(record, [.. Tasks.Select(task => task.Returns)]);
        record["seconds"] = Seconds;
        record["evaluated_with"] = new JsonObject(
            EvaluatedWith.Select(fact => KeyValuePair.Create<string, JsonNode?>(fact.Key, fact.Value)));
        return record.ToJsonString(s_layout) + "\n";
    }

    private JsonObject Json(EvaluatedTask task)
    {
        var json = new JsonObject
        {
            ["task"] = task.Task,
            ["action_repeat"] = task.ActionRepeat,

            // Text, because many readers of JSON keep only 53 bits of a number.
            ["seeds"] = new JsonArray([.. task.Seeds.Select(seed => JsonValue.Create($"{seed}"))]),
            ["returns"] = new JsonArray([.. task.Returns.Select(value => JsonValue.Create(value))]),
        };
        Add(json, [task.Returns]);
        return json;
    }

    private void Add(JsonObject json, IReadOnlyList<IReadOnlyList<double>> strata)
    {
        var summary = Summary.Of([.. strata.SelectMany(returns => returns)]);
        json["count"] = summary.Count;
        json["mean"] = summary.Mean;
        json["median"] = summary.Median;
        json["percentile_5"] = summary.Low;
        json["percentile_95"] = summary.High;
        json["least"] = summary.Least;
        json["best"] = summary.Best;
        json["interval"] = strata.Any(returns => returns.Count < 2) ? null : Interval(strata);
    }

    private JsonObject Interval(IReadOnlyList<IReadOnlyList<double>> strata)
    {
        var interval = StratifiedBootstrap.Interval(strata, Descriptive.Mean, RandomStream.Fork(Seed, "interval"), Level);
        return new JsonObject { ["level"] = Level, ["low"] = interval.Low, ["high"] = interval.High };
    }
}

/// <summary>The episodes of one task in an evaluation.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="ActionRepeat">Control steps of a decision.</param>
/// <param name="Seeds">Seed of the reset of each episode.</param>
/// <param name="Returns">Return of each episode.</param>
public sealed record EvaluatedTask(string Task, int ActionRepeat, IReadOnlyList<ulong> Seeds, IReadOnlyList<double> Returns);
