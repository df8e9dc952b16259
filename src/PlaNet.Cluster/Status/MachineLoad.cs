using System.Globalization;

namespace PlaNet.Cluster.Status;

/// <summary>Load average of this machine.</summary>
internal static class MachineLoad
{
    private const string Averages = "/proc/loadavg";

    /// <summary>
    /// Load average of the last minute divided by the number of cores; null on a system without <c>/proc/loadavg</c>.
    /// </summary>
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
    /// <param name="averages">Content of <c>/proc/loadavg</c>, such as <c>0.52 0.58 0.59 1/467 12345</c>.</param>
    /// <param name="cores">Cores of the machine, at least 1.</param>
    internal static double? Read(string averages, int cores) =>
        double.TryParse(averages.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var load)
            && double.IsFinite(load) && load >= 0
            ? load / cores
            : null;
}
