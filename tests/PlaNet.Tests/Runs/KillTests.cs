using System.Globalization;
using PlaNet.Cli;
using PlaNet.Common;
using PlaNet.Runs;
using PlaNet.Runs.Faults;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>
/// Small runs through <c>planet train</c> whose process is killed repeatedly at points that a seeded generator chooses. They end like a
/// run that was never killed.
/// </summary>
public sealed class KillTests
{
    private const string KillsVariable = "PLANET_KILLS";
    private const int DefaultKills = 14;

    // Seen to fail where a checkpoint is loaded without the optimiser's state.
    [Fact]
    public async Task Property_47_a_process_killed_at_any_point_any_number_of_times_ends_like_one_that_was_never_killed()
    {
        var setting = Environment.GetEnvironmentVariable(KillsVariable) ?? DefaultKills.ToString(CultureInfo.InvariantCulture);
        var kills = int.Parse(setting, CultureInfo.InvariantCulture);
        var points = Points(new RandomStream(20190213)).Take(kills).ToArray();
        using var folder = new TemporaryFolder();
        string[] Train(string run) => ["train", .. SmallRun.Words, "--seed", "3", "--out", folder[run]];
        var (whole, _, error) = await PlanetProcess.Run(Train("whole"));
        Assert.True(whole == ExitCode.Success, error);
        var expected = SmallRun.Fingerprint(folder["whole"]);

        var (killed, run, starts) = (0, 0, 0);
        var fired = new List<Fault>();
        string[] kept = [];
        var begun = false;
        while (killed < kills || begun)
        {
            starts++;
            string[] fault = killed < kills ? [$"--fault={points[killed]}"] : [];
            var (code, output, failure) = await PlanetProcess.Run([.. Train($"run-{run}"), .. fault]);
            if (code == 128 + 9)
            {
                Assert.Contains($"injecting the fault {points[killed]}", output, StringComparison.Ordinal);
                fired.Add(points[killed]);
                killed++;
                begun = true;
                kept = CheckEpisodes(kept, folder[$"run-{run}"]);
                continue;
            }

            // The run ended before it reached the point: the next run gets the same point.
            Assert.True(code == ExitCode.Success, $"After {string.Join(", ", fired)}: {failure}");
            Assert.Equal(expected, SmallRun.Fingerprint(folder[$"run-{run}"]));
            CheckEpisodes(kept, folder[$"run-{run}"]);
            Assert.Empty(SmallRun.Unfinished(folder[$"run-{run}"]));
            Assert.Equal(Names(folder["whole"]), Names(folder[$"run-{run}"]));
            (begun, kept) = (false, []);
            run++;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{killed} kills in {run} runs and {starts} starts: {string.Join(", ", fired)}");
    }

    /// <summary>Each point once, then points at random.</summary>
    private static IEnumerable<Fault> Points(RandomStream random)
    {
        for (var i = 0; ; i++)
        {
            var point = FaultPoint.All[i < FaultPoint.All.Count ? i : random.NextInt32(FaultPoint.All.Count)];
            yield return new Fault(point, 1 + random.NextInt32(MaxVisit(point)), FaultAction.Kill);
        }
    }

    // About a third of the visits of a whole run, so that a run is killed a few times before it ends.
    private static int MaxVisit(FaultPoint point) => point.Name switch
    {
        "env.step" or "planner.decide" or "evaluator.step" => 16,
        "supervisor.step" => 12,
        "metrics.write" => 8,
        "learner.update" or "replay.sample" => 4,
        "replay.append" or "env.reset" or "collector.episode" or "evaluator.reset" or "checkpoint.write" => 2,
        _ => 1,
    };

    // Checks that no complete episode was lost. Returns the complete episodes now.
    private static string[] CheckEpisodes(IReadOnlyList<string> before, string run)
    {
        var folder = new RunFolder(run);
        string[] now =
        [
            .. new[] { folder.TrainEpisodes, folder.TestEpisodes }.Where(Directory.Exists)
                .SelectMany(episodes => Directory.GetFiles(episodes, "*.npz"))
                .Where(file => !Path.GetFileName(file).StartsWith('.')),
        ];
        Assert.Subset(now.ToHashSet(StringComparer.Ordinal), before.ToHashSet(StringComparer.Ordinal));
        return now;
    }

    // Without episodes, which are named after the time of their recording, and without faults.txt, which exists only after faults.
    private static IEnumerable<string> Names(string run)
    {
        return Directory.EnumerateFileSystemEntries(run, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(run, path))
            .Where(name => !name.EndsWith(".npz", StringComparison.Ordinal) && !string.Equals(name, "faults.txt", StringComparison.Ordinal))

            // Its name contains the time of the start.
            .Select(name => name.StartsWith("events.out.tfevents.", StringComparison.Ordinal) ? "event file" : name)
            .Order(StringComparer.Ordinal);
    }
}
