using PlaNet.Experiments;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>The shortest run in which every role has work. Disturbances must not change its result.</summary>
internal static class ShortRun
{
    private static readonly Lazy<IReadOnlyList<string>> s_undisturbed = new(() =>
    {
        using var folder = new TemporaryFolder();
        Assert.True(SmallRun.Run(folder["run"], experiment: Experiment).Complete);
        return SmallRun.Fingerprint(folder["run"]);
    });

    /// <summary>Its schedule: S T UUU C UU C E.</summary>
    public static Experiment Experiment { get; } = SmallRun.Experiment with
    {
        Schedule = SmallRun.Experiment.Schedule with { SeedEpisodes = 1, Episodes = 3, CollectInterval = 2 },
        Evaluation = SmallRun.Experiment.Evaluation with { Episodes = 1 },
    };

    /// <summary>Its <see cref="SmallRun.Fingerprint"/> without disturbances; computed once.</summary>
    public static IReadOnlyList<string> Undisturbed => s_undisturbed.Value;
}
