using System.Xml.Linq;
using PlaNet.Catalog;
using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Telemetry;
using PlaNet.Telemetry.Comparisons;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry.Comparisons;

public sealed class ComparisonReportTests
{
    private static readonly Experiment Quickstart = CpuSized.Quickstart;
    private static readonly ComparisonOptions Few = new() { Replicates = 500 };

    [Fact]
    public void The_statistics_of_a_group_equal_those_computed_by_hand()
    {
        using var folder = new TemporaryFolder();
        double[] scores = [100, 200, 300, 400, 1000];
        for (var seed = 0; seed < scores.Length; seed++)
        {
            EvaluatedRun.Write(folder, Quickstart, (ulong)seed, "DONE", (40, 50), (75, scores[seed]));
        }

        var report = ComparisonReport.Of([folder["runs"]], Few);
        var row = Assert.Single(report.Rows);
        var score = row.Score!;
        Assert.Equal((75, 10), (score.Position, score.EvaluationEpisodes));
        Assert.Equal([0ul, 1, 2, 3, 4], score.Seeds);
        Assert.Equal(400, score.Mean, 9);
        Assert.Equal(300, score.Median, 9);
        Assert.Equal(300, score.InterquartileMean, 9); // Of five, one is left out at each end: 200, 300, 400.

        // Percentiles 2.5 and 97.5 of the interquartile means of all 5^5 ways to draw five of the five.
        Assert.Equal(400 / 3.0, score.Interval!.Low, 9);
        Assert.Equal(800, score.Interval.High, 9);
        Assert.Equal(
            [
                "cartpole_swingup", "quickstart", ExperimentHash.Of(Quickstart), "5 done", "75", "5 of 5", "10", "400.0", "300.0", "300.0"
            ],
            row.Cells().Take(10));
        Assert.Empty(report.Notes);
    }

    [Fact]
    public void A_curve_pools_the_evaluation_episodes_of_all_seeds()
    {
        using var folder = new TemporaryFolder();
        EvaluatedRun.Write(folder, Quickstart, 0, "DONE", (40, 100), (75, 200));
        EvaluatedRun.Write(folder, Quickstart, 1, "DONE", (40, 300), (75, 400));
        var curve = Assert.Single(ComparisonReport.Of([folder.Path], Few).Groups).Curve();
        Assert.Equal([40, 75], curve.Select(point => point.Position));

        // 90, 110, 270, 330: the median is half-way between the middle two, percentiles are interpolated between ranks.
        Assert.Equal(190, curve[0].Median, 9);
        Assert.Equal(200, curve[0].Mean, 9);
        Assert.Equal(93, curve[0].Low, 9);
        Assert.Equal(321, curve[0].High, 9);
        Assert.Equal((2, 4, 4000L), (curve[0].Seeds, curve[0].EvaluationEpisodes, curve[0].Updates));
    }

