using PlaNet.Runs.Settings;

namespace PlaNet.Runs.Actors;

/// <summary>What is said of an environment that hangs.</summary>
internal static class EnvironmentHang
{
    /// <summary>What its role fails with.</summary>
    /// <param name="settings">Settings of the machine.</param>
    /// <param name="role">Name of the role.</param>
    /// <param name="abandoned">Threads that this role has left alone so far, this one included.</param>
    public static TimeoutException Failure(PlanetSettings settings, string role, int abandoned) => new(
        $"The environment gave no answer within {settings.EnvironmentTimeoutSeconds} s (planet.environment_timeout_seconds in hocon/planet.conf). " +
        $"Its thread cannot be stopped and is left alone, number {abandoned} of {role}.");
}
