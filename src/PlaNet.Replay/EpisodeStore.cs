using System.Security.Cryptography;
using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>A file in a store's folder that is not used.</summary>
/// <param name="FileName">Name of the file, without its folder.</param>
/// <param name="Reason">Why it is not used, as a sentence.</param>
public sealed record SkippedFile(string FileName, string Reason);

/// <summary>Gives access to episodes by name.</summary>
public interface IEpisodeSource
{
    /// <summary>The metadata of an episode; does not read its images.</summary>
    /// <exception cref="KeyNotFoundException">There is no such episode.</exception>
    EpisodeEntry Describe(string name);

    /// <summary>Loads an episode.</summary>
    /// <exception cref="KeyNotFoundException">There is no such episode.</exception>
    Episode Load(string name);
}

/// <summary>
/// The episodes of one folder, one file per episode. Files are written atomically. A file that is truncated, damaged or not an episode is
/// listed in <see cref="Skipped"/> and left in place. Decoded episodes are cached up to a number of bytes; the least recently used are
/// evicted and read from disk when needed, so memory is bounded for any number of episodes.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class EpisodeStore : IEpisodeSource
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, EpisodeEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _hashes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedListNode<Episode>> _cached = new(StringComparer.Ordinal);
    private readonly LinkedList<Episode> _recentlyUsed = [];
    private readonly long _memoryBytes;
    private readonly bool _readOnly;
    private long _cachedBytes;

    private EpisodeStore(string folder, long memoryBytes, bool readOnly)
    {
        Folder = folder;
        _memoryBytes = memoryBytes;
        _readOnly = readOnly;
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Files that the store found when it was opened and does not use, ordered by name.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; private set; } = [];

    /// <summary>Bytes of the cached decoded episodes; never above the memory limit.</summary>
    public long CachedBytes
    {
        get
        {
            lock (_gate)
            {
                return _cachedBytes;
            }
        }
    }

    /// <summary>Number of episodes.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>
    /// Opens a folder. Reads and checks the archive directory, headers and rewards of every file; images are read and checked on load.
    /// </summary>
    /// <param name="folder">The folder; created if it does not exist, unless <paramref name="readOnly"/>.</param>
    /// <param name="memoryBytes">Memory for decoded episodes, in bytes. At least 0; with 0 every load reads from disk.</param>
    /// <param name="readOnly">
    /// True for readers: nothing is created, removed or added. False for the single owner, which also removes temporary files left by a
    /// killed process. Default false.
    /// </param>
    /// <exception cref="IOException">The folder cannot be created or read.</exception>
    public static EpisodeStore Open(string folder, long memoryBytes, bool readOnly = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfNegative(memoryBytes);
        var full = Path.GetFullPath(folder);
        if (!readOnly)
        {
            try
            {
                Directory.CreateDirectory(full);
                AtomicFile.FlushFolder(Path.GetDirectoryName(full) ?? full);
                AtomicFile.DeleteStrays(full);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw StorageException.Of(full, exception);
            }
        }

        var store = new EpisodeStore(full, memoryBytes, readOnly);
        var skipped = new List<SkippedFile>();
        foreach (var path in Directory.GetFiles(full).Order(StringComparer.Ordinal))
        {
            try
            {
                if (!path.EndsWith(EpisodeFile.Extension, StringComparison.Ordinal))
                {
                    throw new EpisodeFileException(Path.GetFileName(path), $"its extension is not {EpisodeFile.Extension}.");
                }

                var entry = EpisodeFile.ReadEntry(path);
                store._entries.Add(entry.Name, entry);
            }
            catch (EpisodeFileException exception)
            {
                skipped.Add(new SkippedFile(Path.GetFileName(path), exception.Reason));
            }
        }

        store.Skipped = skipped;
        return store;
    }

    /// <summary>All episodes, ordered by name.</summary>
    public IReadOnlyList<EpisodeEntry> List()
    {
        lock (_gate)
        {
            return [.. _entries.Values];
        }
    }

    /// <summary>Whether the store has an episode of that name.</summary>
    public bool Contains(string name)
    {
        lock (_gate)
        {
            return _entries.ContainsKey(name);
        }
    }

    /// <inheritdoc/>
    public EpisodeEntry Describe(string name)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(name, out var entry)
                ? entry
                : throw new KeyNotFoundException(
                    $"The folder {Folder} has no readable episode {name}: check that its file is there and is not damaged.");
        }
    }

    /// <summary>Writes an episode to its file atomically and durably.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="replace">
    /// Whether to replace an episode of the same name: a resumed run records the episodes after its checkpoint again. Default false: an
    /// existing file is left unchanged if it has the same bytes, and is an error otherwise.
    /// </param>
    /// <param name="writing">
    /// Called after the temporary file is written and before it is renamed; may throw to simulate a disk error. Default none.
    /// </param>
    /// <exception cref="InvalidOperationException">The store is read-only, or has a different episode of that name.</exception>
    /// <exception cref="IOException">The file cannot be written; the message names the file and the cause.</exception>
    public EpisodeEntry Add(Episode episode, bool replace = false, Action? writing = null)
    {
        ArgumentNullException.ThrowIfNull(episode);
        if (_readOnly)
        {
            throw new InvalidOperationException(
                $"The store of {Folder} is read-only, so {episode.Name} cannot be added: open the store with readOnly: false.");
        }

        var path = PathOf(episode.Name);
        var content = EpisodeFile.ToBytes(episode);
        var hash = Hash(content);
        var write = true;
        if (!replace && File.Exists(path))
        {
            write = false;
            if (!string.Equals(Hash(File.ReadAllBytes(path)), hash, StringComparison.Ordinal))
            {
                throw new InvalidOperationException(
                    $"{path} exists and differs from the episode to add: use another name, or pass replace: true.");
            }
        }

        if (write)
        {
            AtomicFile.Write(path, stream =>
            {
                stream.Write(content);
                writing?.Invoke();
            });
        }

        var entry = new EpisodeEntry(episode.Name, episode.Length, episode.Return, content.Length);
        lock (_gate)
        {
            _entries[episode.Name] = entry;
            _hashes[episode.Name] = hash;
            Evict(episode.Name);
            Cache(episode);
        }

        return entry;
    }

    /// <inheritdoc/>
    /// <exception cref="EpisodeFileException">The file is damaged.</exception>
    public Episode Load(string name)
    {
        Describe(name);
        lock (_gate)
        {
            if (_cached.TryGetValue(name, out var node))
            {
                _recentlyUsed.Remove(node);
                _recentlyUsed.AddFirst(node);
                return node.Value;
            }
        }

        // Outside the lock, so that loads run in parallel. Two threads may read the same episode, which is correct but slower.
        var episode = EpisodeFile.FromBytes(name, File.ReadAllBytes(PathOf(name)));
        lock (_gate)
        {
            if (!_cached.ContainsKey(name))
            {
                Cache(episode);
            }
        }

        return episode;
    }

    /// <summary>SHA-256 of an episode's file, as 64 lower-case hexadecimal digits; computed once and cached.</summary>
    /// <exception cref="KeyNotFoundException">There is no such episode.</exception>
    public string Sha256(string name)
    {
        Describe(name);
        lock (_gate)
        {
            if (_hashes.TryGetValue(name, out var known))
            {
                return known;
            }
        }

        var hash = Hash(File.ReadAllBytes(PathOf(name)));
        lock (_gate)
        {
            _hashes[name] = hash;
        }

        return hash;
    }

    private static string Hash(byte[] content)
    {
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private string PathOf(string name)
    {
        return Path.Combine(Folder, name + EpisodeFile.Extension);
    }

    private void Cache(Episode episode)
    {
        if (episode.Bytes > _memoryBytes)
        {
            return;
        }

        while (_cachedBytes + episode.Bytes > _memoryBytes)
        {
            Evict(_recentlyUsed.Last!.Value.Name);
        }

        _cached.Add(episode.Name, _recentlyUsed.AddFirst(episode));
        _cachedBytes += episode.Bytes;
    }

    private void Evict(string name)
    {
        if (_cached.Remove(name, out var node))
        {
            _recentlyUsed.Remove(node);
            _cachedBytes -= node.Value.Bytes;
        }
    }
}