    [Fact]
    public void Failed_missing_stopped_and_unscored_runs_are_shown_and_none_is_averaged_away()
    {
        using var folder = new TemporaryFolder();
        EvaluatedRun.Write(folder, Quickstart, 0, "DONE", (40, 100), (75, 300));
        EvaluatedRun.Write(folder, Quickstart, 1, "FAILED: the loss is not finite | <NaN>", (40, 200));
        EvaluatedRun.Write(folder, Quickstart, 2, "RUNNING");
        EvaluatedRun.Write(folder, Quickstart, 4, "INTERRUPTED", (40, 600));
        var report = ComparisonReport.Of([folder.Path], Few with { Seeds = 6 });
        var group = Assert.Single(report.Groups);
        Assert.Equal([3ul, 5], group.Missing);
        Assert.Equal(2, report.Rows.Count);
        Assert.Equal("1 done, 1 stopped, 1 interrupted, 1 failed, 2 missing", report.Rows[0].StatusCounts());
        Assert.Equal((40, 300.0), (report.Rows[0].Score!.Position, report.Rows[0].Score!.Mean));
        Assert.Equal([0ul, 1, 4], report.Rows[0].Score!.Seeds);
        Assert.Equal((75, 300.0), (report.Rows[1].Score!.Position, report.Rows[1].Score!.Mean));
        Assert.Equal([0ul], report.Rows[1].Score!.Seeds);
        Assert.Null(report.Rows[1].Score!.Interval);
        var remarks = report.Rows[0].Remarks().ToArray();
        Assert.Contains("seed 1 failed after 40 episodes: the loss is not finite | <NaN>", remarks);
        Assert.Contains(
            "seed 2 stopped after 0 episodes: its state says RUNNING, but no process of this machine holds it; it has no evaluation and no score",
            remarks);
        Assert.Contains("missing: seeds 3, 5", remarks);
        Assert.Contains(
            remarks,
            remark => remark.Contains("(seed 0 at 75, seed 1 at 40, seed 4 at 40): scored after 40", StringComparison.Ordinal));

        var page = ComparisonPage.Write(report);
        Assert.Contains("the loss is not finite | &lt;NaN&gt;", page);
        Assert.Contains("<span class=\"bad\">2 missing</span>", page);
        Assert.Contains("stroke-dasharray", page);
        Assert.Contains("""the loss is not finite \| \<NaN>""", ComparisonMarkdown.Write(report));
    }

    [Fact]
    public void A_run_that_a_process_holds_is_running()
    {
        using var folder = new TemporaryFolder();
        var path = EvaluatedRun.Write(folder, Quickstart, 0, "RUNNING", (40, 100));
        using (RunDirectory.Open(path, Quickstart, 0, new Dictionary<string, string>()))
        {
            Assert.Equal(RunStatus.Running, RunReader.Read(path).Status);
        }

        Assert.Equal(RunStatus.Stopped, RunReader.Read(path).Status);
    }

    [Fact]
    public void Runs_of_different_hashes_are_never_mixed()
    {
        using var folder = new TemporaryFolder();
        var other = Quickstart with { Planner = Quickstart.Planner with { Elites = 9 } };
        EvaluatedRun.Write(folder, Quickstart, 0, "DONE", (75, 100));
        EvaluatedRun.Write(folder, other, 1, "DONE", (75, 300));
        EvaluatedRun.Write(folder, Quickstart with { Name = "renamed" }, 2, "DONE", (75, 500));
        var report = ComparisonReport.Of([folder.Path], Few);
        Assert.Equal(3, report.Groups.Count);
        Assert.All(report.Groups, group => Assert.Single(group.Runs));
        Assert.Equal(
            new[]
            {
                ("quickstart", ExperimentHash.Of(Quickstart)),
                ("quickstart", ExperimentHash.Of(other)),
                ("renamed", ExperimentHash.Of(Quickstart))
            }.Order(),
            report.Rows.Select(row => (row.Cells()[1], row.Cells()[2])).Order());
    }

    [Fact]
    public void An_experiment_that_was_edited_is_kept_apart_from_the_one_whose_hash_it_carries()
    {
        using var folder = new TemporaryFolder();
        EvaluatedRun.Write(folder, Quickstart, 0, "DONE", (75, 100));
        var edited = Path.Combine(EvaluatedRun.Write(folder, Quickstart, 1, "DONE", (75, 300)), "experiment.json");
        var elites = $"\"elites\":{Quickstart.Planner.Elites}";
        File.WriteAllText(edited, File.ReadAllText(edited).Replace(elites, "\"elites\":9", StringComparison.Ordinal));
        var report = ComparisonReport.Of([folder.Path], Few);
        Assert.Equal(2, report.Groups.Count);
        Assert.Contains("kept apart", Assert.Single(report.Notes));
    }

