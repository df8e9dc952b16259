using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>The paper's experiments, sized for an accelerator.</summary>
public static class Paper
{
    /// <summary>The paper's configuration on cartpole swingup, as the last public version of its code ran it: the defaults.</summary>
    public static Experiment Planet { get; } = new()
    {
        Name = "planet",
        Description = "The paper's configuration on cartpole swingup: 1000 episodes, sized for a GPU",
    };
}
