using PlaNet.MuJoCo;

namespace PlaNet.Environments;

/// <summary>Settings of a task.</summary>
public sealed record TaskSettings
{
    /// <summary>Control steps for which one action is repeated, R. At least 1. Default null: the value used in the paper.</summary>
    public int? ActionRepeat { get; init; }

    /// <summary>Size and channels of the images. Default null: no images; OpenGL is then not needed.</summary>
    public ImageSpec? Pixels { get; init; }

    /// <summary>Render settings of the images. Default <see cref="RenderQuality.Reference"/>.</summary>
    public RenderQuality RenderQuality { get; init; } = RenderQuality.Reference;

    /// <summary>
    /// Whether every episode starts from the default pose, as cheetah_run did before April 2019 and in the paper's experiments
    /// (docs/tasks.md, "Rewards and start states"). Default false; tasks without a fixed start reject true.
    /// </summary>
    public bool FixedStart { get; init; }
}
