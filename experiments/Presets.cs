using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>The published configurations other than the default one, as changes to it (spec 11).</summary>
public static class Presets
{
    /// <summary>The text of the ICML paper where it differs from the code.</summary>
    public static Variant IcmlText { get; } = new(
        "icml_text",
        "The ICML paper's text where its code differs",
        experiment => experiment with
        {
            Model = experiment.Model with { RewardLayers = 2, RewardUnits = 200 },
            Objective = experiment.Objective with { RewardScale = 1 },
        });

    /// <summary>The first public version of the code, behind the numbers of the web version of the paper.</summary>
    public static Variant Distill { get; } = new(
        "distill",
        "The first public version, behind the web article's numbers",
        experiment => experiment with
        {
            Task = CupRepeatedSixTimes(experiment.Task),
            Model = experiment.Model with { PriorInput = PriorInput.PreGru, RewardLayers = 2, RewardUnits = 100 },
            Objective = experiment.Objective with { FreeNats = 2 },
            Schedule = experiment.Schedule with { Episodes = 2000 },
        });

    /// <summary>The widely used PyTorch port.</summary>
    public static Variant Kaixhin { get; } = new(
        "kaixhin",
        "The PyTorch port's choices",
        experiment => experiment with
        {
            Task = CupRepeatedSixTimes(experiment.Task),
            Model = experiment.Model with { Gru = GruForm.ResetAfter, RewardLayers = 2, RewardUnits = 200 },
            Objective = experiment.Objective with { RewardScale = 1 },
            Optimizer = experiment.Optimizer with { EpsilonPlacement = AdamEpsilon.Standard },
        });

    /// <summary>All, as they are listed.</summary>
    public static IReadOnlyList<Variant> All { get; } = [IcmlText, Distill, Kaixhin];

    private static TaskOptions CupRepeatedSixTimes(TaskOptions task) => task.Name == "cup_catch" ? task with { ActionRepeat = 6 } : task;
}
