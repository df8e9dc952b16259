using PlaNet.Experiments;
using PlaNet.Telemetry;
using PlaNet.Telemetry.Comparisons;
using PlaNet.Telemetry.Dashboard;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry.Dashboard;

/// <summary>What the page shows of a folder of runs while they are written, rewritten, damaged or hostile.</summary>
public sealed class DashboardDataTests : IDisposable
{
    private static readonly Experiment s_experiment = new() { Name = "one" };

    private readonly TemporaryFolder _folder = new();
    private readonly SettableTime _time = new();
    private readonly DashboardData _data;

    public DashboardDataTests()
    {
        Directory.CreateDirectory(_folder["runs"]);
        _data = new DashboardData(_folder["runs"], _ => 1_000, _time);
    }

    [Fact]
    public void Runs_appear_with_their_state_progress_and_last_numbers_and_vanish()
    {
        Assert.Empty(Refresh().Runs);
        LoggedRun.Write(_folder["runs/one/3-x"], s_experiment, 3, 250);
        var run = Assert.Single(Refresh().Runs).Run;
        Assert.Equal(("one/3-x", "one", "3", RunStatus.Done), (run.Name, run.Experiment, run.Seed, run.Status));
        Assert.Equal((250, 7, 1.0), (run.Updates, run.Episodes, run.Fraction));
        Assert.Equal((LoggedRun.ScoreOf(200, 3), 200), (run.Score, run.ScoreStep));
        Assert.Matches("^[0-9a-f]{12}$", run.Id);
        Directory.Delete(_folder["runs/one/3-x"], recursive: true);
        Assert.Empty(Refresh().Runs);
    }

    [Fact]
    public void A_run_that_is_killed_and_resumes_shows_no_gap_and_no_double_point()
    {
        var path = _folder["runs/one/metrics.jsonl"];
        LoggedRun.Write(_folder["runs/one"], s_experiment, 0, 250, "RUNNING");
        var id = Assert.Single(Refresh().Runs).Run.Id;
        Assert.Equal(Enumerable.Range(1, 250).Select(step => (long)step), Steps(id));

        // Killed within a line; resumed from the checkpoint at 200.
        using (var log = new MetricsLog(path))
        {
            log.AppendTorn(251, [KeyValuePair.Create("objectives/total", 1.0)]);
        }

        Assert.Equal(250, Steps(id).Count);
        using (var log = new MetricsLog(path))
        {
            log.Keep(line => line.GetProperty("step").GetInt64() <= 200);
            Assert.Equal(Enumerable.Range(1, 200).Select(step => (long)step), Steps(id));
            LoggedRun.Append(log, 200, 300);
        }

        Assert.Equal(Enumerable.Range(1, 300).Select(step => (long)step), Steps(id));
        var curve = Assert.Single(Assert.Single(_data.Curves(CurveBand.Percentiles, [id])).Runs);
        Assert.Equal([100, 200, 300], curve.Points.Select(point => point.Step));
    }

    [Fact]
    public void Only_new_lines_are_read_and_changes_have_a_new_revision()
    {
        LoggedRun.Write(_folder["runs/one"], s_experiment, 0, 10, "RUNNING");
        var before = Assert.Single(Refresh().Runs);
        Assert.Equal(before, Assert.Single(Refresh().Runs));
        using var log = new MetricsLog(_folder["runs/one/metrics.jsonl"]);
        LoggedRun.Append(log, 10, 20);
        var after = Assert.Single(Refresh().Runs);
        Assert.True(after.Revision > before.Revision);
        Assert.Equal(20, after.Run.Lines);
    }

    // The page gets runs whose revision is new, and would not know a run without one.
    [Fact]
    public void A_run_without_metrics_has_a_new_revision_when_it_appears()
    {
        LoggedRun.Write(_folder["runs/one"], s_experiment, 0, 10);
        var newest = Assert.Single(Refresh().Runs).Revision;
        LoggedRun.Write(_folder["runs/two"], s_experiment, 1, 0);
        File.Delete(_folder["runs/two/metrics.jsonl"]);
        var runs = Refresh().Runs;
        Assert.Equal(2, runs.Count);
        Assert.True(runs[1].Revision > newest);
        Assert.Equal(0, runs[1].Run.Lines);
    }

