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

/// <summary>Where environments run.</summary>
public enum EnvironmentIsolation
{
    /// <summary>In the process of the run: nothing to start, but frames are hardly drawn at the same time.</summary>
    InProcess,

    /// <summary>
    /// Each in a worker process of its own: frames are drawn at the same time, and a simulator that crashes or hangs takes nothing with it
    /// but its half-played episode.
    /// </summary>
    Process,
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

    /// <summary>Control steps for which one action is repeated, R, in the task <see cref="Name"/>. 1 to <see cref="ControlSteps"/>. Default 8, the paper's value for cartpole.</summary>
    [InRange(1, ControlSteps)]
    public int ActionRepeat { get; init; } = 8;

    /// <summary>
    /// Further tasks of the suite that the same agent learns at the same time, separated by commas; it is not told which task it is in.
    /// A task's action repeat follows its name and a colon, such as <c>reacher_easy:4</c>; without one it is the registered one, the
    /// paper's. Actions of all tasks are as long as the longest. Default empty: one task.
    /// </summary>
    [TaskList]
    public string Others { get; init; } = "";

    /// <summary>How finely the 64x64 frames are rendered. Default <see cref="RenderQuality.Reference"/>.</summary>
    public RenderQuality RenderQuality { get; init; } = RenderQuality.Reference;

    /// <summary>
    /// Whether every episode starts from the default pose, as cheetah_run did in the paper's experiments; other tasks refuse true.
    /// Default false.
    /// </summary>
    public bool FixedStart { get; init; }

    /// <summary>
    /// Where environments run. Not part of the run's identity: the episodes are the same to the last bit. Without meaning for
    /// <see cref="Command"/>, whose program always runs in a process of its own. Default <see cref="EnvironmentIsolation.InProcess"/>.
    /// </summary>
    public EnvironmentIsolation Isolation { get; init; } = EnvironmentIsolation.InProcess;

    /// <summary>Decisions in an episode: <see cref="ControlSteps"/> / R, rounded up. An episode has one entry more, for its first observation.</summary>
    public int Decisions => DecisionsOf(ActionRepeat);

    /// <summary>The tasks of <see cref="Others"/>, in order.</summary>
    public IReadOnlyList<OtherTask> OtherTasks => Others.Length == 0 ? [] : [.. Others.Split(',').Select(OtherTask.Parse)];

    /// <summary>Number of tasks: <see cref="Name"/> and <see cref="Others"/>.</summary>
    public int Count => 1 + OtherTasks.Count;

    internal static int DecisionsOf(int actionRepeat) => ((ControlSteps - 1) / actionRepeat) + 1;
}
