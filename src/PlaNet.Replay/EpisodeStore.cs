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
    private readonly HashSet<string> _checked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LinkedListNode<Episode>> _cached = new(StringComparer.Ordinal);
    private readonly LinkedList<Episode> _recentlyUsed = [];
    private readonly long _memoryBytes;
    private readonly bool _readOnly;
    private readonly EpisodeRule? _rule;
    private long _cachedBytes;

    private EpisodeStore(string folder, long memoryBytes, bool readOnly, EpisodeRule? rule)
    {
        Folder = folder;
        _memoryBytes = memoryBytes;
        _readOnly = readOnly;
        _rule = rule;
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Files that the store found and does not use: first those found when it was opened, ordered by name.</summary>
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
    /// Opens a folder. Reads and checks the archive directory, headers, actions and rewards of every file; images are read and checked on
    /// load.
    /// </summary>
    /// <param name="folder">The folder; created if it does not exist, unless <paramref name="readOnly"/>.</param>
    /// <param name="memoryBytes">Memory for decoded episodes, in bytes. At least 0; with 0 every load reads from disk.</param>
    /// <param name="readOnly">
    /// True for readers: nothing is created, removed or added. False for the single owner, which also removes temporary files left by a
    /// killed process. Default false.
    /// </param>
    /// <param name="rule">What the episodes must satisfy; files that do not are skipped. Default none.</param>
    /// <exception cref="IOException">The folder cannot be created or read.</exception>
    public static EpisodeStore Open(string folder, long memoryBytes, bool readOnly = false, EpisodeRule? rule = null)
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

        var store = new EpisodeStore(full, memoryBytes, readOnly, rule);
        var skipped = new List<SkippedFile>();
        foreach (var path in Directory.GetFiles(full).Order(StringComparer.Ordinal))
        {
            try
            {
                if (!path.EndsWith(EpisodeFile.Extension, StringComparison.Ordinal))
                {
                    throw new EpisodeFileException(Path.GetFileName(path), $"its extension is not {EpisodeFile.Extension}.");
                }

                var entry = EpisodeFile.ReadEntry(path, rule);
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
    /// <exception cref="InvalidDataException">The episode does not satisfy the rule of the store.</exception>
    /// <exception cref="IOException">The file cannot be written; the message names the file and the cause.</exception>
    public EpisodeEntry Add(Episode episode, bool replace = false, Action? writing = null)
    {
        ArgumentNullException.ThrowIfNull(episode);
        if (_readOnly)
        {
            throw new InvalidOperationException(
                $"The store of {Folder} is read-only, so {episode.Name} cannot be added: open the store with readOnly: false.");
        }

        if (_rule?.FlawOf(episode) is { } flaw)
        {
            throw new InvalidDataException($"The recorded episode {episode.Name} cannot be used: {flaw} Correct the task's environment.");
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

        var entry = new EpisodeEntry(episode.Name, episode.Length, episode.Return, content.Length) { End = episode.End };
        lock (_gate)
        {
            _entries[episode.Name] = entry;
            _hashes[episode.Name] = hash;
            _checked.Add(episode.Name);
            Skipped = [.. Skipped.Where(skipped => skipped.FileName != episode.Name + EpisodeFile.Extension)];
            Evict(episode.Name);
            Cache(episode);
        }

        return entry;
    }

    /// <summary>
    /// Checks the whole file of an episode, once. If it cannot be used, it is moved to <see cref="Skipped"/>. For files that another
    /// process wrote and no checkpoint lists.
    /// </summary>
    /// <param name="name">Name of an episode of the store.</param>
    /// <param name="seed">The seed that the episode must have.</param>
    /// <returns>Whether the episode can be used.</returns>
    public bool Check(string name, ulong seed)
    {
        lock (_gate)
        {
            if (_checked.Contains(name))
            {
                return true;
            }
        }

        try
        {
            // The hash is that of the checked bytes.
            var content = File.ReadAllBytes(PathOf(name));
            var episode = EpisodeFile.FromBytes(name, content);
            if (_rule?.FlawOf(episode) is { } flaw)
            {
                throw new EpisodeFileException(name, flaw);
            }

            if (episode.Seed != seed)
            {
                var actual = episode.Seed is { } other ? $"its seed is {other}" : "it has no seed";
                throw new EpisodeFileException(name, $"{actual}, but its name is that of seed {seed}.");
            }

            lock (_gate)
            {
                _entries[name] = new EpisodeEntry(name, episode.Length, episode.Return, content.Length) { End = episode.End };
                _hashes[name] = Hash(content);
                _checked.Add(name);
            }

            return true;
        }
        catch (Exception exception) when (exception is EpisodeFileException or IOException or UnauthorizedAccessException)
        {
            Skip(name, exception is EpisodeFileException unusable ? unusable.Reason : exception.Message);
            return false;
        }
    }

    /// <summary>Moves an episode to <see cref="Skipped"/>: its file stays, but the store no longer has it.</summary>
    /// <param name="name">Name of the episode.</param>
    /// <param name="reason">Why it is not used, as a sentence.</param>
    public void Skip(string name, string reason)
    {
        lock (_gate)
        {
            _entries.Remove(name);
            _hashes.Remove(name);
            _checked.Remove(name);
            Evict(name);
            Skipped = [.. Skipped, new SkippedFile(name + EpisodeFile.Extension, reason)];
        }
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
