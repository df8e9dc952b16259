using PlaNet.Catalog;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Experiments.Grids;

public sealed class GridTests
{
    private static readonly Experiment s_start = new() { Name = "start", Description = "The start of the axes" };

    private static readonly Axis s_depth =
        Axis.Of("depth", [8, 16], (experiment, value) => experiment with { Model = experiment.Model with { Depth = value } });

    private static readonly Axis s_nats =
        Axis.Of(
            "free_nats",
            [0.5, 3],
            (experiment, value) => experiment with { Objective = experiment.Objective with { FreeNats = value } });

    [Fact]
    public void Axes_cross_into_one_experiment_for_every_combination()
    {
        var crossed = Axes.Cross(s_start, s_depth, s_nats);
        Assert.Equal(
            ["start_depth_8_free_nats_0p5", "start_depth_8_free_nats_3", "start_depth_16_free_nats_0p5", "start_depth_16_free_nats_3"],
            crossed.Select(experiment => experiment.Name));
        Assert.Equal(
            [(8, 0.5), (8, 3.0), (16, 0.5), (16, 3.0)],
            crossed.Select(experiment => (experiment.Model.Depth, experiment.Objective.FreeNats)));
        Assert.Equal([s_start], Axes.Cross(s_start));
        Assert.Equal(4, Axes.OneAtATime(s_start, s_depth, s_nats).Count);
    }

    [Fact]
    public void A_grid_lists_every_experiment_before_the_next_seed()
    {
        var grid = Grid.Of("G", "", Axes.Cross(s_start, s_depth), seeds: 2);
        Assert.Equal(
            [("start_depth_8", 0ul), ("start_depth_16", 0ul), ("start_depth_8", 1ul), ("start_depth_16", 1ul)],
            grid.Cells.Select(cell => (cell.Experiment.Name, cell.Seed)));
        Assert.Equal(2, grid.WithSeeds(1).Cells.Count);
        Assert.Equal(grid.Cells, grid.WithSeeds(1).WithSeeds(2).Cells);
        Assert.Equal($"start_depth_8/0-{ExperimentHash.Of(grid.Cells[0].Experiment)}", grid.Cells[0].Name);
    }

    [Fact]
    public void Overrides_apply_to_every_cell_and_change_the_names_of_the_runs()
    {
        var grid = Grid.Of("G", "", Axes.Cross(s_start, s_depth), seeds: 2);
        var changed = grid.With(["planner.horizon=6", "model.belief_size=30"]);
        Assert.All(changed.Cells, cell => Assert.Equal((6, 30), (cell.Experiment.Planner.Horizon, cell.Experiment.Model.BeliefSize)));
        Assert.Empty(changed.Cells.Select(cell => cell.Name).Intersect(grid.Cells.Select(cell => cell.Name)));
        Assert.Contains("did you mean model.depth?", Assert.Throws<ExperimentException>(() => grid.With(["model.deth=1"])).Message);
    }

    [Fact]
    public void A_grid_without_cells_or_with_a_repeated_name_or_an_invalid_experiment_is_refused()
    {
        Assert.Contains("no cell", Refusal(new Grid("G", "", [])));
        Assert.Contains("start twice", Refusal(Grid.Of("G", "", [s_start, s_start with { Model = s_start.Model with { Depth = 8 } }], 1)));
        Assert.Contains("/0-", Refusal(new Grid("G", "", [new GridCell(s_start, 0), new GridCell(s_start, 0)])));
        Assert.Contains(
            "start of the grid G: planner.elites",
            Refusal(Grid.Of("G", "", [s_start with { Planner = s_start.Planner with { Elites = 5000 } }], 1)));
    }

    [Fact]
    public void The_papers_grids_exist_in_both_sizes_and_are_valid()
    {
        string[] names = ["MainTable", "ModelDesigns", "AgentDesigns", "PlannerSettings"];
        Assert.All(
            names.SelectMany(name => new[] { name, name + "Cpu" }),
            name => Assert.Single(GridCatalog.All, grid => grid.Name == name));
        Assert.All(GridCatalog.All, grid => grid.Require());
        Assert.Equal(5 * Suite.Tasks.Count, GridCatalog.All.Single(grid => grid.Name == "MainTable").Cells.Count);

        // A name must mean the same experiment everywhere, so that grids share their runs.
        var named = GridCatalog.All
            .SelectMany(grid => grid.Experiments)
            .Concat(ExperimentCatalog.All)
            .GroupBy(experiment => experiment.Name);
        Assert.All(named, same => Assert.Single(same.Select(ExperimentHash.Of).Distinct()));
    }

    [Fact]
    public void The_work_of_a_run_equals_the_counts_of_its_schedule()
    {
        var experiment = SmallRun.Experiment;
        var work = RunWork.Of(experiment);

        // The schedule is SS T UUUU C UUU C E UUU C E: seed and test episodes, updates, collection, evaluation; 8 decisions per episode.
        Assert.Equal((10, (3 * 8) + (2 * 2 * 8), (6 * 9) + (2 * 2 * 8)), (work.Updates, work.Decisions, work.Steps));
        Assert.Equal(new PlaNet.Runs.Schedule.RunSchedule(experiment).Updates, work.Updates);
        Assert.Equal(5 + 1 + 10 + 2, new PlaNet.Runs.Schedule.RunSchedule(experiment).Steps);

        // Frames compressed to half their size, two videos and their copies for TensorBoard, one line per update in both logs, and two
        // checkpoints of parameters and Adam's moments.
        Assert.Equal(
            (54 * 64 * 64 * 3 / 2) + (2 * 2 * 2.5e6) + (10 * 2 * 600) + (2 * 3 * 4 * 1000),
            work.DiskBytes(parameters: 1000, checkpointsKept: 2));
    }

    private static string Refusal(Grid grid) => Assert.Throws<ExperimentException>(grid.Require).Message;
}
