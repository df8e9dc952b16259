using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>How finely frames are rendered.</summary>
public enum RenderQuality
{
    /// <summary>Byte-identical to the frames of the original code on the same OpenGL implementation.</summary>
    Reference,

    /// <summary>Coarser curved surfaces and shadows: about a quarter of the time, a mean difference of about 0.3 of 255.</summary>
    Fast,
}

/// <summary>The control task and how it is observed.</summary>
public sealed record TaskOptions
{
    /// <summary>Control steps of an episode, the same for every task of the suite.</summary>
    public const int ControlSteps = 1000;

    /// <summary>Registered name of the task. Default "cartpole_swingup".</summary>
    [Identifier]
    public string Name { get; init; } = "cartpole_swingup";

    /// <summary>
    /// Program that plays the task, with its arguments, as it would be typed; it speaks the protocol of docs/environments.md, repeats
    /// actions itself and shows images of 64x64. Default empty: the task of that name of the control suite.
    /// </summary>
    [SingleLine]
    public string Command { get; init; } = "";

    /// <summary>Control steps for which one action is repeated, R. 1 to <see cref="ControlSteps"/>. Default 8, the paper's value for cartpole.</summary>
    [InRange(1, ControlSteps)]
    public int ActionRepeat { get; init; } = 8;

    /// <summary>How finely the 64x64 frames are rendered. Default <see cref="RenderQuality.Reference"/>.</summary>
    public RenderQuality RenderQuality { get; init; } = RenderQuality.Reference;

    /// <summary>
    /// Whether every episode starts from the default pose, as cheetah_run did in the paper's experiments; other tasks refuse true.
    /// Default false.
    /// </summary>
    public bool FixedStart { get; init; }

    /// <summary>Decisions in an episode: <see cref="ControlSteps"/> / R, rounded up. An episode has one entry more, for its first observation.</summary>
    public int Decisions => ((ControlSteps - 1) / ActionRepeat) + 1;
}
