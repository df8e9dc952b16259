namespace PlaNet.Environments;

/// <summary>Describes an environment: its actions, its observations and the length of an episode.</summary>
/// <param name="Task">Name of the task: a registered name, or the name that an environment program reports.</param>
/// <param name="Action">Bounds of the actions.</param>
/// <param name="Image">Size of the images, or null without images.</param>
/// <param name="States">The named low-dimensional observations, in their documented order.</param>
/// <param name="ControlSteps">Control steps in an episode; 1000 for the control suite.</param>
public sealed record EnvironmentSpec(
    string Task, ActionSpec Action, ImageSpec? Image, IReadOnlyList<StateSpec> States, int ControlSteps)
{
    /// <summary>Control steps for which one decision's action is repeated, R. Default 1.</summary>
    public int ActionRepeat { get; init; } = 1;

    /// <summary>Simulated seconds of one control step. Default 0.05, for environments that define no time step.</summary>
    public double ControlSeconds { get; init; } = 0.05;

    /// <summary>
    /// Whether an episode can reach a terminal state, after which no reward could follow (<see cref="StepResult.Terminated"/>). Default
    /// false: every episode is ended by its time limit.
    /// </summary>
    public bool Terminates { get; init; }

    /// <summary>Largest number of decisions in an episode: control steps over action repeat, rounded up.</summary>
    public int Decisions => 1 + ((ControlSteps - 1) / ActionRepeat);
}

/// <summary>Bounds of a continuous action: one closed interval per dimension.</summary>
/// <param name="Low">Lower bound of each dimension.</param>
/// <param name="High">Upper bound of each dimension.</param>
public sealed record ActionSpec(IReadOnlyList<float> Low, IReadOnlyList<float> High)
{
    /// <summary>
    /// Largest number of dimensions: a step with so many numbers is a valid line of the process protocol, and fits into the smallest buffer
    /// that a pipe has by default.
    /// </summary>
    public const int LargestSize = 1024;

    /// <summary>Number of dimensions.</summary>
    public int Size => Low.Count;

    /// <summary>Bounds of [-1, 1] in every dimension.</summary>
    /// <param name="size">Number of dimensions.</param>
    public static ActionSpec Unit(int size)
    {
        return new ActionSpec([.. Enumerable.Repeat(-1f, size)], [.. Enumerable.Repeat(1f, size)]);
    }

    /// <summary>Throws if an action has the wrong length, lies outside the bounds, or is not finite.</summary>
    /// <param name="task">Name of the task, for the error message.</param>
    /// <param name="action">One value per dimension.</param>
    /// <exception cref="ArgumentException">The action is not within the bounds.</exception>
    public void Check(string task, ReadOnlySpan<float> action)
    {
        if (action.Length != Size)
        {
            throw new ArgumentException(
                $"Task {task} takes {Size} action values but was given {action.Length}: pass one value per dimension.");
        }

        for (var i = 0; i < action.Length; i++)
        {
            if (!(action[i] >= Low[i] && action[i] <= High[i]))
            {
                throw new ArgumentException(
                    $"Action value {i} of task {task} is {action[i]} but must lie in [{Low[i]}, {High[i]}]: clip actions before stepping.");
            }
        }
    }
}

/// <summary>Size of an RGB image.</summary>
/// <param name="Height">Height in pixels. Default 64.</param>
/// <param name="Width">Width in pixels. Default 64.</param>
public sealed record ImageSpec(int Height = 64, int Width = 64)
{
    /// <summary>Largest height and width in pixels.</summary>
    public const int LargestSide = 4096;

    /// <summary>Bytes of one image: height times width times 3.</summary>
    public int Bytes => Height * Width * 3;
}

/// <summary>A named low-dimensional observation.</summary>
/// <param name="Name">Name, such as "position".</param>
/// <param name="Size">Number of values.</param>
public sealed record StateSpec(string Name, int Size);
