using System.CommandLine;
using PlaNet.Runs.Settings;

namespace PlaNet.Cli;

/// <summary>
/// Where the machine's settings come from: <c>hocon/planet.conf</c> beside the program, over it the file of <c>--hocon</c> or of the
/// variable PLANET_CONF, and over both the variables PLANET__... and AKKA__....
/// </summary>
public static class SettingsFile
{
    private const string Name = "--hocon";

    /// <summary>The option that names a file.</summary>
    public static Option<string?> NewOption() => new(Name)
    {
        Description = "Settings of this machine over hocon/planet.conf; also the variable PLANET_CONF",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>The file that was given; null for none.</summary>
    /// <param name="line">The parsed command line.</param>
    public static string? Given(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetValue<string?>(Name) ?? (Environment.GetEnvironmentVariable("PLANET_CONF") is { Length: > 0 } named ? named : null);
    }

    /// <summary>Reads the settings in force.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <exception cref="SettingsException">A file or a value is wrong: the message says which, and what to do.</exception>
    public static HoconSettings Read(ParseResult line)
    {
        var own = Path.Combine(AppContext.BaseDirectory, "hocon", "planet.conf");
        string?[] files = [File.Exists(own) ? own : null, Given(line)];
        return HoconSettings.Read(files.OfType<string>(), Environment.GetEnvironmentVariables());
    }
}
