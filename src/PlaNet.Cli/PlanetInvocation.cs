using System.CommandLine;

namespace PlaNet.Cli;

/// <summary>What a verb is invoked with beside its line.</summary>
public sealed class PlanetInvocation : InvocationConfiguration
{
    /// <summary>Cancelled just before the process ends at once, everything unsaved: time for last words, and for nothing else.</summary>
    public CancellationToken AtOnce { get; init; }
}
