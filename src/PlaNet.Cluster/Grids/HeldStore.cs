using PlaNet.Cluster.Stores;
using PlaNet.Common;

namespace PlaNet.Cluster.Grids;

/// <summary>
/// An exclusive lock on a store in a folder. The one process of this machine that coordinates the store's grids holds the lock and writes
/// its address into the folder. Processes that start later join that process instead.
/// </summary>
public sealed class HeldStore : IDisposable
{
    private const string LockFile = "coordinator.lock";
    private const string AddressFile = "coordinator";

    private readonly string _folder;
    private readonly FileStream _lock;

    private HeldStore(string folder, FileStream lockStream) => (_folder, _lock) = (folder, lockStream);

    /// <summary>Locks the store in a folder until the result is disposed.</summary>
    /// <param name="folder">The folder; created if missing.</param>
    /// <returns>The lock; null if another process holds it.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static HeldStore? TryHold(string folder)
    {
        Directory.CreateDirectory(folder);
        return HeldFile.TryHold(Path.Combine(folder, LockFile)) is { } lockStream ? new HeldStore(folder, lockStream) : null;
    }

    /// <summary>The address of the process that holds the store in a folder, such as <c>127.0.0.1:4711</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="GridStoreException">
    /// No process holds the store any more, or the holder has not written its address yet. The failure is transient.
    /// </exception>
    public static string RequireAddress(string folder) => FindAddress(folder)
        ?? throw new GridStoreException(
            $"The store {folder} is locked by another process that is starting or ending, and only one process may hold it. " +
            "Try again in a few seconds.")
        {
            IsTransient = true,
        };

    /// <summary>
    /// The address of the process that holds the store in a folder; null if no process holds it, or if the holder has not written its
    /// address yet.
    /// </summary>
    /// <param name="folder">The folder; may be missing.</param>
    public static string? FindAddress(string folder)
    {
        try
        {
            return HeldFile.IsHeld(Path.Combine(folder, LockFile)) is true
                ? File.ReadAllText(Path.Combine(folder, AddressFile)).Trim()
                : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Writes the address of this process into the folder.</summary>
    /// <param name="address">Host and port.</param>
    public void Announce(string address) => AtomicFile.WriteText(Path.Combine(_folder, AddressFile), address + "\n");

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(Path.Combine(_folder, AddressFile));
        _lock.Dispose();
    }
}
