using PlaNet.Common;

namespace PlaNet.Cli;

/// <summary>Checks the files that a verb writes at its end, before it does what takes minutes.</summary>
internal static class OutputFile
{
    /// <summary>Checks that a file can be written at a path. Leaves nothing there, and an existing file as it is.</summary>
    /// <param name="option">The option with the path, such as <c>--json</c>.</param>
    /// <param name="path">Its value.</param>
    /// <exception cref="UnusableInputException">The path is empty or a folder, or its folder does not exist.</exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    public static void Require(string option, string path)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new UnusableInputException($"{option} is empty: it must name a file. Give its path.");
        }

        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new UnusableInputException($"{option} {path}: is a folder. Give the path of a file.");
        }

        var folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder))
        {
            throw new UnusableInputException($"{option} {path}: there is no folder {folder}. Create it, or give another path.");
        }

        // The attempt is the only reliable test: permissions, read-only file systems and long names differ between machines.
        var attempt = Path.Combine(folder, $".{Path.GetFileName(full)}.{Path.GetRandomFileName()}.tmp");
        try
        {
            using var file = new FileStream(
                attempt, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Of(full, refused);
        }
    }
}
