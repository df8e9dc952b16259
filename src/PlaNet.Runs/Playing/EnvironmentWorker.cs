using System.Globalization;
using System.Runtime.InteropServices;
using PlaNet.Environments.Processes;
using PlaNet.Experiments;

namespace PlaNet.Runs.Playing;

/// <summary>The environment process: the command <c>planet environment</c> of this program.</summary>
internal static class EnvironmentWorker
{
    private const string Assembly = "planet.dll";

    // The exit code with which the command refuses what it cannot use (docs/runs.md, "Exit codes").
    private const int Refused = 2;

    /// <summary>Starts an environment process whose environment behaves like one in this process.</summary>
    /// <param name="task">A single task.</param>
    /// <param name="actionSize">Size of an action, padding included.</param>
    /// <param name="timeouts">Timeouts of the process.</param>
    /// <exception cref="RunException">The process refuses the task or this machine; another start would be refused too.</exception>
    /// <exception cref="EnvironmentProcessException">The process does not start.</exception>
    /// <exception cref="MuJoCo.OpenGlException">A variable that chooses the OpenGL backend has a wrong value.</exception>
    public static ProcessEnvironment Start(TaskOptions task, int actionSize, EnvironmentTimeouts timeouts)
    {
        MuJoCo.MuJoCoRuntime.CheckOpenGlChoice();
        try
        {
            return new ProcessEnvironment(timeouts.ApplyTo(Of(task, actionSize)));
        }
        catch (EnvironmentProcessException failure) when (failure.ExitCode == Refused)
        {
            throw new RunException($"task.isolation is process: {failure.Message}", failure);
        }
    }

    /// <summary>The command of such a process.</summary>
    /// <param name="task">A single task.</param>
    /// <param name="actionSize">Size of an action, padding included.</param>
    /// <exception cref="RunException"><c>planet.dll</c> is not in the folder of this program.</exception>
    public static ProcessOptions Of(TaskOptions task, int actionSize)
    {
        var command = Path.Combine(AppContext.BaseDirectory, Assembly);
        if (!File.Exists(command))
        {
            throw new RunException(
                $"task.isolation is process, but its worker program {command} does not exist: " +
                "add a reference to the project PlaNet.Cli, or set task.isolation=in_process.");
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
                "--size",
                Number(task.ObservedImageSize),
                "--channels",
                Number(task.ImageChannels),
                "--quality",
                ExperimentOption.Format(task.RenderQuality),
                .. task.FixedStart ? ["--fixed-start"] : Array.Empty<string>(),
            ]);
    }

    // The runtime of this process is preferred, because PATH may contain another one or none.
    private static string Runtime()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var own = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(own) ? own : name;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
