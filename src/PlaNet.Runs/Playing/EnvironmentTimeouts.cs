using PlaNet.Environments.Processes;

namespace PlaNet.Runs.Playing;

/// <summary>Timeouts of an environment in a separate process. After them it is considered hung, is ended and replaced.</summary>
/// <param name="Start">Timeout until the process has sent its specification, loading of libraries included.</param>
/// <param name="Answer">Timeout of a reset or a step.</param>
public sealed record EnvironmentTimeouts(TimeSpan Start, TimeSpan Answer)
{
    /// <summary>60 seconds for the start, 30 seconds for a reset or a step.</summary>
    public static EnvironmentTimeouts Default { get; } = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30));

    /// <summary>Sets these timeouts on a program.</summary>
    internal ProcessOptions ApplyTo(ProcessOptions program) => program with { StartTimeout = Start, Timeout = Answer };

    /// <summary>Sets these timeouts on a program at an address.</summary>
    internal RemoteOptions ApplyTo(RemoteOptions program) => program with { StartTimeout = Start, Timeout = Answer };
}
