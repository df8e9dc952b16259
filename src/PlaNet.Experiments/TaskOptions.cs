using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>Render quality of the frames.</summary>
public enum RenderQuality
{
    /// <summary>Frames byte-identical to those of the original code on the same OpenGL implementation.</summary>
    Reference,

    /// <summary>Coarser curved surfaces and shadows: about a quarter of the render time; the mean difference is about 0.3 of 255.</summary>
    Fast,
}

/// <summary>What the agent observes of its environment.</summary>
public enum ObservationKind
{
    /// <summary>Images. The paper's choice.</summary>
    Image,

    /// <summary>
    /// The named vectors of the environment, such as positions and velocities (proprioception); nothing is rendered.
    /// </summary>
    State,

    /// <summary>Images and the named vectors.</summary>
    ImageAndState,
}

/// <summary>The process in which environments run.</summary>
public enum EnvironmentIsolation
{
    /// <summary>The process of the run: no start-up time, but several environments render almost sequentially.</summary>
    InProcess,

    /// <summary>
    /// An environment process for each environment: environments render in parallel, and a simulator that crashes or hangs loses only
    /// its current episode.
    /// </summary>
    Process,
}

/// <summary>The control task and how it is observed.</summary>
public sealed record TaskOptions
{
    /// <summary>Control steps of an episode; the same for all tasks of the suite.</summary>
    public const int ControlSteps = 1000;

    /// <summary>Height and width of the paper's images.</summary>
    public const int PaperImageSize = 64;

    /// <summary>Channels of the paper's images: red, green and blue.</summary>
    public const int PaperImageChannels = 3;

    /// <summary>Smallest height and width of images.</summary>
    public const int SmallestImage = 32;

    /// <summary>Largest height and width of images.</summary>
    public const int LargestImage = 128;

    /// <summary>Registered name of the task. Default "cartpole_swingup".</summary>
    [Identifier]
    public string Name { get; init; } = "cartpole_swingup";

    /// <summary>
    /// Command line of an external program that runs the task. The program speaks the protocol of docs/environments.md, repeats actions
    /// itself and returns images of <see cref="ImageSize"/>. Default empty: the control suite's task <see cref="Name"/>.
    /// </summary>
    [SingleLine]
    public string Command { get; init; } = "";

    /// <summary>
    /// Folder in which the program of <see cref="Command"/> is started, so that relative paths in it begin there. Not part of the run's
    /// identity. Default empty: the folder in which the run was made, which its record names.
    /// </summary>
    [SingleLine]
    public string CommandFolder { get; init; } = "";

    /// <summary>
    /// <c>HOST:PORT</c> at which such a program listens, on this machine or, with TLS, on another one; instead of <see cref="Command"/>.
    /// Not part of the run's identity, so <see cref="Name"/> must not be that of a task of the suite. Default empty: none.
    /// </summary>
    [SingleLine, AddedLater]
    public string Address { get; init; } = "";

    /// <summary>
    /// Control steps for which one action is repeated, R, in the task <see cref="Name"/>. 1 to <see cref="ControlSteps"/>. Default 8, the
    /// paper's value for cartpole.
    /// </summary>
    [InRange(1, ControlSteps)]
    public int ActionRepeat { get; init; } = 8;

    /// <summary>
    /// Further tasks of the suite that the same agent learns at the same time, separated by commas. The task's identity is not an input of
    /// the agent. An action repeat may follow a name after a colon, such as <c>reacher_easy:4</c>; without it the registered value (the
    /// paper's) applies. All actions have the size of the task with the largest action. Default empty: one task.
    /// </summary>
    [TaskList]
    public string Others { get; init; } = "";

    /// <summary>
    /// What the agent observes: images, the named vectors of the environment, or both (docs/models.md, "State vectors"). With vectors there
    /// are no <see cref="Others"/>, because vectors differ between tasks. Default <see cref="ObservationKind.Image"/>.
    /// </summary>
    [AddedLater]
    public ObservationKind Observations { get; init; } = ObservationKind.Image;

    /// <summary>
    /// Height and width of the images in pixels; encoder and decoder have the layers that this size needs (docs/models.md). Without effect
    /// if no images are observed. 32 to 128. Default 64, as in the paper.
    /// </summary>
    [InRange(SmallestImage, LargestImage), AddedLater]
    public int ImageSize { get; init; } = PaperImageSize;

    /// <summary>
    /// Channels of the images: 3 for red, green and blue, or 1 for grey (docs/models.md). Without effect if no images are observed. Default
    /// 3, as in the paper.
    /// </summary>
    [OneOf(1, PaperImageChannels), AddedLater]
    public int ImageChannels { get; init; } = PaperImageChannels;

    /// <summary>
    /// Numbers in an action of a task that exists only as recorded episodes, whose <see cref="Name"/> is then free; allowed with
    /// <see cref="CollectionPolicy.None"/> only. 0 to 1024. Default 0: a task that can be played, which has its own number.
    /// </summary>
    [InRange(0, 1024), AddedLater]
    public int ActionSize { get; init; }

    /// <summary>Render quality of the frames. Default <see cref="RenderQuality.Reference"/>.</summary>
    public RenderQuality RenderQuality { get; init; } = RenderQuality.Reference;

    /// <summary>
    /// Whether every episode starts from the default pose, as cheetah_run did in the paper's experiments. Only cheetah_run allows true.
    /// Default false.
    /// </summary>
    public bool FixedStart { get; init; }

    /// <summary>
    /// The process in which environments run. Not part of the run's identity, because the episodes are bit-equal. Without effect on
    /// <see cref="Command"/> and <see cref="Address"/>, whose program always runs in its own process. Default
    /// <see cref="EnvironmentIsolation.InProcess"/>.
    /// </summary>
    public EnvironmentIsolation Isolation { get; init; } = EnvironmentIsolation.InProcess;

    /// <summary>Whether the agent observes images.</summary>
    public bool HasImages => Observations != ObservationKind.State;

    /// <summary>Whether the agent observes the named vectors of the environment.</summary>
    public bool HasStates => Observations != ObservationKind.Image;

    /// <summary>Height and width of the images that the agent observes; 0 if it observes none.</summary>
    public int ObservedImageSize => HasImages ? ImageSize : 0;

    /// <summary>
    /// Decisions in an episode: <see cref="ControlSteps"/> / R, rounded up. An episode has one row more, for the first observation.
    /// </summary>
    public int Decisions => DecisionsOf(ActionRepeat);

    /// <summary>The tasks of <see cref="Others"/>, in order.</summary>
    public IReadOnlyList<OtherTask> OtherTasks => Others.Length == 0 ? [] : [.. Others.Split(',').Select(OtherTask.Parse)];

    /// <summary>Whether a program runs the task: <see cref="Command"/> or <see cref="Address"/>.</summary>
    public bool IsExternal => Command.Length > 0 || Address.Length > 0;

    /// <summary>Number of tasks: <see cref="Name"/> and <see cref="Others"/>.</summary>
    public int Count => 1 + OtherTasks.Count;

    internal static int DecisionsOf(int actionRepeat) => ((ControlSteps - 1) / actionRepeat) + 1;
}
