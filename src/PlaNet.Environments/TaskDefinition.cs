namespace PlaNet.Environments;

/// <summary>A task that can be created by name.</summary>
/// <param name="Name">Registered name, such as "cartpole_swingup".</param>
/// <param name="Domain">Name of the body acted with, such as "cartpole".</param>
/// <param name="Description">What is to be done, in one sentence.</param>
/// <param name="ActionRepeat">Action repeat that the paper uses, R.</param>
/// <param name="ActionSize">Number of action dimensions.</param>
/// <param name="Make">Makes the task with one control step per decision and no images.</param>
public sealed record TaskDefinition(
    string Name, string Domain, string Description, int ActionRepeat, int ActionSize, Func<TaskSettings, IRenderableEnvironment> Make)
{
    /// <summary>Whether <see cref="TaskSettings.FixedStart"/> may be set. Default false.</summary>
    public bool HasFixedStart { get; init; }
}

/// <summary>The tasks of one body. Every class of this assembly that implements it, with a constructor without parameters, is registered.</summary>
public interface ITaskDomain
{
    /// <summary>The tasks.</summary>
    IEnumerable<TaskDefinition> Tasks { get; }
}
