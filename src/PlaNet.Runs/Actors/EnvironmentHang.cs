using PlaNet.Runs.Settings;

namespace PlaNet.Runs.Actors;

/// <summary>Creates the failure of a role whose environment hangs.</summary>
internal static class EnvironmentHang
{
    /// <summary>The exception with which the role fails.</summary>
    /// <param name="settings">Settings with the timeout.</param>
    /// <param name="role">Name of the role.</param>
    /// <param name="abandoned">Number of threads that the role has abandoned, this one included.</param>
    public static TimeoutException Failure(PlanetSettings settings, string role, int abandoned) => new(
        $"The environment did not respond within {settings.EnvironmentTimeoutSeconds} s " +
        "(planet.environment_timeout_seconds in hocon/planet.conf). " +
        $"Its thread cannot be stopped and is abandoned, number {abandoned} of {role}.");
}
