using PlaNet.Telemetry.Comparisons;

namespace PlaNet.Telemetry.Dashboard;

/// <summary>A line of the list of runs. Unknown values are null.</summary>
/// <param name="Id">Its name in addresses: letters and digits, from the name.</param>
/// <param name="Name">Path of the run directory below the folder of runs.</param>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Task">Name of the task.</param>
/// <param name="Hash">Hash of the experiment, recorded when the run started.</param>
/// <param name="Seed">The seed, as text: JavaScript has no 64-bit numbers.</param>
/// <param name="Status">Status of the run.</param>
/// <param name="Reason">Why the run failed, or its recorded state if that is unknown; otherwise empty.</param>
/// <param name="Updates">Updates made.</param>
/// <param name="Episodes">Training episodes collected.</param>
/// <param name="EpisodesPlanned">Training episodes of the whole run.</param>
/// <param name="Fraction">Part of the schedule that is done, from 0 to 1.</param>
/// <param name="SecondsLeft">
/// Estimated seconds until the run ends, while it runs: those of <c>live.json</c>, or the time that its steps took so far, for the rest.
/// </param>
/// <param name="Score">Mean return of the last evaluation.</param>
/// <param name="ScoreStep">Updates of the weights that earned it.</param>
/// <param name="Return">Return of the last episode that the agent collected.</param>
/// <param name="ReturnStep">Updates when it was logged.</param>
/// <param name="Restarts">Restarts of roles, from the metrics.</param>
/// <param name="DeadLetters">Dead letters, from the metrics.</param>
/// <param name="Lines">Lines of metrics that were read.</param>
/// <param name="Unread">Part of the metrics that is not read yet, from 0 to 1.</param>
/// <param name="Changed">When the metrics were last written.</param>
/// <param name="Live">When <c>live.json</c> was last written.</param>
public sealed record RunSummary(
    string Id,
    string Name,
    string Experiment,
    string Task,
    string Hash,
    string Seed,
    RunStatus Status,
    string Reason,
    long Updates,
    int Episodes,
    int EpisodesPlanned,
    double? Fraction,
    double? SecondsLeft,
    double? Score,
    long? ScoreStep,
    double? Return,
    long? ReturnStep,
    double? Restarts,
    double? DeadLetters,
    long Lines,
    double Unread,
    DateTimeOffset? Changed,
    DateTimeOffset? Live);