    [Fact]
    public void Damaged_runs_are_noted_and_hide_no_other()
    {
        LoggedRun.Write(_folder["runs/good"], s_experiment, 0, 10);
        foreach (var (name, content) in new[]
        {
            ("empty", ""), ("torn", "{\"experiment\":{\"na"), ("list", "[]"), ("foreign", "{\"a\":1}"),
        })
        {
            Directory.CreateDirectory(_folder[$"runs/{name}"]);
            File.WriteAllText(_folder[$"runs/{name}/experiment.json"], content);
        }

        LoggedRun.Write(_folder["runs/noise"], s_experiment, 1, 10);
        File.WriteAllBytes(_folder["runs/noise/metrics.jsonl"], [0xff, 0x00, .. "\n{\"step\":\n\n{\"step\":4,\"a\":2}\n"u8]);
        var snapshot = Refresh();
        Assert.Equal(["good", "noise"], snapshot.Runs.Select(run => run.Run.Name));
        Assert.Equal(4, snapshot.Notes.Count);
        Assert.All(snapshot.Notes, note => Assert.Contains("skipped", note, StringComparison.Ordinal));
        Assert.Equal(4, snapshot.Runs[1].Run.Updates);
    }

    [Fact]
    public void A_video_in_two_formats_is_listed_once()
    {
        LoggedRun.Write(_folder["runs/one"], s_experiment, 0, 10);
        foreach (var name in new[] { "prediction-5.gif", "prediction-5.mp4", "prediction-5.png", "other-6.mp4" })
        {
            File.WriteAllText(_folder[$"runs/one/videos/{name}"], "film");
        }

        var id = Assert.Single(Refresh().Runs).Run.Id;
        Assert.Equal(["other-6.mp4", "prediction-5.gif", "prediction-5.png"], _data.Files(id).Select(file => file.Name));
    }

    [Fact]
    public void Links_and_names_that_lead_elsewhere_are_refused()
    {
        LoggedRun.Write(_folder["runs/one"], s_experiment, 0, 10);
        File.WriteAllText(_folder["secret.gif"], "secret");
        File.WriteAllText(_folder["runs/one/videos/evaluation-5.gif"], "film");
        File.CreateSymbolicLink(_folder["runs/one/videos/evaluation-6.gif"], _folder["secret.gif"]);
        File.CreateSymbolicLink(_folder["runs/one/run.log"], _folder["secret.gif"]);
        var id = Assert.Single(Refresh().Runs).Run.Id;
        Assert.Equal(["evaluation-5.gif"], _data.Files(id).Select(file => file.Name));
        Assert.NotNull(_data.FilePath(id, "evaluation-5.gif"));
        Assert.Null(_data.Log(id));
        foreach (var name in new[]
        {
            "evaluation-6.gif", "../experiment.json", "..", ".", "", "../../../secret.gif", "..\\experiment.json", "/etc/passwd",
            "%2e%2e/experiment.json", "evaluation-5.gif\0", "./evaluation-5.gif",
        })
        {
            Assert.Null(_data.FilePath(id, name));
        }

        // A folder of videos that is a link, a run that is a link, and a run whose metrics are a link.
        Directory.Delete(_folder["runs/one/videos"], recursive: true);
        Directory.CreateDirectory(_folder["films"]);
        File.WriteAllText(_folder["films/evaluation-7.gif"], "film");
        Directory.CreateSymbolicLink(_folder["runs/one/videos"], _folder["films"]);
        Assert.Empty(_data.Files(id));
        LoggedRun.Write(_folder["outside"], s_experiment, 1, 10);
        Directory.CreateSymbolicLink(_folder["runs/linked"], _folder["outside"]);
        LoggedRun.Write(_folder["runs/metrics"], s_experiment, 2, 10);
        File.Delete(_folder["runs/metrics/metrics.jsonl"]);
        File.CreateSymbolicLink(_folder["runs/metrics/metrics.jsonl"], _folder["outside/metrics.jsonl"]);
        var snapshot = Refresh();
        Assert.Equal(["one"], snapshot.Runs.Select(run => run.Run.Name));
        Assert.Equal(2, snapshot.Notes.Count);
    }

