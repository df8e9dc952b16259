using PlaNet.Catalog;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;

namespace MyExperiments;

/// <summary>
/// Your own experiments and grids. Build this project, then pass its assembly on the command line,
/// <c>planet grids --experiments bin/Release/net10.0/MyExperiments.dll</c>, or set PLANET_EXPERIMENTS to its path.
/// </summary>
public sealed class MyCatalog : IExperimentCatalog
{
    private static readonly Experiment s_wider = CpuSized.Quickstart with
    {
        Name = "my_wider",
        Description = "Quickstart with a wider belief",
        Model = CpuSized.Quickstart.Model with { BeliefSize = 160 },
    };

    private static readonly Axis s_freeNats = Axis.Of(
        "free_nats",
        [0.5, 1, 3],
        (experiment, nats) => experiment with { Objective = experiment.Objective with { FreeNats = nats } });

    private static readonly Axis s_horizon = Axis.Of(
        "horizon",
        [8, 12],
        (experiment, steps) => experiment with { Planner = experiment.Planner with { Horizon = steps } });

    /// <inheritdoc/>
    public IReadOnlyList<Experiment> Experiments => [s_wider];

    /// <inheritdoc/>
    public IReadOnlyList<Grid> Grids =>
    [
        Grid.Of("MyGrid", "How many free nats, and how far to plan", Axes.Cross(s_wider, s_freeNats, s_horizon), seeds: 3),
    ];
}
