using System.Text.Json;

namespace PlaNet.Telemetry.Dashboard;

/// <summary>A role of the run, as it was when <c>live.json</c> was written. Unknown values are null.</summary>
/// <param name="Name">Name of the role.</param>
/// <param name="Restarts">Restarts since the process started.</param>
/// <param name="Mailbox">Messages that wait.</param>
/// <param name="Messages">Messages that were handled.</param>
/// <param name="BusySeconds">Seconds spent on them.</param>
/// <param name="Doing">What it is doing.</param>
public sealed record LiveRole(string Name, double? Restarts, double? Mailbox, double? Messages, double? BusySeconds, string? Doing);

/// <summary>The last planned decision. Unknown values are null or empty; H is the horizon, A the size of an action.</summary>
/// <param name="Episode">Number of the episode.</param>
/// <param name="Task">Name of the task.</param>
/// <param name="Decision">Number of the decision in its episode.</param>
/// <param name="Action">The action, A numbers from -1 to 1.</param>
/// <param name="Discrete">Whether actions are choices: the action is one-hot.</param>
/// <param name="BeliefMean">Means of the planner's belief over actions, or probabilities of the choices, H times A.</param>
/// <param name="BeliefStd">Its standard deviations, H times A; empty for choices.</param>
/// <param name="PredictedRewards">Rewards that the model predicts for the plan, H numbers.</param>
/// <param name="PredictedReward">Reward that was predicted for the step just finished.</param>
/// <param name="Reward">Its real reward.</param>
public sealed record LiveDecision(
    double? Episode,
    string? Task,
    double? Decision,
    IReadOnlyList<double> Action,
    bool Discrete,
    IReadOnlyList<IReadOnlyList<double>> BeliefMean,
    IReadOnlyList<IReadOnlyList<double>> BeliefStd,
    IReadOnlyList<double> PredictedRewards,
    double? PredictedReward,
    double? Reward);

/// <summary>
/// A run's <c>live.json</c>: what its process is doing. It is written about once a second and read by nobody else, so that every member is
/// optional, and a file that is missing, half-written or foreign is the same as none.
/// </summary>
/// <param name="Time">When it was written.</param>
/// <param name="Pid">Id of the process.</param>
/// <param name="Updates">Updates made.</param>
/// <param name="UpdatesPlanned">Updates of the whole run.</param>
/// <param name="Episodes">Training episodes collected.</param>
/// <param name="EpisodesPlanned">Training episodes of the whole run.</param>
/// <param name="CurrentDecision">Decisions made in the current episode.</param>
/// <param name="Decisions">Decisions of the whole episode.</param>
/// <param name="SecondsLeft">Estimated seconds until the run ends.</param>
/// <param name="UpdatesPerSecond">Recent updates per second.</param>
/// <param name="DecisionsPerSecond">Recent decisions per second.</param>
/// <param name="MemoryBytes">Memory of the process.</param>
/// <param name="Roles">The actors.</param>
/// <param name="Decision">The last planned decision; null before the first.</param>
public sealed record LiveSnapshot(
    DateTimeOffset? Time,
    double? Pid,
    double? Updates,
    double? UpdatesPlanned,
    double? Episodes,
    double? EpisodesPlanned,
    double? CurrentDecision,
    double? Decisions,
    double? SecondsLeft,
    double? UpdatesPerSecond,
    double? DecisionsPerSecond,
    double? MemoryBytes,
    IReadOnlyList<LiveRole> Roles,
    LiveDecision? Decision)
{
    /// <summary>Name of the file in the run directory.</summary>
    public const string FileName = "live.json";

    // A belief of 100 steps over 40 actions has less than a tenth of it.
    private const int LargestFile = 1 << 20;
    private const int MostRoles = 1_000;
    private const int LongestText = 200;

    /// <summary>Reads the file of a run; null if it is missing, half-written or foreign.</summary>
    /// <param name="folder">The run directory.</param>
    public static LiveSnapshot? Read(string folder)
    {
        if (ContainedFile.Find(folder, FileName) is not { } path)
        {
            return null;
        }

        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > LargestFile)
            {
                return null;
            }

            using var json = JsonDocument.Parse(stream);
            return Of(json.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    private static LiveSnapshot? Of(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var (progress, rates) = (Member(root, "progress"), Member(root, "rates"));
        return new LiveSnapshot(
            Member(root, "time") is { ValueKind: JsonValueKind.String } time && time.TryGetDateTimeOffset(out var at) ? at : null,
            Number(root, "pid"),
            Number(progress, "updates"),
            Number(progress, "updates_planned"),
            Number(progress, "episodes"),
            Number(progress, "episodes_planned"),
            Number(progress, "decision"),
            Number(progress, "decisions"),
            Number(root, "seconds_left"),
            Number(rates, "updates_per_second"),
            Number(rates, "decisions_per_second"),
            Number(root, "memory_bytes"),
            [.. Items(Member(root, "roles")).Take(MostRoles).Where(role => Text(role, "name") is not null).Select(RoleOf)],
            Member(root, "decision") is { ValueKind: JsonValueKind.Object } decision ? DecisionOf(decision) : null);
    }

    private static LiveRole RoleOf(JsonElement role) => new(
        Text(role, "name")!,
        Number(role, "restarts"),
        Number(role, "mailbox"),
        Number(role, "messages"),
        Number(role, "busy_seconds"),
        Text(role, "doing"));

    private static LiveDecision DecisionOf(JsonElement decision) => new(
        Number(decision, "episode"),
        Text(decision, "task"),
        Number(decision, "decision"),
        Numbers(Member(decision, "action")),
        Member(decision, "discrete").ValueKind == JsonValueKind.True,
        Rows(Member(decision, "belief_mean")),
        Rows(Member(decision, "belief_std")),
        Numbers(Member(decision, "predicted_rewards")),
        Number(decision, "predicted_reward"),
        Number(decision, "reward"));

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    private static double? Number(JsonElement element, string name) => Number(Member(element, name));

    private static double? Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.GetDouble() is var value && double.IsFinite(value) ? value : null;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: <= LongestText } known
            ? known
            : null;

    private static JsonElement[] Items(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray()] : [];

    // A list with a member that is no number is unknown as a whole: its positions would mean something else.
    private static IReadOnlyList<double> Numbers(JsonElement element)
    {
        var numbers = Array.ConvertAll(Items(element), Number);
        return Array.TrueForAll(numbers, number => number is not null) ? [.. numbers.Select(number => number!.Value)] : [];
    }

    private static IReadOnlyList<double>[] Rows(JsonElement element)
    {
        IReadOnlyList<double>[] rows = [.. Items(element).Select(Numbers)];
        return rows.Length > 0 && rows[0].Count > 0 && Array.TrueForAll(rows, row => row.Count == rows[0].Count) ? rows : [];
    }
}
