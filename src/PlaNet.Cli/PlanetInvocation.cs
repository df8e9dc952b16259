using System.CommandLine;

namespace PlaNet.Cli;

/// <summary>The invocation of a verb, with the token for an immediate exit.</summary>
public sealed class PlanetInvocation : InvocationConfiguration
{
    /// <summary>Cancelled just before the process exits without saving. Callbacks may record that, and must be short.</summary>
    public CancellationToken AtOnce { get; init; }
}
