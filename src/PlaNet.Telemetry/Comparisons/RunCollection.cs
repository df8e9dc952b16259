namespace PlaNet.Telemetry.Comparisons;

/// <summary>The runs below some folders, and what was found there that is none.</summary>
/// <param name="Runs">The runs, ordered by folder.</param>
/// <param name="Notes">One line for everything that could not be taken up and why; nothing is left out in silence.</param>
public sealed record RunCollection(IReadOnlyList<RecordedRun> Runs, IReadOnlyList<string> Notes)
{
    /// <summary>Finds every run directory in some folders and below them. Links to folders are named and not followed.</summary>
    /// <param name="folders">The folders; a run directory itself is one too. What is below several of them counts once.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
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
                below = [$"{folder}: no run is in it; a run directory holds {RunReader.ExperimentFile}"];
            }

            notes.AddRange(below);
        }

        return new RunCollection([.. runs.Values], [.. notes.Distinct(StringComparer.Ordinal)]);
    }

    // Says whether there was a run, sound or damaged; a folder without any is noted by the one above, so that a deep one gives one note.
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
                    notes.Add($"{child}: a link, which is not followed; give {target} as well if runs are there");
                }
                else if (Search(child, runs, notes))
                {
                    found = true;
                }
                else if (!ComparisonReport.IsReport(child))
                {
                    empty.Add(child);
                }
            }

            if (found)
            {
                notes.AddRange(empty.Select(child => $"{child}: no run is in it; a run directory holds {RunReader.ExperimentFile}"));
            }

            return found;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            notes.Add($"{folder}: left out: {exception.Message}");
            return true;
        }
    }
}
