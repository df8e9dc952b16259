using PlaNet.Telemetry;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>Evaluations in the run's process leave no memory behind.</summary>
public sealed class EvaluationMemoryTests
{
    private const int SeedEpisodes = 2;

    [Fact]
    public async Task Resident_memory_is_level_from_the_third_evaluation_to_the_twelfth()
    {
        using var folder = new TemporaryFolder();
        string[] changes =
        [
            $"schedule.seed_episodes={SeedEpisodes}", "schedule.episodes=60", "schedule.collect_interval=1", "schedule.environments=2",
            "evaluation.every=2", "evaluation.episodes=6",
        ];
        var names = changes.Select(change => $"--set={change.Split('=')[0]}=").ToArray();
        using var planet = PlanetProcess.Start(
        [
            "train", "--out", folder["run"],
            .. SmallRun.Words.Where(word => !names.Any(name => word.StartsWith(name, StringComparison.Ordinal))),
            .. changes.Select(change => $"--set={change}"),
        ]);
        await Evaluated(3);
        var early = planet.ResidentMebibytes();
        await Evaluated(12);
        var late = planet.ResidentMebibytes();
        await planet.Terminate();
        await planet.End();
        Assert.True(late <= 1.2 * early, $"{early:F0} MiB after the third evaluation, {late:F0} MiB after the twelfth");

        // Two environments play at once, so there is an evaluation after every two episodes.
        Task Evaluated(int times) => planet.Logged(
            folder["run"],
            line => line.Values.ContainsKey(MetricTags.EvaluationReturn) && line.Values[MetricTags.Episodes] >= SeedEpisodes + (2 * times));
    }
}
