using PlaNet.Environments.Processes;

namespace PlaNet.Runs.Playing;

/// <summary>How long an environment in a process of its own may take before it is taken for hanging, ended and replaced.</summary>
/// <param name="Start">Until it describes itself, libraries being loaded.</param>
/// <param name="Answer">Until it answers a reset or a step.</param>
public sealed record EnvironmentPatience(TimeSpan Start, TimeSpan Answer)
{
    /// <summary>60 seconds to start, 30 to answer.</summary>
    public static EnvironmentPatience Default { get; } = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30));

    /// <summary>A program with this patience.</summary>
    /// <param name="program">The program.</param>
    internal ProcessOptions With(ProcessOptions program) => program with { StartTimeout = Start, Timeout = Answer };
}
