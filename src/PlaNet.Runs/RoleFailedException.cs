using System.Globalization;

namespace PlaNet.Runs;

/// <summary>A role failed more often than its budget of restarts (<c>planet.supervision</c>) allows.</summary>
/// <param name="role">Path of its actor.</param>
/// <param name="failures">How often, the last failure included.</param>
/// <param name="within">The window in which they count.</param>
/// <param name="cause">The last failure.</param>
public sealed class RoleFailedException(string role, int failures, TimeSpan within, Exception cause) : Exception(
    string.Create(CultureInfo.InvariantCulture, $"{role} failed {failures} time{(failures == 1 ? "" : "s")} in {within.TotalSeconds:0.###} s; last error: {cause?.Message}"),
    cause);
