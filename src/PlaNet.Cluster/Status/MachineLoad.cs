using System.Globalization;

namespace PlaNet.Cluster.Status;

/// <summary>How busy this machine is.</summary>
internal static class MachineLoad
{
    private const string Averages = "/proc/loadavg";

    /// <summary>Processes that ran or waited for a core in the last minute, for each core of the machine; null where the system does not say.</summary>
    public static double? OfLastMinute()
    {
        try
        {
            return Read(File.ReadAllText(Averages), Environment.ProcessorCount);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads the first of the averages.</summary>
    /// <param name="averages">What the system says, as in <c>0.52 0.58 0.59 1/467 12345</c>.</param>
    /// <param name="cores">Cores of the machine, at least 1.</param>
    internal static double? Read(string averages, int cores) =>
        double.TryParse(averages.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var load) && double.IsFinite(load) && load >= 0
            ? load / cores
            : null;
}
