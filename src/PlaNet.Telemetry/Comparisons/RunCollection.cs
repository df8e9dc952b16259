namespace PlaNet.Telemetry.Comparisons;

/// <summary>The runs found in some folders, and notes on what was skipped.</summary>
/// <param name="Runs">The runs, ordered by folder.</param>
/// <param name="Notes">One line for every skipped folder or run, with the reason.</param>
public sealed record RunCollection(IReadOnlyList<RecordedRun> Runs, IReadOnlyList<string> Notes)
{
    /// <summary>Finds every run directory in some folders, at any depth. Links to folders are noted but not followed.</summary>
    /// <param name="folders">Folders of runs, or run directories. A run below several of them counts once.</param>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist or is a file.</exception>
    public static RunCollection Find(IReadOnlyCollection<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        var runs = new SortedDictionary<string, RecordedRun>(StringComparer.Ordinal);
        var notes = new List<string>();
        foreach (var folder in folders.Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))))
        {
            if (!Directory.Exists(folder))
            {
                throw new DirectoryNotFoundException(
                    File.Exists(folder)
                        ? $"{folder} is a file, not a folder: give a folder of runs, such as the runs folder of 'planet train'."
                        : $"there is no folder {folder}: give a folder of runs, such as the runs folder of 'planet train'.");
            }

            var below = new List<string>();
            if (!Search(folder, runs, below))
            {
                below = [$"{folder}: no run found; a run directory holds {RunReader.ExperimentFile}"];
            }

            notes.AddRange(below);
        }

        return new RunCollection([.. runs.Values], [.. notes.Distinct(StringComparer.Ordinal)]);
    }

    // Returns whether there was a run, readable or not. The parent notes a folder without runs, so that a deep tree gives one note.
    private static bool Search(string folder, SortedDictionary<string, RecordedRun> runs, List<string> notes)
    {
        try
        {
            if (RunReader.IsRun(folder))
            {
                runs[folder] = RunReader.Read(folder);
                return true;
            }

            var found = false;
            var empty = new List<string>();
            foreach (var child in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
            {
                if (new DirectoryInfo(child).LinkTarget is { } target)
                {
                    notes.Add($"{child}: a link, not followed; if it leads to runs, give {target} as well");
                }
                else if (Search(child, runs, notes))
                {
                    found = true;
                }
                else if (!ComparisonReport.IsReport(child) && !Path.GetFileName(child).StartsWith('.'))
                {
                    empty.Add(child);
                }
            }

            if (found)
            {
                notes.AddRange(empty.Select(child => $"{child}: no run found; a run directory holds {RunReader.ExperimentFile}"));
            }

            return found;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            notes.Add($"{folder}: skipped: {exception.Message}");
            return true;
        }
    }
}