    [Fact]
    public void Curves_are_grouped_by_experiment_with_bands_over_their_seeds()
    {
        LoggedRun.Write(_folder["runs/a"], s_experiment, 0, 200);
        LoggedRun.Write(_folder["runs/b"], s_experiment, 1, 200);
        LoggedRun.Write(_folder["runs/c"], s_experiment with { Name = "two", Planner = new PlannerOptions { Elites = 7 } }, 0, 100);
        var ids = Refresh().Runs.Select(run => run.Run.Id).ToArray();
        var groups = _data.Curves(CurveBand.Percentiles, ids);
        Assert.Equal(["one", "two"], groups.Select(group => group.Experiment));
        Assert.Equal([6, 7], groups[0].Points.Select(point => point.Position));
        Assert.Equal(2, groups[0].Points[1].Seeds);
        Assert.Equal((LoggedRun.ScoreOf(200, 0) + LoggedRun.ScoreOf(200, 1)) / 2, groups[0].Points[1].Middle, 1e-9);
        Assert.Single(_data.Curves(CurveBand.Percentiles, ids[..1])[0].Runs);
        var bootstrap = _data.Curves(CurveBand.Bootstrap, ids);
        Assert.InRange(bootstrap[0].Points[1].Low!.Value, LoggedRun.ScoreOf(200, 0), LoggedRun.ScoreOf(200, 1));
        Assert.Null(bootstrap[1].Points[0].Low);
    }

    [Fact]
    public void The_record_and_the_difference_of_two_runs_are_those_of_their_experiments()
    {
        LoggedRun.Write(_folder["runs/a"], s_experiment, 0, 1);
        LoggedRun.Write(_folder["runs/b"], s_experiment with { Planner = new PlannerOptions { Elites = 7 } }, 0, 1);
        var ids = Refresh().Runs.Select(run => run.Run.Id).ToArray();
        Assert.Equal(
            new OptionDifference("planner.elites", $"{new PlannerOptions().Elites}", "7"),
            Assert.Single(_data.Difference(ids[0], ids[1])!));
        Assert.Empty(_data.Difference(ids[0], ids[0])!);
        Assert.Null(_data.Difference(ids[0], "unknown"));
        var record = _data.Record(ids[1])!;
        Assert.Equal(
            new OptionData("planner.elites", "7", $"{new PlannerOptions().Elites}"),
            Assert.Single(record.Options, option => option.Path == "planner.elites"));
        Assert.Equal("PlaNet <b>0.1.0</b>", record.StartedWith["program"]);
        Assert.Null(_data.Record("unknown"));
    }

    // 20 runs of 10,000 lines here; docs/dashboard.md has the figures for 200 of 100,000.
    [Fact]
    public void Many_long_runs_are_read_in_turns_until_all_are_there()
    {
        for (var i = 0; i < 20; i++)
        {
            LoggedRun.Write(_folder[$"runs/{i:00}"], s_experiment, (ulong)i, 10_000);
        }

        RunsSnapshot snapshot;
        var refreshes = 0;
        do
        {
            snapshot = Refresh();
            Assert.Equal(20, snapshot.Runs.Count);
        }
        while (snapshot.Behind > 0 && ++refreshes < 1_000);
        Assert.All(snapshot.Runs, run => Assert.Equal(10_100, run.Run.Lines));
        var series = _data.Series("objectives/total", [.. snapshot.Runs.Select(run => run.Run.Id)], 100);
        Assert.Equal(20, series.Count);
        Assert.All(series, one => Assert.InRange(one.Steps.Count, 50, 101));
        Assert.All(series, one => Assert.Equal(10_000, one.Count));
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<long> Steps(string id)
    {
        Refresh();
        return Assert.Single(_data.Series("objectives/total", [id], 2_000)).Steps;
    }

    private RunsSnapshot Refresh()
    {
        _time.Now += TimeSpan.FromSeconds(3);
        return _data.Refresh();
    }
}
