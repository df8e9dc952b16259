using PlaNet.Telemetry.Pictures;

namespace PlaNet.Telemetry.Dashboard;

/// <summary>A video or picture of a run.</summary>
/// <param name="Name">Name of the file in the folder of videos.</param>
/// <param name="Kind">What it shows: the first word of the name, such as <c>evaluation</c> or <c>prediction</c>.</param>
/// <param name="Episodes">Training episodes when it was made; null if the name has no number.</param>
/// <param name="Written">When it was written.</param>
public sealed record RunFile(string Name, string Kind, long? Episodes, DateTimeOffset Written)
{
    private static readonly string[] s_extensions = [".gif", ".png", ".mp4"];

    /// <summary>The videos and pictures of a run, newest first; of a video in two formats only the GIF.</summary>
    /// <param name="folder">The run directory.</param>
    public static IReadOnlyList<RunFile> Find(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var videos = new DirectoryInfo(Path.Combine(folder, "videos"));
        try
        {
            if (!videos.Exists || videos.LinkTarget is not null)
            {
                return [];
            }

            return
            [
                .. videos.EnumerateFiles()
                    .Where(file => file.LinkTarget is null && !file.Name.StartsWith('.') && s_extensions.Contains(file.Extension)
                        && !VideoWriter.IsCopy(file.FullName))
                    .Select(Of)
                    .OrderByDescending(file => file.Episodes ?? -1)
                    .ThenBy(file => file.Name, StringComparer.Ordinal),
            ];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static RunFile Of(FileInfo file)
    {
        var parts = Path.GetFileNameWithoutExtension(file.Name).Split('-');
        long? episodes = null;
        foreach (var part in parts)
        {
            episodes = long.TryParse(part, System.Globalization.NumberStyles.None, null, out var number) ? number : episodes;
        }

        return new RunFile(file.Name, parts[0], episodes, new DateTimeOffset(file.LastWriteTimeUtc));
    }
}