    [Fact]
    public void A_torn_last_line_is_skipped()
    {
        using var folder = new TemporaryFolder();
        var path = EvaluatedRun.Write(folder, Quickstart, 0, "RUNNING", (40, 100));
        File.AppendAllText(Path.Combine(path, "metrics.jsonl"), """{"step":7500,"dataset/episodes":75,"trainer/test/sco""");
        var run = RunReader.Read(path);
        Assert.Equal([(40, 100.0)], run.Evaluations.Select(evaluation => (evaluation.Position, Math.Round(evaluation.Score, 9))));
    }

    [Fact]
    public void Folders_that_are_not_runs_are_noted_and_a_missing_folder_is_an_error()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no run found", Assert.Single(RunCollection.Find([folder.Path]).Notes));
        Assert.Contains(
            "give a folder of runs", Assert.Throws<DirectoryNotFoundException>(() => RunCollection.Find([folder["none"]])).Message);

        EvaluatedRun.Write(folder, Quickstart, 0, "DONE", (75, 100));
        Directory.CreateDirectory(folder["runs/notes/deep"]);
        foreach (var (name, content) in new[]
        {
            ("torn", "{\"experiment\":"),
            ("foreign", "{}"),
            ("list", "[1]"),
            ("unknown", """{"experiment":{"colour":1},"seed":1}"""),
            ("seedless", """{"experiment":{},"seed":"one"}""")
        })
        {
            Directory.CreateDirectory(folder[name]);
            File.WriteAllText(folder[$"{name}/experiment.json"], content);
        }

