using System.Diagnostics;
using System.Globalization;

namespace PlaNet.Tests.Runs.Playing;

/// <summary>Environment processes, distinguished from those of other tests by their action repeat.</summary>
internal static class Workers
{
    /// <summary>The running environment processes with this action repeat.</summary>
    public static IReadOnlyList<Process> Of(int actionRepeat)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are looked up in /proc.");
        var words = $"\0environment\0--task\0*\0--action-repeat\0{actionRepeat.ToString(CultureInfo.InvariantCulture)}\0".Split('*');
        return
        [
            .. from process in Process.GetProcesses()
               let command = Command(process.Id)
               where Array.TrueForAll(words, part => command.Contains(part, StringComparison.Ordinal))
               select process,
        ];
    }

    /// <summary>Sends a signal.</summary>
    public static void Signal(Process worker, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, worker.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static string Command(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
