using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>The paper's ablations, each as one change to an experiment (docs/experiments.md).</summary>
public static class Ablations
{
    /// <summary>All variants; the unchanged configuration is the first.</summary>
    public static IReadOnlyList<Variant> All { get; } =
    [
        new("planet", "The recurrent state-space model as published", experiment => experiment),
        new(
            "deterministic",
            "No stochastic path: the state is the belief alone",
            experiment => experiment with { Model = experiment.Model with { Deterministic = DeterministicForm.BeliefOnly } }),
        new(
            "deterministic_reference",
            "The published deterministic baseline: means instead of samples, no divergence",
            experiment => experiment with
            {
                Model = experiment.Model with { Deterministic = DeterministicForm.Reference },
                Objective = experiment.Objective with { DivergenceScale = 0 },
            }),
        new(
            "stochastic",
            "No deterministic path: the stochastic state-space model",
            experiment => experiment with { Model = experiment.Model with { Transition = TransitionKind.Ssm } }),
        new(
            "drnn",
            "The doubly recurrent network: one GRU before the samples and one after them",
            experiment => experiment with { Model = experiment.Model with { Transition = TransitionKind.Drnn } }),
        new(
            "overshooting",
            "Latent overshooting over every distance within a chunk, with the weight of the divergence",
            experiment => experiment with
            {
                Objective = experiment.Objective with
                {
                    OvershootingScale = experiment.Objective.DivergenceScale,
                    OvershootingDistance = experiment.Replay.ChunkLength,
                },
            }),
        new(
            "random_data",
            "Training episodes of random actions; evaluation uses the planner",
            experiment => experiment with
            {
                Schedule = experiment.Schedule with { Collect = CollectionPolicy.Random, ExplorationNoise = 1 },
            }),
        new(
            "no_online_collection",
            "All training episodes are collected with random actions before the first update",
            experiment => experiment with
            {
                Schedule = experiment.Schedule with
                {
                    SeedEpisodes = experiment.Schedule.Episodes,
                    UpdatesAfterCollection =
                        (experiment.Schedule.Episodes - experiment.Schedule.SeedEpisodes) * experiment.Schedule.CollectInterval,
                },
            }),
        new(
            "random_shooting",
            "The best plan of one batch of random plans",
            experiment => experiment with { Planner = experiment.Planner with { Iterations = 1, Elites = 1 } }),
        new(
            "elu",
            "ELU instead of ReLU in the dense layers",
            experiment => experiment with { Model = experiment.Model with { Activation = Activation.Elu } }),
    ];
}
