using PlaNet.Cli;

namespace PlaNet.Tests.Cli;

/// <summary>
/// The <c>planet</c> command within the test process, for verbs that need no process of their own: starting one takes longer than most of
/// them work. <see cref="PlanetProcess"/> is for signals, faults, environment variables, memory, and whole runs.
/// </summary>
internal static class PlanetCommandLine
{
    public static async Task<(int Code, string Output, string Error)> Run(params IEnumerable<string> words)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLineHost.RunAsync([.. words], output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
