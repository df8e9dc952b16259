using System.Diagnostics;

namespace PlaNet.Tests.Common;

/// <summary><c>dotnet</c> in a process of its own: its commands, and programs by the path of their assembly.</summary>
internal static class DotnetProcess
{
    // Far more than anything here takes on a busy machine: only a hang gets there.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs it to its end.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="words">Its words.</param>
    public static async Task<(int Code, string Output, string Error)> Run(string folder, params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", words)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(s_patience);
        return (process.ExitCode, await output, await error);
    }
}
