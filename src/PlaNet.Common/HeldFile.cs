namespace PlaNet.Common;

/// <summary>A file that a process holds open for as long as it works, so that others can see that it does, even when it is killed.</summary>
public static class HeldFile
{
    // Far more than a look at the file takes on a machine that is busy.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Holds the file until the stream is disposed, creating it where it is not there. Whoever only looks at it (<see cref="IsHeld"/>) is waited for.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The stream, or null where another process holds the file.</returns>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static FileStream? TryHold(string path)
    {
        FileStream? held = null;
        SpinWait.SpinUntil(
            () =>
            {
                held = Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return held is not null || IsHeld(path) is true;
            },
            s_patience);
        return held;
    }

    /// <summary>Whether a process holds the file at this moment; null where it may not be read. It takes a lock that others who look can share.</summary>
    /// <param name="path">The file; one that is not there is held by nobody.</param>
    public static bool? IsHeld(string path)
    {
        try
        {
            using var looked = Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return looked is null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Null where somebody else has it open in a way that does not go together with this one.
    private static FileStream? Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, mode, access, share);
        }
        catch (IOException exception) when (File.Exists(path) && StorageException.Of(path, exception).Problem == StorageProblem.Other)
        {
            return null;
        }
    }
}
