using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>The paper's experiments, sized for a GPU.</summary>
public static class Paper
{
    /// <summary>
    /// The paper's configuration on cartpole swingup in the last public version of its code: all options have their defaults.
    /// </summary>
    public static Experiment Planet { get; } = new()
    {
        Name = "planet",
        Description = "The paper's configuration on cartpole swingup: 1000 episodes, sized for a GPU",
    };

    /// <summary>The other published configurations on cartpole swingup.</summary>
    public static IReadOnlyList<Experiment> Presets { get; } = [.. Catalog.Presets.All.Select(OnSwingup)];

    /// <summary>Every ablation and every published configuration on every task.</summary>
    public static ExperimentGrid Grid { get; } =
        new("paper", "the paper's sizes, for a GPU", Planet, [.. Ablations.All, .. Catalog.Presets.All]);

    private static Experiment OnSwingup(Variant preset) =>
        preset.Apply(Planet) with { Name = preset.Name, Description = $"{preset.Description}, on cartpole swingup, sized for a GPU" };
}
