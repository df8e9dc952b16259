using System.CommandLine;
using PlaNet.Runs.Settings;

namespace PlaNet.Cli;

/// <summary>
/// The settings of the machine: <c>hocon/planet.conf</c> beside the program, overridden by the file named by <c>--hocon</c> or the
/// environment variable PLANET_CONF, overridden by the environment variables PLANET__... and AKKA__....
/// </summary>
public static class SettingsFile
{
    private const string Name = "--hocon";

    /// <summary>The option that names a settings file.</summary>
    public static Option<string?> NewOption() => new(Name)
    {
        Description = "Settings file that overrides hocon/planet.conf; by default the file named by the environment variable PLANET_CONF",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>The file named by --hocon or PLANET_CONF; null for none.</summary>
    public static string? Given(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetValue<string?>(Name) ?? (Environment.GetEnvironmentVariable("PLANET_CONF") is { Length: > 0 } named ? named : null);
    }

    /// <summary>Reads the settings in force.</summary>
    /// <exception cref="SettingsException">A file or a value is invalid; the message names it and the remedy.</exception>
    public static HoconSettings Read(ParseResult line)
    {
        var own = Path.Combine(AppContext.BaseDirectory, "hocon", "planet.conf");
        string?[] files = [File.Exists(own) ? own : null, Given(line)];
        return HoconSettings.Read(files.OfType<string>(), Environment.GetEnvironmentVariables());
    }
}
