namespace PlaNet.Cli;

/// <summary>Where the machine's settings lie: <c>hocon/planet.conf</c>, copied beside the program.</summary>
public static class SettingsFile
{
    /// <summary>The file; the environment variable PLANET_CONF names another.</summary>
    public static string Path =>
        Environment.GetEnvironmentVariable("PLANET_CONF") is { Length: > 0 } given
            ? given
            : System.IO.Path.Combine(AppContext.BaseDirectory, "hocon", "planet.conf");
}
