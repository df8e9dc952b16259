using System.Globalization;

namespace PlaNet.Cluster.Nodes;

/// <summary>Why a run's process ended in an error, on one line.</summary>
public static class ExitReason
{
    private const int UnusableInput = 2;
    private const int Signals = 128;

    /// <summary>The reason.</summary>
    /// <param name="code">The exit code.</param>
    /// <param name="said">The last lines of its standard error, on one line; may be empty.</param>
    /// <param name="recorded">Why the run failed, as its directory says; null where it does not. It may be about an earlier attempt.</param>
    public static string Of(int code, string said, string? recorded)
    {
        ArgumentNullException.ThrowIfNull(said);

        // A process that was killed has recorded nothing, and what it said before need not be why.
        if (code is > Signals and < Signals + 65)
        {
            var killed = string.Create(CultureInfo.InvariantCulture, $"the run's process was killed by signal {code - Signals}");
            return said.Length == 0 ? killed : $"{killed}; it had said: {said}";
        }

        // One that refuses its input does so before it records anything.
        var known = code == UnusableInput && said.Length > 0 ? said : recorded ?? said;
        return known.Length > 0 ? known : string.Create(CultureInfo.InvariantCulture, $"the run's process ended with exit code {code}");
    }
}
