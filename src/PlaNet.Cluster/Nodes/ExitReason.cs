using System.Globalization;

namespace PlaNet.Cluster.Nodes;

/// <summary>Explains on one line why a run's process ended in an error.</summary>
public static class ExitReason
{
    private const int UnusableInput = 2;
    private const int Signals = 128;

    /// <summary>The most likely reason from what is known about the process.</summary>
    /// <param name="code">Its exit code.</param>
    /// <param name="errorTail">The last lines of its standard error, on one line; may be empty.</param>
    /// <param name="recorded">The failure that its run directory records, possibly of an earlier attempt; null for none.</param>
    public static string Of(int code, string errorTail, string? recorded)
    {
        ArgumentNullException.ThrowIfNull(errorTail);

        // A killed process could not record a failure, and its last lines may have another cause.
        if (code is > Signals and < Signals + 65)
        {
            var killed = string.Create(CultureInfo.InvariantCulture, $"the run's process was killed by signal {code - Signals}");
            return errorTail.Length == 0 ? killed : $"{killed}; last lines of its standard error: {errorTail}";
        }

        // A process that rejects its input exits before it records anything, so a recorded failure is an older one.
        var known = code == UnusableInput && errorTail.Length > 0 ? errorTail : recorded ?? errorTail;
        return known.Length > 0 ? known : string.Create(CultureInfo.InvariantCulture, $"the run's process ended with exit code {code}");
    }
}
