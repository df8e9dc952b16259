using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>The published configurations other than the default, as changes to the default (docs/experiments.md).</summary>
public static class Presets
{
    /// <summary>The text of the ICML paper, where it differs from the code.</summary>
    public static Variant IcmlText { get; } = new(
        "icml_text",
        "The ICML paper's text, where it differs from the code",
        experiment => experiment with
        {
            Model = experiment.Model with { RewardLayers = 2, RewardUnits = 200 },
            Objective = experiment.Objective with { RewardScale = 1 },
            Planner = experiment.Planner with { Stddev = PlannerStddev.Mad, Start = PlannerStart.PerCandidate },
        });

    /// <summary>The first public version of the code, which produced the results in the web version of the paper.</summary>
    public static Variant Distill { get; } = new(
        "distill",
        "The first public version of the code, which produced the web article's results",
        experiment => experiment with
        {
            Task = CupRepeatedSixTimes(experiment.Task),
            Model = experiment.Model with { PriorInput = PriorInput.PreGru, RewardLayers = 2, RewardUnits = 100 },
            Objective = experiment.Objective with
            {
                ImageLoss = PredictionLoss.Sse,
                RewardLoss = PredictionLoss.Sse,
                RewardAlignment = RewardAlignment.OutOf,
                FreeNats = 2,
                GlobalDivergenceScale = 0.1,
                OvershootingScale = 1,
                OvershootingDistance = 50,
                OvershootingReward = OvershootingReward.PosteriorStopped,
                OvershootingRewardScale = 100,
            },
            Optimizer = experiment.Optimizer with { WarmupUpdates = 200 },
            Planner = experiment.Planner with { Discount = 0.99 },
            Schedule = experiment.Schedule with { Episodes = 2000 },
        });

    /// <summary>Kaixhin's PyTorch port.</summary>
    public static Variant Kaixhin { get; } = new(
        "kaixhin",
        "The settings of Kaixhin's PyTorch port",
        experiment => experiment with
        {
            Task = CupRepeatedSixTimes(experiment.Task),
            Model = experiment.Model with { Gru = GruForm.ResetAfter, RewardLayers = 2, RewardUnits = 200 },
            Objective = experiment.Objective with { ImageLoss = PredictionLoss.Sse, RewardLoss = PredictionLoss.Sse, RewardScale = 1 },
            Replay = experiment.Replay with { Sampling = ReplaySampling.Flat },
            Optimizer = experiment.Optimizer with { EpsilonPlacement = AdamEpsilon.Standard },
        });

    /// <summary>All presets, in display order.</summary>
    public static IReadOnlyList<Variant> All { get; } = [IcmlText, Distill, Kaixhin];

    private static TaskOptions CupRepeatedSixTimes(TaskOptions task) => task.Name == "cup_catch" ? task with { ActionRepeat = 6 } : task;
}
