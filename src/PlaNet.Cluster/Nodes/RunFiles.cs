using System.Text.Json;
using PlaNet.Runs;
using PlaNet.Runs.Results;

namespace PlaNet.Cluster.Nodes;

/// <summary>Reads the files of run directories that a node needs.</summary>
public static class RunFiles
{
    private const int TailBytes = 16 * 1024;

    /// <summary>Completed schedule steps of a run, read from the end of its metrics; null if there are no readable metrics yet.</summary>
    public static long? Step(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        try
        {
            using var stream = new FileStream(folder.MetricsFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Seek(-Math.Min(TailBytes, stream.Length), SeekOrigin.End);
            using var reader = new StreamReader(stream);

            // The first line may be truncated by the seek, and the last one may still be written.
            return reader.ReadToEnd().Split('\n').Reverse().Select(Step).FirstOrDefault(step => step is not null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The failure that a run's state file records; null if the state is not FAILED or cannot be read.</summary>
    public static string? Failure(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        const string Failed = "FAILED: ";
        try
        {
            var state = File.ReadAllText(folder.StateFile).Trim();
            return state.StartsWith(Failed, StringComparison.Ordinal) ? state[Failed.Length..] : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long? Step(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(RunTags.ScheduleStep, out var step)
                ? (long)step.GetDouble()
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
