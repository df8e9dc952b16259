using PlaNet.Catalog;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;

namespace MyExperiments;

/// <summary>
/// Experiments of your own. Build this project, then name its assembly:
/// <c>planet grids --experiments bin/Release/net10.0/MyExperiments.dll</c>, or once and for all in PLANET_EXPERIMENTS.
/// </summary>
public sealed class MyCatalog : IExperimentCatalog
{
    private static readonly Experiment s_wider = CpuSized.Quickstart with
    {
        Name = "my_wider",
        Description = "Quickstart with a wider belief",
        Model = CpuSized.Quickstart.Model with { BeliefSize = 160 },
    };

    private static readonly Axis s_freeNats =
        Axis.Of("free_nats", [0.5, 1, 3], (experiment, nats) => experiment with { Objective = experiment.Objective with { FreeNats = nats } });

    private static readonly Axis s_horizon =
        Axis.Of("horizon", [8, 12], (experiment, steps) => experiment with { Planner = experiment.Planner with { Horizon = steps } });

    /// <inheritdoc/>
    public IReadOnlyList<Experiment> Experiments => [s_wider];

    /// <inheritdoc/>
    public IReadOnlyList<Grid> Grids =>
    [
        Grid.Of("MyGrid", "How many free nats, and how far to plan", Axes.Cross(s_wider, s_freeNats, s_horizon), seeds: 3),
    ];
}