        Directory.CreateSymbolicLink(folder["runs/circle"], folder.Path);
        var found = RunCollection.Find([folder.Path, folder["runs"]]);
        Assert.Single(found.Runs);
        Assert.Equal(7, found.Notes.Count);
        Assert.Equal(
            5,
            found.Notes.Count(note =>
                note.Contains("skipped", StringComparison.Ordinal) && note.Contains("experiment.json", StringComparison.Ordinal)));
        Assert.Contains(found.Notes, note => note.StartsWith(folder["runs/notes"] + ": no run found", StringComparison.Ordinal));
        Assert.Contains(found.Notes, note => note.StartsWith(folder["runs/circle"] + ": a link", StringComparison.Ordinal));
        Assert.All(
            found.Notes,
            note => Assert.Contains(
                note, ComparisonMarkdown.Write(ComparisonReport.Of(found, Few)).Replace("\\", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_same_seed_twice_counts_once_and_the_furthest_copy_is_taken()
    {
        using var folder = new TemporaryFolder();
        var first = EvaluatedRun.Write(folder, Quickstart, 0, "DONE", (40, 100));
        Directory.Move(folder["runs"], folder["copy"]);
        EvaluatedRun.Write(folder, Quickstart, 0, "DONE", (40, 100), (75, 200));
        var report = ComparisonReport.Of([folder.Path], Few);
        Assert.Equal(75, Assert.Single(Assert.Single(report.Groups).Runs).LastPosition);
        Assert.Contains("counted instead", Assert.Single(report.Notes));
        Assert.StartsWith(first.Replace("/runs/", "/copy/", StringComparison.Ordinal), report.Notes[0]);
    }

    [Theory]
    [InlineData(new ulong[] { 0, 1, 3 }, new ulong[] { 2 })]
    [InlineData(new ulong[] { 1, 2 }, new ulong[0])]
    [InlineData(new ulong[] { 7, 1000 }, new ulong[0])]
    [InlineData(new ulong[] { ulong.MaxValue, 0 }, new ulong[0])]
    public void A_gap_between_seeds_is_a_missing_run_unless_seeds_were_chosen_freely(ulong[] seeds, ulong[] missing)
    {
        using var folder = new TemporaryFolder();
        foreach (var seed in seeds)
        {
            EvaluatedRun.Write(folder, Quickstart, seed, "DONE", (75, 100));
        }

        Assert.Equal(missing, Assert.Single(ComparisonReport.Of([folder.Path], Few).Groups).Missing);
    }

    [Fact]
    public void Planned_runs_that_never_began_are_missing_runs()
    {
        using var folder = new TemporaryFolder();
        EvaluatedRun.Write(folder, Quickstart, 1, "DONE", (75, 100));
        var plan = new[] { new PlannedRun(Quickstart, 0), new PlannedRun(Quickstart, 1), new PlannedRun(Paper.Planet, 0) };
        var report = ComparisonReport.Of([folder.Path], Few with { Planned = plan });
        Assert.Equal(["1 missing", "1 done, 1 missing"], report.Rows.Select(row => row.StatusCounts()));
        Assert.Equal("0 of 1", report.Rows[0].Cells()[5]);
        Assert.Contains("no data yet", ComparisonPage.Write(report));
    }

    [Fact]
    public void Updates_after_the_last_episode_extend_the_curve_by_the_positions_of_the_schedule()
    {
        var schedule = new ScheduleOptions { SeedEpisodes = 2, Episodes = 5, CollectInterval = 3, UpdatesAfterCollection = 9 };
        static int[] Positions(Experiment experiment, params (int Episodes, long Updates)[] logged) =>
        [
            .. EvaluationReader.Read(
                logged.Select(each => new MetricsLine(
                    each.Updates,
                    new Dictionary<string, double> { [MetricTags.Episodes] = each.Episodes, [MetricTags.EvaluationReturn] = 1 })),
                experiment).Select(evaluation => evaluation.Position),
        ];
        var experiment = Quickstart with { Schedule = schedule };
        Assert.Equal([3, 5, 7, 8], Positions(experiment, (3, 4), (5, 10), (5, 16), (5, 19)));

        // Two tasks have twice the episodes; both are collected together after two intervals, or after one with dense.
        var both = experiment with { Task = experiment.Task with { Others = "walker_walk" } };
        Assert.Equal([6, 8, 10, 12], Positions(both, (6, 7), (8, 13), (10, 19), (10, 25)));
        var dense = both with { Schedule = schedule with { MultiCollect = MultiCollect.Dense } };
        Assert.Equal([6, 10, 12, 16], Positions(dense, (6, 4), (10, 10), (10, 13), (10, 19)));
    }

    [Fact]
    public void An_evaluation_that_is_not_finite_gives_no_score_and_is_reported()
    {
        using var folder = new TemporaryFolder();
        EvaluatedRun.Write(folder, Quickstart, 0, "DONE", (40, 100), (75, double.NaN));
        var row = Assert.Single(ComparisonReport.Of([folder.Path], Few).Rows);
        Assert.Equal((40, 100.0), (row.Score!.Position, row.Score.Mean));
        Assert.Contains("seed 0 has 1 evaluation(s) with a return that is not finite: they are left out", row.Remarks());
    }

    [Fact]
    public void A_variant_is_summed_up_over_its_tasks_only_when_each_has_one_score()
    {
        using var folder = new TemporaryFolder();
        var (walker, cheetah) = (ExperimentCatalog.Find("cpu_planet_walker_walk"), ExperimentCatalog.Find("cpu_planet_cheetah_run"));
        EvaluatedRun.Write(folder, walker, 0, "DONE", (75, 100));
        EvaluatedRun.Write(folder, walker, 1, "DONE", (75, 200));
        EvaluatedRun.Write(folder, Quickstart, 0, "DONE", (75, 900));
        Assert.Empty(ComparisonReport.Of([folder.Path], Few).VariantScores);

        var planned = Few with { Planned = [new PlannedRun(cheetah, 0)] };
        var waiting = Assert.Single(ComparisonReport.Of([folder.Path], planned).VariantScores);
        Assert.Equal(("cpu_planet", "cheetah_run has no score"), (waiting.Variant, waiting.Obstacle));
        Assert.Equal(["2 of 3", "-", "-", "-", "-"], waiting.Cells().TakeLast(5));

        // Every bootstrap draw from a single seed is the same, so an interval would be too narrow.
        EvaluatedRun.Write(folder, cheetah, 0, "DONE", (75, 300));
        var single = Assert.Single(ComparisonReport.Of([folder.Path], planned).VariantScores);
        Assert.Null(single.Interval);
        Assert.Equal(["200.0", "200.0", "200.0", "a task with one seed: none"], single.Cells().TakeLast(4));

        EvaluatedRun.Write(folder, cheetah, 1, "DONE", (75, 500));
        var report = ComparisonReport.Of([folder.Path], planned);
        var score = Assert.Single(report.VariantScores);
        Assert.Equal((275, 250, 250), (Math.Round(score.Mean, 9), Math.Round(score.Median, 9), Math.Round(score.InterquartileMean, 9)));

        // The middle two of a draw are walker's larger and cheetah's smaller score: at the lowest 100 and 300, at the highest 200 and 500.
        Assert.Equal((200, 350), (Math.Round(score.Interval!.Low, 9), Math.Round(score.Interval.High, 9)));
        Assert.Contains("<h2>Over tasks</h2>", ComparisonPage.Write(report));
        Assert.Contains("2: cheetah_run, walker_walk", ComparisonMarkdown.Write(report));

        EvaluatedRun.Write(folder, walker with { Planner = walker.Planner with { Elites = 9 } }, 0, "DONE", (75, 900));
        Assert.Equal("walker_walk has 2 hashes", Assert.Single(ComparisonReport.Of([folder.Path], planned).VariantScores).Obstacle);
    }

    [Fact]
    public void The_files_are_self_contained_and_the_tables_are_read_back()
    {
        using var folder = new TemporaryFolder();
        EvaluatedRun.Write(folder, Quickstart, 0, "DONE", (40, 100), (75, 1.0 / 3));
        EvaluatedRun.Write(folder, Quickstart, 1, "FAILED: a \"quoted\" reason, with a comma", (40, 200));
        var written = ComparisonReport.Write([folder["runs"]], folder["runs/report"], Few);
        Assert.Equal(
            ["curves.csv", "report.csv", "report.html", "report.md"],
            Directory.GetFiles(folder["runs/report"]).Select(Path.GetFileName).Order());

        var page = File.ReadAllText(folder["runs/report/report.html"]);
        Assert.DoesNotContain("http", page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal));
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("src=", page);
        Assert.DoesNotContain("href=", page);
        Assert.DoesNotContain("url(", page);
        Assert.Contains("prefers-color-scheme:dark", page);
        Assert.NotEmpty(XElement.Parse(ComparisonPage.ChartOf(written.Groups[0]).ToSvg()).Elements());

        var table = CsvTable.Read(File.ReadAllText(folder["runs/report/report.csv"]));
        Assert.Equal(2, table.Count);
        Assert.All(table, row => Assert.Equal(table[0].Count, row.Count));
        Assert.Equal(ExperimentHash.Of(Quickstart), CsvTable.Field(table, 0, "hash"));
        Assert.Equal(("1", "1"), (CsvTable.Field(table, 0, "done"), CsvTable.Field(table, 0, "failed")));
        Assert.Equal((40, 150.0), (CsvTable.Number(table, 0, "after_episodes"), CsvTable.Number(table, 0, "mean")));
        Assert.Equal(written.Rows[1].Score!.Mean, CsvTable.Number(table, 0, "furthest_mean"));
        Assert.Contains("a \"quoted\" reason, with a comma", CsvTable.Field(table, 0, "remarks"));
        Assert.Equal("orientation", CsvTable.Field(table, 0, "paper_comparable"));

        var curves = CsvTable.Read(File.ReadAllText(folder["runs/report/curves.csv"]));
        Assert.Equal(3, curves.Count);
        Assert.Equal(
            (40, 40_000, 2),
            (
                CsvTable.Number(curves, 0, "after_episodes"),
                CsvTable.Number(curves, 0, "environment_steps"),
                CsvTable.Number(curves, 0, "seeds")));
        Assert.Equal(1, CsvTable.Number(curves, 1, "seeds"));

        // The report's folder among the runs is not noted as a folder without runs.
        Assert.Empty(ComparisonReport.Of([folder["runs"]], Few).Notes);
    }
}
