namespace PlaNet.Environments;

/// <summary>A task that can be created by name.</summary>
/// <param name="Name">Registered name, such as "cartpole_swingup".</param>
/// <param name="Domain">Control-suite domain that provides the model, such as "cartpole".</param>
/// <param name="Description">Goal of the task, in one sentence.</param>
/// <param name="ActionRepeat">Action repeat R used in the paper.</param>
/// <param name="ActionSize">Number of action dimensions.</param>
/// <param name="Make">Creates the environment with one control step per decision and without images.</param>
public sealed record TaskDefinition(
    string Name, string Domain, string Description, int ActionRepeat, int ActionSize, Func<TaskSettings, IRenderableEnvironment> Make)
{
    /// <summary>Whether <see cref="TaskSettings.FixedStart"/> may be set. Default false.</summary>
    public bool HasFixedStart { get; init; }

    /// <summary>Whether the task is one of the DeepMind Control Suite, with recordings of the original. Default true.</summary>
    public bool IsOriginal { get; init; } = true;
}

/// <summary>
/// The tasks of one domain. <see cref="TaskRegistry"/> registers every class of this assembly that implements this interface and has a
/// parameterless constructor.
/// </summary>
public interface ITaskDomain
{
    /// <summary>The tasks of the domain.</summary>
    IEnumerable<TaskDefinition> Tasks { get; }
}
