using System.Diagnostics;

namespace PlaNet.Tests.Common;

/// <summary><c>dotnet</c> in a process of its own: its commands, and programs by the path of their assembly.</summary>
internal static class DotnetProcess
{
    // Far more than anything here takes on a busy machine: only a hang gets there.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs it to its end.</summary>
    public static Task<(int Code, string Output, string Error)> Run(string folder, params string[] words) =>
        Start("dotnet", folder, [], words);

    /// <summary>Runs another program to its end, with variables of its own beside the inherited ones.</summary>
    public static async Task<(int Code, string Output, string Error)> Start(
        string program, string folder, Dictionary<string, string> environment, params string[] words)
    {
        var start = new ProcessStartInfo(program, words)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(s_patience);
        return (process.ExitCode, await output, await error);
    }
}
