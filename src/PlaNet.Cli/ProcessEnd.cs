using System.Runtime.InteropServices;
using PlaNet.Common;
using PlaNet.Environments.Processes;

namespace PlaNet.Cli;

/// <summary>The end of the process.</summary>
/// <remarks>
/// An interrupted verb, or a hung environment, can leave a thread inside OpenGL or a simulator. The exit handlers of their libraries would
/// then free what that thread uses, and the process would die with a segmentation fault instead of its exit code. So it ends without them:
/// everything that must be saved was saved before, and the operating system frees the rest.
/// </remarks>
internal static partial class ProcessEnd
{
    /// <summary>Removes what abandoned threads would leave behind, and ends the process. Returns only on Windows.</summary>
    /// <param name="code">The exit code.</param>
    public static int Exit(int code)
    {
        ProcessEnvironment.KillAll();
        AtomicFile.DeleteUnfinished();
        if (!OperatingSystem.IsWindows())
        {
            // Both consoles write without a buffer, so nothing is lost.
            ExitWithoutHandlers(code);
        }

        return code;
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void ExitWithoutHandlers(int code);
}
