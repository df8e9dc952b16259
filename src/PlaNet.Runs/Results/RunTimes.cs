using PlaNet.Runs.Checkpoints;
using PlaNet.Telemetry;

namespace PlaNet.Runs.Results;

/// <summary>The time of one kind of work in a run.</summary>
/// <param name="Role">The role that does it.</param>
/// <param name="Work">The work.</param>
/// <param name="Count">How often it was done.</param>
/// <param name="Seconds">Wall-clock seconds of all of it.</param>
public sealed record WorkTime(string Role, string Work, int Count, double Seconds);

/// <summary>Where the time of a run went, from its <c>metrics.jsonl</c>.</summary>
/// <param name="Works">Each kind of work. When overlapped, roles work at the same time.</param>
/// <param name="Seconds">Wall-clock seconds of the run up to its newest checkpoint, summed over its processes.</param>
public sealed record RunTimes(IReadOnlyList<WorkTime> Works, double Seconds)
{
    private static readonly (string Role, string Work, string Tag)[] s_works =
    [
        ("learner", "updates", RunTags.UpdateSeconds),
        ("learner", "checkpoints", RunTags.CheckpointSeconds),
        ("collector", "episodes", RunTags.EpisodeSeconds),
        ("evaluator", "evaluations", RunTags.EvaluationSeconds),
    ];

    /// <summary>Reads the times of a run, which may continue meanwhile.</summary>
    /// <param name="folder">The run directory.</param>
    /// <exception cref="RunException">The run has no checkpoint.</exception>
    public static RunTimes Read(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var newest = new CheckpointStore(folder.Checkpoints, kept: 2).FindNewest((_, _) => { })
            ?? throw new RunException($"{folder.Path} has no intact checkpoint yet. Let 'planet train' collect its first episode.");
        var times = s_works.ToDictionary(work => work.Tag, _ => (Count: 0, Seconds: 0.0), StringComparer.Ordinal);
        foreach (var line in MetricsLog.Read(folder.MetricsFile))
        {
            foreach (var (_, _, tag) in s_works)
            {
                if (line.Values.TryGetValue(tag, out var seconds))
                {
                    times[tag] = (times[tag].Count + 1, times[tag].Seconds + seconds);
                }
            }
        }

        return new RunTimes(
            [.. s_works.Select(work => new WorkTime(work.Role, work.Work, times[work.Tag].Count, times[work.Tag].Seconds))],
            newest.State.Seconds);
    }
}
