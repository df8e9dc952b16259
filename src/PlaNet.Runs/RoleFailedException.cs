using System.Globalization;

namespace PlaNet.Runs;

/// <summary>A role failed more often than its restart budget (<c>planet.supervision</c>) allows.</summary>
/// <param name="role">Path of the role's actor.</param>
/// <param name="failures">Number of failures within the window, the last one included.</param>
/// <param name="within">Length of the window.</param>
/// <param name="cause">The last failure.</param>
public sealed class RoleFailedException(string role, int failures, TimeSpan within, Exception cause) : Exception(
    string.Create(
        CultureInfo.InvariantCulture,
        $"{role} failed {failures} time{(failures == 1 ? "" : "s")} in {within.TotalSeconds:0.###} s; last error: {cause?.Message}"),
    cause);
