namespace PlaNet.Environments;

/// <summary>Describes an environment: its actions, its observations and the length of an episode.</summary>
/// <param name="Task">Name of the task: a registered name, or the name that an environment program reports.</param>
/// <param name="Action">The actions: their bounds, or their choices.</param>
/// <param name="Image">Size and channels of the images, or null without images.</param>
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

/// <summary>
/// The actions of an environment. A continuous action has one number per dimension, in a closed interval each. A discrete action is one of
/// several choices (<see cref="Discrete"/>) and is a one-hot vector: 1 in the dimension of the choice, 0 in the others.
/// </summary>
/// <param name="Low">Lower bound of each dimension; 0 for choices.</param>
/// <param name="High">Upper bound of each dimension; 1 for choices.</param>
public sealed record ActionSpec(IReadOnlyList<float> Low, IReadOnlyList<float> High)
{
    /// <summary>
    /// Largest number of dimensions: a step with so many numbers is a valid line of the process protocol, and fits into the smallest buffer
    /// that a pipe has by default.
    /// </summary>
    public const int LargestSize = 1024;

    /// <summary>Smallest number of choices: with one there would be nothing to decide.</summary>
    public const int FewestChoices = 2;

    /// <summary>Number of dimensions; for discrete actions the number of choices.</summary>
    public int Size => Low.Count;

    /// <summary>Whether an action is one of <see cref="Size"/> choices. Default false: it is a point in a box.</summary>
    public bool IsDiscrete { get; private init; }

    /// <summary>Bounds of [-1, 1] in every dimension.</summary>
    /// <param name="size">Number of dimensions.</param>
    public static ActionSpec Unit(int size)
    {
        return new ActionSpec([.. Enumerable.Repeat(-1f, size)], [.. Enumerable.Repeat(1f, size)]);
    }

    /// <summary>Discrete actions.</summary>
    /// <param name="choices">Number of choices, <see cref="FewestChoices"/> to <see cref="LargestSize"/>.</param>
    public static ActionSpec Discrete(int choices)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(choices, FewestChoices);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(choices, LargestSize);
        return new ActionSpec(new float[choices], [.. Enumerable.Repeat(1f, choices)]) { IsDiscrete = true };
    }

    /// <summary>The one-hot vector of a choice.</summary>
    /// <param name="choice">Index of the choice, from 0.</param>
    /// <exception cref="ArgumentException">There is no such choice, or actions are continuous.</exception>
    public float[] Choose(int choice)
    {
        if (!IsDiscrete || choice < 0 || choice >= Size)
        {
            throw new ArgumentException(IsDiscrete
                ? $"There is no choice {choice}: it must be a whole number from 0 to {Size - 1}."
                : $"An action of {Size} continuous numbers is no choice: pass its numbers.");
        }

        var action = new float[Size];
        action[choice] = 1;
        return action;
    }

    /// <summary>Index of the choice in a one-hot vector that passes <see cref="Check"/>.</summary>
    /// <param name="action">One value per choice.</param>
    public static int ChoiceOf(ReadOnlySpan<float> action) => action.IndexOf(1f);

    /// <summary>
    /// A valid action that moves nothing where that is possible: the number nearest to 0 in every dimension, or the first choice.
    /// </summary>
    public float[] Idle() =>
        IsDiscrete ? Choose(0) : [.. Low.Zip(High, (low, high) => Math.Clamp(0, low, high))];

    /// <summary>Throws if an action has the wrong length, lies outside the bounds, is not finite, or is no choice.</summary>
    /// <param name="task">Name of the task, for the error message.</param>
    /// <param name="action">One value per dimension.</param>
    /// <exception cref="ArgumentException">The action is not one of the environment's.</exception>
    public void Check(string task, ReadOnlySpan<float> action)
    {
        if (action.Length != Size)
        {
            throw new ArgumentException(
                $"Task {task} takes {Size} action values but was given {action.Length}: pass one value per dimension.");
        }

        if (IsDiscrete)
        {
            if (action.Count(1f) != 1 || action.Count(0f) != Size - 1)
            {
                throw new ArgumentException(
                    $"The action of task {task} is [{string.Join(", ", action.ToArray())}], but must be one of {Size} choices: pass 1 in the "
                    + "place of the choice and 0 in the others.");
            }

            return;
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

/// <summary>Size and channels of an image.</summary>
/// <param name="Height">Height in pixels. Default 64.</param>
/// <param name="Width">Width in pixels. Default 64.</param>
/// <param name="Channels">3 for RGB, 1 for grey. Default 3.</param>
public sealed record ImageSpec(int Height = 64, int Width = 64, int Channels = 3)
{
    /// <summary>Largest height and width in pixels.</summary>
    public const int LargestSide = 4096;

    /// <summary>Bytes of one image: height times width times channels.</summary>
    public int Bytes => Height * Width * Channels;

    /// <summary>The image in words: "images of 64x64" or "grey images of 64x64".</summary>
    public override string ToString() => $"{(Channels == 1 ? "grey " : "")}images of {Height}x{Width}";
}

/// <summary>A named low-dimensional observation.</summary>
/// <param name="Name">Name, such as "position".</param>
/// <param name="Size">Number of values.</param>
public sealed record StateSpec(string Name, int Size);
