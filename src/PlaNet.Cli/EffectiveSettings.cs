using System.Text.Json;
using PlaNet.Actors;
using PlaNet.Replay;
using PlaNet.Training;

namespace PlaNet.Cli;

/// <summary>The settings of the machine that a run is started with, kept in its directory: those of the file, and defaults for what it leaves out.</summary>
public static class EffectiveSettings
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Writes <c>settings.json</c>, in the form of <c>hocon/planet.conf</c>: PLANET_CONF can name it.</summary>
    /// <param name="folder">The run directory.</param>
    /// <param name="settings">Settings of the machine.</param>
    /// <param name="actors">Settings of the actor layer.</param>
    /// <exception cref="StorageException">The disk refused.</exception>
    public static void Write(RunFolder folder, MachineSettings settings, ActorSettings actors)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(actors);
        var text = JsonSerializer.Serialize(new { Planet = settings, actors.Supervision, actors.Mailboxes }, Json);
        AtomicFile.WriteText(folder.SettingsFile, text + "\n");
    }
}
