using System.Security.Cryptography;
using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>A file in a store's folder that is not used, and why.</summary>
/// <param name="FileName">Name of the file.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record SkippedFile(string FileName, string Reason);

/// <summary>Where chunks come from: episodes by name.</summary>
public interface IEpisodeSource
{
    /// <summary>What is known of an episode without reading its images.</summary>
    /// <param name="name">Name of the episode.</param>
    /// <exception cref="KeyNotFoundException">There is no such episode.</exception>
    EpisodeEntry Describe(string name);

    /// <summary>The episode.</summary>
    /// <param name="name">Name of the episode.</param>
    /// <exception cref="KeyNotFoundException">There is no such episode.</exception>
    Episode Load(string name);
}

/// <summary>
/// The episodes of one folder, a file each. Files are written whole or not at all; a file that is torn, damaged or something else is
/// reported in <see cref="Skipped"/> and left where it is. Decoded episodes are kept up to a number of bytes, the least recently used
/// go first and are read again from disk when needed, so memory is bounded whatever the number of episodes.
/// </summary>
/// <remarks>Safe for use by several threads.</remarks>
public sealed class EpisodeStore : IEpisodeSource
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, EpisodeEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _hashes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedListNode<Episode>> _cached = new(StringComparer.Ordinal);
    private readonly LinkedList<Episode> _byUse = [];
    private readonly long _memoryBytes;
    private readonly bool _readOnly;
    private long _cachedBytes;

    private EpisodeStore(string folder, long memoryBytes, bool readOnly)
    {
        Folder = folder;
        _memoryBytes = memoryBytes;
        _readOnly = readOnly;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Files that were found when the store was opened and are not used, with the reason, ordered by name.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; private set; } = [];

    /// <summary>Bytes of the decoded episodes in memory; never above the budget.</summary>
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
    /// Opens a folder. The directory, headers and rewards of every file are read and checked; the images only when an episode is loaded.
    /// </summary>
    /// <param name="folder">The folder; its owner creates it if need be.</param>
    /// <param name="memoryBytes">Memory for decoded episodes. At least 0, where every load reads from disk.</param>
    /// <param name="readOnly">
    /// True for those who only look on: nothing is created, removed or added. False for the one owner, who removes the temporary files
    /// that a killed predecessor left. Default false.
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

    /// <summary>True if there is an episode of that name.</summary>
    /// <param name="name">Name of an episode.</param>
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
                : throw new KeyNotFoundException($"The folder {Folder} holds no readable episode {name}: see the store's skipped files.");
        }
    }

    /// <summary>Writes an episode to its file, whole or not at all; when this returns, it is on disk.</summary>
    /// <param name="episode">The episode.</param>
    /// <param name="replace">
    /// True to replace an episode of the same name: a resumed run records again what came after its checkpoint. Default false: an episode
    /// that is there already is left alone if its file is equal byte for byte, and an error otherwise.
    /// </param>
    /// <param name="writing">Called when everything but the renaming is done: what it throws is a failure of the disk. Default nothing.</param>
    /// <exception cref="InvalidOperationException">The store was opened for reading, or there is a different episode of that name.</exception>
    /// <exception cref="IOException">The disk refused: the message names the file and the cause.</exception>
    public EpisodeEntry Add(Episode episode, bool replace = false, Action? writing = null)
    {
        ArgumentNullException.ThrowIfNull(episode);
        if (_readOnly)
        {
            throw new InvalidOperationException($"The store of {Folder} was opened for reading: open it as its owner to add {episode.Name}.");
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
                throw new InvalidOperationException($"{path} exists and holds something else than the episode to add: give another name, or ask to replace it.");
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
            Forget(episode.Name);
            Keep(episode);
        }

        return entry;
    }

    /// <inheritdoc/>
    /// <exception cref="EpisodeFileException">The file has been damaged since the store was opened, or its images were before.</exception>
    public Episode Load(string name)
    {
        Describe(name);
        lock (_gate)
        {
            if (_cached.TryGetValue(name, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value;
            }
        }

        // Outside the lock: two threads may both read an episode, which costs time but is correct.
        var episode = EpisodeFile.FromBytes(name, File.ReadAllBytes(PathOf(name)));
        lock (_gate)
        {
            if (!_cached.ContainsKey(name))
            {
                Keep(episode);
            }
        }

        return episode;
    }

    /// <summary>SHA-256 of an episode's file, as 64 lower-case hexadecimal digits; computed once.</summary>
    /// <param name="name">Name of the episode.</param>
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

    private void Keep(Episode episode)
    {
        if (episode.Bytes > _memoryBytes)
        {
            return;
        }

        while (_cachedBytes + episode.Bytes > _memoryBytes)
        {
            Forget(_byUse.Last!.Value.Name);
        }

        _cached.Add(episode.Name, _byUse.AddFirst(episode));
        _cachedBytes += episode.Bytes;
    }

    private void Forget(string name)
    {
        if (_cached.Remove(name, out var node))
        {
            _byUse.Remove(node);
            _cachedBytes -= node.Value.Bytes;
        }
    }
}
