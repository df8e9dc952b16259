using System.Diagnostics;

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
    [InlineData("egl-device:99", "there is no device with this number")]
    [InlineData("glx", "must be egl-device, egl-device:N, surfaceless or osmesa")]
    public async Task A_backend_that_does_not_exist_is_refused_with_the_choices(string backend, string message)
    {
        var (exit, output) = await DrawFrames("PLANET_GL", backend);
        Assert.NotEqual(0, exit);
        Assert.Contains(message, output, StringComparison.Ordinal);
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
        foreach (var inherited in start.Environment.Keys.Where(key => key.StartsWith("TESTINGPLATFORM", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
