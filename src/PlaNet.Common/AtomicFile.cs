using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace PlaNet.Common;

/// <summary>
/// Atomic file writes. Content is written to a temporary file beside the target, flushed to the disk and renamed over the target; then the
/// folder is flushed. A process killed at any time leaves either the old file or the new one. A failed write removes its temporary file.
/// </summary>
public static partial class AtomicFile
{
    private const string TemporaryPattern = ".*.tmp";

    private static readonly ConcurrentDictionary<string, bool> s_unfinished = new(StringComparer.Ordinal);

    /// <summary>Writes a file atomically.</summary>
    /// <param name="path">The file; its folder must exist. An existing file is replaced.</param>
    /// <param name="write">Writes the content to a seekable stream.</param>
    /// <exception cref="StorageException">
    /// The write failed: the message names the file, the cause and the remedy. An existing file is unchanged.
    /// </exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, mode: null, replace: true);

    /// <summary>
    /// Writes a file that is replaced often and that nobody needs after a power failure: as
    /// <see cref="Write(string, ReadOnlyMemory{byte})"/>, but without waiting for the disk.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">The complete content.</param>
    /// <exception cref="StorageException">The write failed: the message names the file, the cause and the remedy.</exception>
    public static void WriteTransient(string path, ReadOnlyMemory<byte> content) =>
        Write(path, stream => stream.Write(content.Span), mode: null, replace: true, durable: false);

    /// <summary>
    /// Atomically writes a file that only its owner may read or write. The temporary file has mode 0600 from its creation.
    /// See <see cref="Write(string, Action{Stream})"/>.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">The complete content.</param>
    /// <param name="replace">Whether to replace an existing file; if false, the write fails when the file exists.</param>
    /// <exception cref="StorageException">
    /// The write failed, or the file exists and must not be replaced: the message names the file, the cause and the remedy.
    /// </exception>
    public static void WritePrivate(string path, ReadOnlyMemory<byte> content, bool replace) =>
        Write(path, stream => stream.Write(content.Span), UnixFileMode.UserRead | UnixFileMode.UserWrite, replace);

    private static void Write(string path, Action<Stream> write, UnixFileMode? mode, bool replace, bool durable = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var target = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(target)
            ?? throw new ArgumentException($"Cannot write to {path}: it names a folder. Give the path of a file.", nameof(path));
        var temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}.tmp");
        s_unfinished[temporary] = true;
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 1 << 16,
            };
            if (mode is not null && !OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            using (var stream = new FileStream(temporary, options))
            {
                write(stream);
                stream.Flush(flushToDisk: durable);
            }

            File.Move(temporary, target, overwrite: replace);
            if (durable)
            {
                FlushFolder(folder);
            }
        }
        catch (Exception exception)
        {
            TryDelete(temporary);
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw StorageException.Of(target, exception);
            }

            throw;
        }
        finally
        {
            s_unfinished.TryRemove(temporary, out _);
        }
    }

    /// <summary>
    /// Removes the temporary files of the writes that this process has not finished; those writes then fail. For a process that ends while
    /// other threads still write.
    /// </summary>
    public static void DeleteUnfinished()
    {
        foreach (var temporary in s_unfinished.Keys)
        {
            TryDelete(temporary);
        }
    }

    /// <summary>Writes bytes to a file atomically; see <see cref="Write(string, Action{Stream})"/>.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">The complete content.</param>
    /// <exception cref="StorageException">The write failed: the message names the file, the cause and the remedy.</exception>
    public static void Write(string path, ReadOnlyMemory<byte> content)
    {
        Write(path, stream => stream.Write(content.Span));
    }

    /// <summary>Atomically writes text as UTF-8 without a byte order mark; see <see cref="Write(string, Action{Stream})"/>.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="content">The complete content.</param>
    /// <exception cref="StorageException">The write failed: the message names the file, the cause and the remedy.</exception>
    public static void WriteText(string path, string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        Write(path, Encoding.UTF8.GetBytes(content));
    }

    /// <summary>
    /// Removes the temporary files that a killed writer left in a folder. Call it only when no other writer uses the folder, for example
    /// when the owner of a run directory starts.
    /// </summary>
    /// <param name="folder">An existing folder; subfolders are not searched.</param>
    /// <returns>Names of the removed files, sorted.</returns>
    public static IReadOnlyList<string> DeleteStrays(string folder)
    {
        var strays = Directory.GetFiles(folder, TemporaryPattern).Order(StringComparer.Ordinal).ToArray();
        foreach (var stray in strays)
        {
            File.Delete(stray);
        }

        return [.. strays.Select(stray => Path.GetFileName(stray))];
    }

    /// <summary>
    /// Makes the names in a folder durable by fsync of the folder itself. Does nothing on Windows, where renames are journalled and folders
    /// cannot be flushed.
    /// </summary>
    /// <param name="folder">An existing folder.</param>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = OpenReadOnly(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"Could not open the folder {folder} to flush it: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        try
        {
            if (FlushDescriptor(descriptor) != 0)
            {
                throw new IOException($"Could not flush the folder {folder}: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }
        finally
        {
            _ = CloseDescriptor(descriptor);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The caller reports the first error. DeleteStrays removes the temporary file later.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenReadOnly(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FlushDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseDescriptor(int descriptor);
}
