using PlaNet.Cluster.Stores;
using PlaNet.Common;

namespace PlaNet.Cluster.Grids;

/// <summary>
/// A ledger in a folder, held by the one process of this machine that coordinates its grids, which says there at which address. Whoever
/// comes later joins that process instead.
/// </summary>
public sealed class HeldLedger : IDisposable
{
    private const string LockFile = "coordinator.lock";
    private const string AddressFile = "coordinator";

    private readonly string _folder;
    private readonly FileStream _held;

    private HeldLedger(string folder, FileStream held) => (_folder, _held) = (folder, held);

    /// <summary>Holds the ledger of a folder until this is disposed.</summary>
    /// <param name="folder">The folder, which is created where it is not there.</param>
    /// <returns>Null where another process holds it.</returns>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static HeldLedger? TryHold(string folder)
    {
        Directory.CreateDirectory(folder);
        return HeldFile.TryHold(Path.Combine(folder, LockFile)) is { } held ? new HeldLedger(folder, held) : null;
    }

    /// <summary>Where the process listens that holds the ledger of a folder, such as <c>127.0.0.1:4711</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="GridStoreException">No process holds it, or one has only just begun to: this passes.</exception>
    public static string RequireAddress(string folder) => FindAddress(folder)
        ?? throw new GridStoreException($"{folder} is about to be used or left by another process: try again.") { IsPassing = true };

    /// <summary>Where the process listens that holds the ledger of a folder; null where none holds it, or has not said yet where it listens.</summary>
    /// <param name="folder">The folder; it need not be there.</param>
    public static string? FindAddress(string folder)
    {
        try
        {
            return HeldFile.IsHeld(Path.Combine(folder, LockFile)) is true ? File.ReadAllText(Path.Combine(folder, AddressFile)).Trim() : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Says where this process listens.</summary>
    /// <param name="address">Host and port.</param>
    public void Announce(string address) => AtomicFile.WriteText(Path.Combine(_folder, AddressFile), address + "\n");

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(Path.Combine(_folder, AddressFile));
        _held.Dispose();
    }
}
