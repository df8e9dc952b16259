using PlaNet.Experiments;
using PlaNet.Experiments.Grids;

namespace PlaNet.Catalog;

/// <summary>
/// The paper's comparisons as grids of five seeds, in the paper's sizes and, with names ending in Cpu, in those for two CPU cores.
/// </summary>
public static class PaperGrids
{
    private const int Seeds = 5;

    /// <summary>All grids, in display order.</summary>
    public static IReadOnlyList<Grid> All { get; } =
        [.. OfSize("", Paper.Grid, Paper.Planet), .. OfSize("Cpu", CpuSized.Grid, CpuSized.Small)];

    private static IEnumerable<Grid> OfSize(string suffix, ExperimentGrid size, Experiment start)
    {
        yield return Grid.Of($"MainTable{suffix}", $"The main table: every task, {size.Description}", Variants(size, "planet"), Seeds);
        yield return Grid.Of(
            $"ModelDesigns{suffix}",
            $"Figure 4, model designs: recurrent state-space, purely stochastic, purely deterministic; {size.Description}",
            Variants(size, "planet", "stochastic", "deterministic", "deterministic_reference", "drnn", "overshooting"),
            Seeds);
        yield return Grid.Of(
            $"AgentDesigns{suffix}",
            $"Figure 5, agent designs: planning, random shooting, random data, no online collection; {size.Description}",
            Variants(size, "planet", "random_shooting", "random_data", "no_online_collection"),
            Seeds);
        yield return Grid.Of(
            $"PlannerSettings{suffix}",
            $"The planner's settings on cheetah, one at a time: horizon, iterations, candidates, elites; {size.Description}",
            PlannerSettings(size, start),
            Seeds);

        var oneAgent = OneAgent(size).ToList();
        if (oneAgent.Count > 0)
        {
            yield return Grid.Of($"OneAgent{suffix}", $"One agent for all tasks; {size.Description}", oneAgent, Seeds);
        }
    }

    private static IEnumerable<Experiment> Variants(ExperimentGrid size, params string[] names) =>
        from name in names
        from task in Suite.Tasks
        select size.Experiments.Single(experiment => experiment.Name == $"{size.Size}_{name}_{task.Name}");

    private static IEnumerable<Experiment> OneAgent(ExperimentGrid size) =>
        ExperimentCatalog.All.Where(experiment => experiment.Name == $"{size.Size}_all_tasks");

    private static IReadOnlyList<Experiment> PlannerSettings(ExperimentGrid size, Experiment start)
    {
        var cheetah = Suite.Tasks.Single(task => task.Name == "cheetah_run").In(start) with
        {
            Name = $"{size.Size}_planner",
            Description = $"Planner settings; cheetah_run, {size.Size} size",
        };
        return Axes.OneAtATime(
            cheetah,
            Axis.Of("horizon", [6, 8, 10, 12, 14], WithHorizon),
            Axis.Of("iterations", [3, 5, 10, 15], WithIterations),
            Axis.Of("candidates", [100, 300, 500, 1000], WithCandidates),
            Axis.Of("elite_fraction", [0.05, 0.1, 0.3, 0.5], WithEliteFraction));
    }

    private static Experiment WithHorizon(Experiment experiment, int horizon) =>
        experiment with { Planner = experiment.Planner with { Horizon = horizon } };

    private static Experiment WithIterations(Experiment experiment, int iterations) =>
        experiment with { Planner = experiment.Planner with { Iterations = iterations } };

    // Keeps the fraction of elites, so that only the number of candidates varies.
    private static Experiment WithCandidates(Experiment experiment, int candidates)
    {
        var planner = experiment.Planner;
        var elites = (int)((long)candidates * planner.Elites / planner.Candidates);
        return experiment with { Planner = planner with { Candidates = candidates, Elites = elites } };
    }

    private static Experiment WithEliteFraction(Experiment experiment, double fraction) =>
        experiment with { Planner = experiment.Planner with { Elites = (int)Math.Round(fraction * experiment.Planner.Candidates) } };
}
