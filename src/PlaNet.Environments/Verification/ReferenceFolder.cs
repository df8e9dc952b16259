using System.Text.Json;

namespace PlaNet.Environments.Verification;

/// <summary>
/// A folder of figures recorded from the original tasks: <c>models/</c>, <c>physics/rollouts/</c>, <c>physics/transitions/</c>,
/// <c>physics/initial_states/</c>, <c>rewards/</c> and <c>frames/</c>, as docs/tasks.md describes. Any part may be missing as long as it
/// is not asked for.
/// </summary>
public sealed class ReferenceFolder
{
    private readonly string _path;

    /// <summary>Looks at a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="ReferenceDataException">There is no such folder.</exception>
    public ReferenceFolder(string path)
    {
        _path = Directory.Exists(path) ? path : throw new ReferenceDataException($"There is no folder {path}: give the folder that holds models/, physics/, rewards/ and frames/.");
    }

    /// <summary>Whether a file or folder exists.</summary>
    /// <param name="name">Name relative to the folder.</param>
    public bool Has(string name)
    {
        return Path.Exists(Path.Combine(_path, name));
    }

    /// <summary>A JSON file.</summary>
    /// <param name="name">Name relative to the folder.</param>
    /// <exception cref="ReferenceDataException">It is missing or malformed.</exception>
    public JsonElement Json(string name)
    {
        try
        {
            using var document = JsonDocument.Parse(Bytes(name));
            return document.RootElement.Clone();
        }
        catch (JsonException failure)
        {
            throw new ReferenceDataException($"{name} is no JSON: {failure.Message}", failure);
        }
    }

    /// <summary>A CSV file.</summary>
    /// <param name="name">Name relative to the folder.</param>
    /// <exception cref="ReferenceDataException">It is missing or malformed.</exception>
    public RecordedTable Table(string name)
    {
        return new RecordedTable(name, Read(name, File.ReadAllLines));
    }

    /// <summary>A file as it is.</summary>
    /// <param name="name">Name relative to the folder.</param>
    /// <exception cref="ReferenceDataException">It is missing.</exception>
    public byte[] Bytes(string name)
    {
        return Read(name, File.ReadAllBytes);
    }

    /// <summary>Names of the entries of a subfolder, without extension, in order.</summary>
    /// <param name="folder">Name relative to the folder.</param>
    /// <param name="pattern">Which, such as "*.csv".</param>
    /// <exception cref="ReferenceDataException">There is none.</exception>
    public IReadOnlyList<string> Names(string folder, string pattern)
    {
        var path = Path.Combine(_path, folder);
        string[] names = Directory.Exists(path)
            ? [.. Directory.EnumerateFileSystemEntries(path, pattern).Select(entry => Path.GetFileNameWithoutExtension(entry)).Order(StringComparer.Ordinal)]
            : [];
        return names.Length > 0 ? names : throw new ReferenceDataException($"{_path} has no {folder}/{pattern}: nothing was recorded to compare with.");
    }

    private T Read<T>(string name, Func<string, T> read)
    {
        try
        {
            return read(Path.Combine(_path, name));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ReferenceDataException($"{name} cannot be read: {failure.Message}", failure);
        }
    }
}
