using System.Text.Json;
using PlaNet.Runs;
using PlaNet.Runs.Results;

namespace PlaNet.Cluster.Nodes;

/// <summary>What a node reads of the run directories of its children.</summary>
public static class RunFiles
{
    private const int TailBytes = 16 * 1024;

    /// <summary>Steps of the schedule that a run has done, from the end of its metrics; null where they do not say, as before the first.</summary>
    /// <param name="folder">The run directory.</param>
    public static long? Step(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        try
        {
            using var stream = new FileStream(folder.MetricsFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Seek(-Math.Min(TailBytes, stream.Length), SeekOrigin.End);
            using var reader = new StreamReader(stream);

            // The first line may be cut in front and the last one behind.
            return reader.ReadToEnd().Split('\n').Reverse().Select(Step).FirstOrDefault(step => step is not null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Why a run failed, as its state says; null when it does not say FAILED.</summary>
    /// <param name="folder">The run directory.</param>
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
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(RunTags.ScheduleStep, out var step)
                ? (long)step.GetDouble()
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
