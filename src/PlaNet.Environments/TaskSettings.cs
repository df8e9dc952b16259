using PlaNet.MuJoCo;

namespace PlaNet.Environments;

/// <summary>How a task is set up.</summary>
public sealed record TaskSettings
{
    /// <summary>Control steps for which one action is repeated, R. At least 1. Default null: the task's own value, the paper's.</summary>
    public int? ActionRepeat { get; init; }

    /// <summary>Size of the images. Default null: no images, and no OpenGL is needed.</summary>
    public ImageSpec? Pixels { get; init; }

    /// <summary>How finely images are drawn. Default <see cref="RenderQuality.Reference"/>.</summary>
    public RenderQuality RenderQuality { get; init; } = RenderQuality.Reference;

    /// <summary>
    /// Whether every episode starts from the default pose, as cheetah_run did before April 2019 and in the paper's experiments
    /// (spec, section 13). Default false; tasks without such a start refuse true.
    /// </summary>
    public bool FixedStart { get; init; }
}
