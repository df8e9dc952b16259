using System.IO.Compression;

namespace PlaNet.Replay;

/// <summary>
/// NumPy's .npz archives: a ZIP file with one compressed .npy file per array, as numpy.savez_compressed writes and numpy.load reads them.
/// Equal arrays give equal bytes, because entries have a constant time stamp.
/// </summary>
public static class NpzFile
{
    private const string Extension = ".npy";

    // The ZIP format's method compresses at most so well.
    private const long MaxCompression = 1032;

    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes an archive.</summary>
    /// <param name="stream">The destination; stays open.</param>
    /// <param name="arrays">Arrays by name, in the order in which they are written.</param>
    /// <param name="level">Compression level. Default <see cref="CompressionLevel.Fastest"/>.</param>
    public static void Write(
        Stream stream, IEnumerable<KeyValuePair<string, NpyArray>> arrays, CompressionLevel level = CompressionLevel.Fastest)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(arrays);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, array) in arrays)
        {
            var entry = archive.CreateEntry(name + Extension, level);
            entry.LastWriteTime = Epoch;
            using var content = entry.Open();
            NpyFormat.Write(content, array);
        }
    }

    /// <summary>Reads all arrays of an archive and checks their checksums.</summary>
    /// <param name="stream">The archive, from its start; must be seekable. Stays open.</param>
    /// <exception cref="InvalidDataException">
    /// The file is truncated, damaged or not a ZIP archive, or an array has a type that is not supported.
    /// </exception>
    public static IReadOnlyDictionary<string, NpyArray> Read(Stream stream)
    {
        using var archive = Open(stream);
        var arrays = new Dictionary<string, NpyArray>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            if (!arrays.TryAdd(ArrayName(entry), ReadArray(entry)))
            {
                throw new InvalidDataException($"The archive has two arrays named {entry.FullName}: give every array a different name.");
            }
        }

        return arrays;
    }

    /// <summary>Reads the headers of all arrays and the numbers of some.</summary>
    /// <param name="stream">The archive; must be seekable. Stays open.</param>
    /// <param name="names">Names of the arrays whose numbers are read.</param>
    /// <returns>All headers, and those of the named arrays that the archive has.</returns>
    /// <exception cref="InvalidDataException">As for <see cref="Read"/>.</exception>
    public static (IReadOnlyDictionary<string, NpyHeader> Headers, IReadOnlyDictionary<string, NpyArray> Arrays) ReadSome(
        Stream stream, IReadOnlyCollection<string> names)
    {
        using var archive = Open(stream);
        var headers = new Dictionary<string, NpyHeader>(StringComparer.Ordinal);
        var arrays = new Dictionary<string, NpyArray>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            var entryName = ArrayName(entry);
            using (var content = entry.Open())
            {
                headers[entryName] = NpyFormat.ReadHeader(content, entry.Length);
            }

            if (names.Contains(entryName, StringComparer.Ordinal))
            {
                arrays[entryName] = ReadArray(entry);
            }
        }

        return (headers, arrays);
    }

    /// <summary>Reads the arrays of an archive that may have others than this program writes.</summary>
    /// <param name="stream">The archive; must be seekable. Stays open.</param>
    /// <returns>The arrays that can be read, and for each of the others the reason.</returns>
    /// <exception cref="InvalidDataException">The file is truncated, damaged or not a ZIP archive.</exception>
    public static (IReadOnlyDictionary<string, NpyArray> Arrays, IReadOnlyDictionary<string, string> Unreadable) ReadAny(Stream stream)
    {
        using var archive = Open(stream);
        var arrays = new Dictionary<string, NpyArray>(StringComparer.Ordinal);
        var unreadable = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            var name = ArrayName(entry);
            if (arrays.ContainsKey(name) || unreadable.ContainsKey(name))
            {
                throw new InvalidDataException($"The archive has two arrays named {entry.FullName}: give every array a different name.");
            }

            try
            {
                using var content = entry.Open();
                _ = NpyFormat.ReadHeader(content, entry.Length);
            }
            catch (InvalidDataException other)
            {
                unreadable.Add(name, other.Message);
                continue;
            }

            arrays.Add(name, ReadArray(entry));
        }

        return (arrays, unreadable);
    }

    private static ZipArchive Open(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
    }

    private static NpyArray ReadArray(ZipArchiveEntry entry)
    {
        // Memory is reserved for the length that the archive claims.
        if (entry.Length / MaxCompression > entry.CompressedLength)
        {
            throw new InvalidDataException(
                $"The array {entry.FullName} is damaged: {entry.CompressedLength} compressed bytes cannot hold {entry.Length}.");
        }

        using var content = entry.Open();
        var array = NpyFormat.Read(content, entry.Length, out var crc);

        // ZipArchive does not check the checksum.
        if (crc != entry.Crc32)
        {
            throw new InvalidDataException(
                $"The array {entry.FullName} is damaged: its checksum is {crc:x8}, but must be {entry.Crc32:x8}.");
        }

        return array;
    }

    private static string ArrayName(ZipArchiveEntry entry)
    {
        return entry.FullName.EndsWith(Extension, StringComparison.Ordinal)
            ? entry.FullName[..^Extension.Length]
            : throw new InvalidDataException($"The archive has the entry {entry.FullName}, but all entries must be .npy arrays.");
    }
}
