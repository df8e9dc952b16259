using System.Text.RegularExpressions;
using PlaNet.Experiments;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Common;
using PlaNet.Tests.Telemetry.TensorBoard;

namespace PlaNet.Tests.Runs.Results;

/// <summary>docs/metrics.md lists every tag that runs write, and no other.</summary>
public sealed partial class GlossaryTests
{
    [Fact]
    public void Every_tag_that_runs_write_is_in_the_glossary_and_the_other_way_round()
    {
        using var folder = new TemporaryFolder();
        var every = SmallRun.NoBackoff with
        {
            Planet = SmallRun.NoBackoff.Planet with { Telemetry = new TelemetrySettings { HistogramUpdates = 1 } },
        };
        var ends = SmallRun.Experiment with
        {
            Task = SmallRun.Experiment.Task with
            {
                Name = "cartpole_survive",
                ActionRepeat = 2,
                ImageSize = 32,
                Observations = ObservationKind.ImageAndState,
            },
            Replay = SmallRun.Experiment.Replay with { ChunkLength = 8 },
        };
        SmallRun.Run(folder["ends"], experiment: ends, settings: every);
        SmallRun.Run(folder["terms"], experiment: SmallRun.EveryTerm, settings: every, faults: "learner.update@2=nan,env.step@9=crash");
        SmallRun.Run(folder["tasks"], experiment: SmallRun.ThreeTasks);

        SmallRun.Run(folder["changed"], experiment: ShortRun.Experiment);
        var changed = ShortRun.Experiment with { Planner = ShortRun.Experiment.Planner with { Iterations = 1 } };
        SmallRun.Run(folder["changed"], experiment: changed, allowChanges: true);
        var written = new[] { "ends", "terms", "tasks", "changed" }
            .SelectMany(run => EventFileParser.Read(EventFiles.Only(folder[run])))
            .SelectMany(parsed => parsed.Values.Select(value => value.Tag))
            .ToHashSet(StringComparer.Ordinal);
        Assert.True(written.Count > 40);

        var glossary = Glossary().ToArray();
        var forms = glossary
            .Select(tag => (tag, Form: new Regex($"^{Pattern(tag)}$", RegexOptions.None, TimeSpan.FromSeconds(1))))
            .ToArray();
        Assert.DoesNotContain(written, tag => !forms.Any(form => form.Form.IsMatch(tag)));

        // No small run has an episode that is shorter than its chunks.
        Assert.Equal(["replay/too_short"], forms.Where(form => !written.Any(form.Form.IsMatch)).Select(form => form.tag));
    }

    [Fact]
    public void Every_row_of_the_glossary_says_what_it_means_what_is_normal_and_what_to_do()
    {
        Assert.All(Rows(), row => Assert.All(row.Split('|')[1..^1], cell => Assert.False(string.IsNullOrWhiteSpace(cell), row)));
    }

    private static IEnumerable<string> Rows() =>
        File.ReadLines(Path.Combine(Repository.Root, "docs", "metrics.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal));

    private static IEnumerable<string> Glossary() =>
        Rows().SelectMany(row => Tag().Matches(row.Split('|')[1]).Select(tag => tag.Groups["tag"].Value));

    // N is the number of an episode, TASK the name of a task, and ROLE what an incident happened to.
    private static string Pattern(string tag) => Regex.Escape(tag)
        .Replace("TASK", "[a-z]+_[a-z_]+", StringComparison.Ordinal)
        .Replace("ROLE", @"(?!restarts|dead_letters|dropped_episodes)[a-z0-9./_-]+", StringComparison.Ordinal)
        .Replace("/N", "/[0-9]+", StringComparison.Ordinal);

    [GeneratedRegex("`(?<tag>[^`]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tag();
}
