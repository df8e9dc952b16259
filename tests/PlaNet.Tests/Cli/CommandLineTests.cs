using PlaNet.Catalog;
using PlaNet.Cli;
using PlaNet.Experiments;

namespace PlaNet.Tests.Cli;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Experiments_with_all_lists_each_experiment_on_its_own_line()
    {
        var (code, output, error) = await PlanetCommandLine.Run("experiments", "--all");
        Assert.Equal((ExitCode.Success, ""), (code, error));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ExperimentCatalog.All.Count, lines.Length);
        Assert.All(ExperimentCatalog.All.Zip(lines), pair =>
        {
            Assert.StartsWith(pair.First.Name + " ", pair.Second);
            Assert.EndsWith(pair.First.Description, pair.Second);
        });
    }

    [Fact]
    public async Task Experiments_lists_single_experiments_and_the_name_parts_of_the_others()
    {
        var (code, output, error) = await PlanetCommandLine.Run("experiments");
        Assert.Equal((ExitCode.Success, ""), (code, error));
        var lines = output.Split('\n');
        Assert.InRange(lines.Length, 1, 40);
        string[] names =
        [
            .. ExperimentCatalog.Single.Select(experiment => experiment.Name),
            .. ExperimentCatalog.Grids.SelectMany(grid => grid.Variants.Select(variant => variant.Name).Prepend(grid.Size)),
            .. Suite.Tasks.Select(task => task.Name),
        ];
        Assert.All(names, name => Assert.Contains(lines, line => line.StartsWith(name + " ", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.StartsWith("laptop_TASK", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Show_prints_the_canonical_json_and_the_costs()
    {
        var (code, output, error) = await PlanetCommandLine.Run("show", "--experiment", "planet");
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.StartsWith(ExperimentJson.Write(Paper.Planet) + "\n", output);
        Assert.Contains("5,292,220", output);
        Assert.Contains("--time measures", output);
        Assert.Contains(ExperimentHash.Of(Paper.Planet), output);
    }

    [Fact]
    public async Task Show_with_json_prints_an_experiment_that_can_be_read_back()
    {
        var (code, output, _) = await PlanetCommandLine.Run(
            "show", "--experiment", "quickstart", "--set", "model.depth=4", "--set=planner.elites=7", "--json");
        Assert.Equal(ExitCode.Success, code);
        var expected = CpuSized.Quickstart with
        {
            Model = CpuSized.Quickstart.Model with { Depth = 4 },
            Planner = CpuSized.Quickstart.Planner with { Elites = 7 },
        };
        Assert.Equal(expected, ExperimentJson.Read(output));
    }

    [Fact]
    public async Task The_action_repeats_of_further_tasks_are_written_out()
    {
        var (code, output, error) = await PlanetCommandLine.Run(
            "show", "--experiment", "planet", "--set", "task.others=finger_spin,cup_catch:6");
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Contains("\"others\": \"finger_spin:2,cup_catch:6\"", output);
        Assert.Contains("cartpole_swingup, finger_spin, cup_catch: 2 number(s) in an action", output);
    }

    [Theory]
    [InlineData("experiments")]
    [InlineData("show")]
    [InlineData("")]
    public async Task Help_is_given_for_the_command_and_each_verb(string verb)
    {
        var (code, output, error) = await PlanetCommandLine.Run([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Contains("Usage:", output);
        Assert.Contains($"planet {verb}".TrimEnd(), output);
    }

    [Theory]
    [InlineData("shwo", "did you mean show?")]
    [InlineData("", "name one of experiments, show")]
    [InlineData("show", "either --experiment NAME or --grid NAME")]
    [InlineData("show --experiment planet --grid Smoke", "either --experiment NAME or --grid NAME")]
    [InlineData("show --grid Smok", "did you mean Smoke?")]
    [InlineData("show --grid Smoke --seeds 0", "at least 1 seed")]
    [InlineData("show --grid Smoke --set model.deth=3", "did you mean model.depth?")]
    [InlineData("show --grid Smoke --set planner.elites=51", "smoke_cartpole_swingup of the grid Smoke")]
    [InlineData("grid --grid Smoke --workers 0", "--workers 0")]
    [InlineData("grid --grid Smoke --store postgres://me:secret@db/grids", "PGPASSWORD")]
    [InlineData("grids --experiments /nowhere/My.dll", "/nowhere/My.dll")]
    [InlineData("status --store /nowhere", "`planet grid` makes one")]
    [InlineData("train --experiment /nowhere/some.json", "there is no such file")]
    [InlineData("train --experiment quickstart --parts encoder", "give --init-from as well")]
    [InlineData("train --experiment quickstart --init-from /nowhere", "is not a run directory")]
    [InlineData("train --experiment quickstart --lease 0", "--lease 0")]
    [InlineData("show --experiment", "\"--experiment\"")]
    [InlineData("show --experimnt planet", "did you mean --experiment?")]
    [InlineData("show --experimnt=planet", "did you mean --experiment?")]
    [InlineData("show --experiment planet --verbos", "did you mean --verbose?")]
    [InlineData("show --experiment planet more", "\"more\"")]
    [InlineData("show --experiment quikstart", "did you mean quickstart?")]
    [InlineData("show --experiment planet --set model.dept=8", "did you mean model.depth?")]
    [InlineData("show --experiment planet --set model.depth=x", "a whole number")]
    [InlineData("show --experiment planet --set planner.elites=5000", "planner.candidates")]
    [InlineData("show --experiment paper_stochastic_walker_walk --set model.deterministic=reference", "model.transition=rssm")]
    [InlineData("show --experiment paper_stochastic_walkerwalk", "did you mean paper_stochastic_walker_walk?")]
    [InlineData("show --experiment planet --set task.name=cartpole_swingpu", "did you mean task.name=cartpole_swingup?")]
    [InlineData("show --experiment planet --set task.others=cheetah_rum", "did you mean task.others=cheetah_run?")]
    [InlineData("show --experiment planet --set task.others=cheetah_run,cheetah_run:2", "leave it out of task.others")]
    [InlineData("show --experiment planet --set task.others=walker_walk:0", "task.others cannot be")]
    [InlineData("show --experiment quickstart --set task.others=cheetah_run --set task.fixed_start=true", "task.others=")]
    [InlineData(
        "show --experiment planet --set task.others=cartpole_balance --set replay.chunk_length=127 --set task.action_repeat=4",
        "cartpole_balance:8 in task.others")]
    [InlineData("train --experiment quikstart", "did you mean quickstart?")]
    [InlineData("train --experiment quickstart --sede 1", "did you mean --seed?")]
    [InlineData("train --experiment quickstart --seed -1", "--seed")]
    [InlineData("train --experiment quickstart --seed 1.5", "--seed")]
    [InlineData("train --experiment quickstart --set optimizer.learning_rate=0", "optimizer.learning_rate")]
    [InlineData("train --experiment quickstart --set schedule.episodes=2", "schedule.seed_episodes")]
    [InlineData("evaluate", "\"--run\" is required")]
    [InlineData("evaluate --run /nowhere --episodes 0", "Use a positive number")]
    [InlineData("evaluate --run /nowhere --episodes -3", "--episodes")]
    [InlineData("evaluate --run /nowhere", "'planet train'")]
    [InlineData("evaluate --run /nowhere --video film.avi", ".gif, .mp4 or .png")]
    [InlineData("evaluate --run /nowhere --video /nowhere/film.gif", "there is no folder /nowhere")]
    public async Task Unusable_input_is_refused_on_one_line_with_a_remedy(string words, string remedy)
    {
        var (code, output, error) = await PlanetCommandLine.Run(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((ExitCode.UnusableInput, ""), (code, output));
        Assert.StartsWith("planet: ", error);
        Assert.Contains(remedy, error);
        Assert.Equal(error.Length - 1, error.IndexOf('\n'));
    }

    [Fact]
    public async Task A_failure_shows_its_stack_trace_only_with_verbose()
    {
        string[] words = ["show", "--experiment", "nothing"];
        var (_, _, brief) = await PlanetCommandLine.Run(words);
        var (code, _, verbose) = await PlanetCommandLine.Run([.. words, "--verbose"]);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.StartsWith(brief, verbose);
        Assert.Contains("   at PlaNet.", verbose);
        Assert.DoesNotContain("   at PlaNet.", brief);
    }
}
