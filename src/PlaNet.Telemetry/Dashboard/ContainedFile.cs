namespace PlaNet.Telemetry.Dashboard;

/// <summary>Files below a folder whose content nobody vouches for: a copy of somebody's run may hold a link to anything.</summary>
public static class ContainedFile
{
    /// <summary>
    /// The path of a file below a folder; null if it does not exist there, if a part of the name leads elsewhere, or if the file or a
    /// folder on the way to it is a link.
    /// </summary>
    /// <param name="folder">The folder, which may itself be reached over a link.</param>
    /// <param name="parts">Names of folders below it and of the file: single names, not paths.</param>
    public static string? Find(string folder, params ReadOnlySpan<string> parts)
    {
        var path = folder;
        foreach (var part in parts)
        {
            if (part.Length == 0 || part is "." or ".." || part.AsSpan().ContainsAny('/', '\\', '\0'))
            {
                return null;
            }

            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null)
            {
                return null;
            }
        }

        return File.Exists(path) ? path : null;
    }

    /// <summary>The last part of a text file, in lines; empty if it cannot be read. A first line that is cut off is left out.</summary>
    /// <param name="path">The file, as <see cref="Find"/> returned it.</param>
    /// <param name="mostBytes">Bytes to read at most.</param>
    public static IReadOnlyList<string> LastLines(string path, int mostBytes)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var start = Math.Max(0, stream.Length - mostBytes);
            stream.Position = start;
            var buffer = new byte[Math.Min(stream.Length, mostBytes)];
            var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var lines = System.Text.Encoding.UTF8.GetString(buffer, 0, read).Split('\n');
            return lines[(start > 0 ? 1 : 0)..(lines[^1].Length == 0 ? ^1 : ^0)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
