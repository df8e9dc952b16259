using System.Globalization;
using System.Runtime.InteropServices;
using PlaNet.Environments.Processes;
using PlaNet.Experiments;

namespace PlaNet.Runs.Playing;

/// <summary>The worker process of an environment: <c>planet environment</c> of this same program.</summary>
internal static class EnvironmentWorker
{
    private const string Assembly = "planet.dll";

    /// <summary>The worker that plays a task as an environment in this process would.</summary>
    /// <param name="task">The task, alone.</param>
    /// <param name="actionSize">Numbers in an action, padding included.</param>
    /// <exception cref="RunException">The command is not beside this program.</exception>
    public static ProcessOptions Of(TaskOptions task, int actionSize)
    {
        var command = Path.Combine(AppContext.BaseDirectory, Assembly);
        if (!File.Exists(command))
        {
            throw new RunException(
                $"task.isolation is process, but there is no {command} to play the task: refer to the project PlaNet.Cli, or set task.isolation=in_process.");
        }

        return new ProcessOptions(
            Runtime(),
            [
                command,
                "environment",
                "--task",
                task.Name,
                "--action-repeat",
                Number(task.ActionRepeat),
                "--action-size",
                Number(actionSize),
                "--quality",
                ExperimentOption.Format(task.RenderQuality),
                .. task.FixedStart ? ["--fixed-start"] : Array.Empty<string>(),
            ]);
    }

    // The one that runs this process: the path may hold another, or none.
    private static string Runtime()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var own = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(own) ? own : name;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
