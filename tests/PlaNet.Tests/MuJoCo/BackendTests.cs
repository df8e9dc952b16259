using System.Diagnostics;
using PlaNet.MuJoCo;
using PlaNet.Runs.Actors;
using PlaNet.Tests.Cli;

namespace PlaNet.Tests.MuJoCo;

/// <summary>A process has one OpenGL backend and one shim, so each choice is tried in a separate process.</summary>
public sealed class BackendTests
{
    [Theory]
    [InlineData("surfaceless")]
    [InlineData("osmesa")]
    [InlineData("egl-device")]
    public async Task Every_backend_draws_the_recorded_frames(string backend)
    {
        var (exit, output) = await DrawFrames("PLANET_GL", backend);
        Assert.SkipWhen(
            output.Contains("no off-screen OpenGL backend works", StringComparison.Ordinal), $"{backend} is not available here.");
        Assert.True(exit == 0, output);
        Assert.Contains("succeeded: 7", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PLANET_GL", "egl-device:99", "there is no device with this number")]
    [InlineData("PLANET_GL", "glx", "must be egl, egl-device, egl-device:N, surfaceless or osmesa")]
    [InlineData("MUJOCO_GL", "glx", "must be egl, osmesa, glfw or off")]
    public async Task A_backend_that_does_not_exist_is_refused_with_the_choices(string variable, string backend, string message)
    {
        var (exit, output) = await DrawFrames(variable, backend);
        Assert.NotEqual(0, exit);
        Assert.Contains(message, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("", "", null)]
    [InlineData(null, "egl", "egl")]
    [InlineData(null, "OSMesa ", "osmesa")]
    [InlineData(null, "glfw", null)]
    [InlineData("surfaceless", "off", "surfaceless")]
    [InlineData("egl-device:1", "nonsense", "egl-device:1")]
    public void The_variable_of_this_program_wins_over_that_of_dm_control(string? planet, string? mujoco, string? backend)
    {
        Assert.Equal(backend, OpenGlChoice.Of(planet, mujoco).Backend);
    }

    [Theory]
    [InlineData("glx", "egl", "PLANET_GL is 'glx' but must be egl, egl-device, egl-device:N")]
    [InlineData("egl-device:x", null, "PLANET_GL is 'egl-device:x'")]
    [InlineData(null, "Off", "MUJOCO_GL is 'Off', which turns rendering off")]
    [InlineData(null, "0", "MUJOCO_GL is '0', which turns rendering off")]
    [InlineData(null, "cgl", "MUJOCO_GL is 'cgl' but must be egl, osmesa, glfw or off")]
    public void Other_values_are_refused_and_not_tried_again(string? planet, string? mujoco, string message)
    {
        var failure = Assert.Throws<OpenGlException>(() => OpenGlChoice.Of(planet, mujoco));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.True(RunSupervision.IsFinal(failure));
    }

    [Theory]
    [InlineData("__EGL_VENDOR_LIBRARY_DIRS", "/nonexistent")]
    [InlineData("MUJOCO_GL", "osmesa")]
    public async Task Without_egl_or_with_the_variable_of_dm_control_osmesa_is_used(string variable, string value)
    {
        var (_, output, _) = await PlanetProcess.Run(["doctor"], ("PLANET_GL", ""), ("MUJOCO_GL", ""), (variable, value));
        Assert.SkipWhen(
            output.Contains("no off-screen OpenGL backend works", StringComparison.Ordinal), "OSMesa is not available here.");
        Assert.Contains("OpenGL backend: osmesa", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_shim_is_reported_in_one_line_with_the_remedy()
    {
        var (exit, output) = await DrawFrames("PLANET_MUJOCO_SHIM", "/nowhere/libplanet_mujoco.so");
        Assert.NotEqual(0, exit);
        Assert.Contains(
            "MuJoCo is not usable: there is no file /nowhere/libplanet_mujoco.so. Run ./build.sh --target=Setup.",
            output,
            StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output)> DrawFrames(string variable, string value)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "PlaNet.Tests"))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--filter-method", "PlaNet.Tests.Environments.ReferenceFrameTests.Reference_quality_draws_the_recorded_frames",
                "--no-ansi", "--no-progress",
            },
        };

        // The test platform's own variables would make the child report to this process's runner.
        foreach (var inherited in start.Environment.Keys
            .Where(key => key.StartsWith("TESTINGPLATFORM", StringComparison.Ordinal))
            .ToArray())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment.Remove("PLANET_GL");
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
