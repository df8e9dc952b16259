using System.Text.Json;

namespace PlaNet.Environments.Verification;

/// <summary>
/// A folder of data recorded from the original tasks: <c>models/</c>, <c>physics/rollouts/</c>, <c>physics/transitions/</c>,
/// <c>physics/initial_states/</c>, <c>rewards/</c> and <c>frames/</c> (docs/tasks.md). Only the parts that are read must exist.
/// </summary>
public sealed class ReferenceFolder
{
    private readonly string _path;

    /// <summary>Opens a folder.</summary>
    /// <param name="path">Path of the folder that holds the subfolders above.</param>
    /// <exception cref="ReferenceDataException">There is no such folder.</exception>
    public ReferenceFolder(string path)
    {
        _path = Directory.Exists(path)
            ? path
            : throw new ReferenceDataException(
                $"There is no folder {path}: give the folder that holds models/, physics/, rewards/ and frames/.");
    }

    /// <summary>Whether a file or folder exists.</summary>
    /// <param name="name">Path relative to the folder.</param>
    public bool Has(string name)
    {
        return Path.Exists(Path.Combine(_path, name));
    }

    /// <summary>Reads a JSON file.</summary>
    /// <param name="name">Path relative to the folder.</param>
    /// <exception cref="ReferenceDataException">The file is missing or malformed.</exception>
    public JsonElement Json(string name)
    {
        try
        {
            using var document = JsonDocument.Parse(Bytes(name));
            return document.RootElement.Clone();
        }
        catch (JsonException failure)
        {
            var line = failure.LineNumber is { } index ? $" (line {index + 1})" : "";
            throw new ReferenceDataException($"{name} is not valid JSON{line}: restore the recorded file.", failure);
        }
    }

    /// <summary>Reads a CSV file.</summary>
    /// <param name="name">Path relative to the folder.</param>
    /// <exception cref="ReferenceDataException">The file is missing or malformed.</exception>
    public RecordedTable Table(string name)
    {
        return new RecordedTable(name, Read(name, File.ReadAllLines));
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="name">Path relative to the folder.</param>
    /// <exception cref="ReferenceDataException">The file is missing.</exception>
    public byte[] Bytes(string name)
    {
        return Read(name, File.ReadAllBytes);
    }

    /// <summary>Names of the entries of a subfolder, without extension, in ordinal order.</summary>
    /// <param name="folder">Path of the subfolder, relative to the folder.</param>
    /// <param name="pattern">Pattern of the names, such as "*.csv".</param>
    /// <exception cref="ReferenceDataException">No entry matches.</exception>
    public IReadOnlyList<string> Names(string folder, string pattern)
    {
        var path = Path.Combine(_path, folder);
        var entries = Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path, pattern) : [];
        string[] names = [.. entries.Select(entry => Path.GetFileNameWithoutExtension(entry)).Order(StringComparer.Ordinal)];
        return names.Length > 0
            ? names
            : throw new ReferenceDataException(
                $"{_path} has no {folder}/{pattern}: add the recorded files, or verify only the parts that were recorded.");
    }

    private T Read<T>(string name, Func<string, T> read)
    {
        try
        {
            return read(Path.Combine(_path, name));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ReferenceDataException(
                $"{name} cannot be read ({failure.Message.TrimEnd('.')}): check that the file exists and is readable.", failure);
        }
    }
}
