namespace PlaNet.Common;

/// <summary>
/// A lock file that a process holds open while it runs. The operating system releases the lock when the process exits or is killed, so
/// other processes can detect whether it is running.
/// </summary>
public static class HeldFile
{
    // IsHeld holds its shared lock far shorter than this, even on a busy machine.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Locks the file until the returned stream is disposed; creates the file if it does not exist. Waits up to 5 s for a concurrent
    /// <see cref="IsHeld"/> to finish.
    /// </summary>
    /// <param name="path">The lock file; its folder must exist.</param>
    /// <returns>The stream, or null if another process holds the lock.</returns>
    /// <exception cref="IOException">The file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is not writable.</exception>
    public static FileStream? TryHold(string path)
    {
        FileStream? held = null;
        SpinWait.SpinUntil(
            () =>
            {
                held = Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return held is not null || IsHeld(path) is true;
            },
            s_timeout);
        return held;
    }

    /// <summary>Whether a process holds the lock; null if the file is not readable. The check takes a shared lock for a moment.</summary>
    /// <param name="path">The lock file; if it does not exist, the result is false.</param>
    public static bool? IsHeld(string path)
    {
        try
        {
            using var stream = Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return stream is null;
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

    // Null on a sharing violation: another process has the file open in a conflicting mode.
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
