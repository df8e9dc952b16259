using BenchmarkDotNet.Attributes;
using PlaNet.Environments;
using PlaNet.MuJoCo;

namespace PlaNet.Benchmarks;

/// <summary>One control step without pixels and one with a frame.</summary>
[InProcess]
public class EnvironmentBenchmarks
{
    private readonly float[] _action = [0.1f];
    private IEnvironment? _states;
    private IEnvironment? _reference;
    private IEnvironment? _fast;

    /// <summary>Makes the environments.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _states = Make(pixels: false, RenderQuality.Reference);
        _reference = Make(pixels: true, RenderQuality.Reference);
        _fast = Make(pixels: true, RenderQuality.Fast);
    }

    /// <summary>Frees them.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _states?.Dispose();
        _reference?.Dispose();
        _fast?.Dispose();
    }

    /// <summary>A step and its state vectors.</summary>
    [Benchmark]
    public void Step() => Advance(_states!);

    /// <summary>A step and its frame, as the original renders it.</summary>
    [Benchmark]
    public void ReferenceFrame() => Advance(_reference!);

    /// <summary>A step and its frame, rendered coarsely.</summary>
    [Benchmark]
    public void FastFrame() => Advance(_fast!);

    private static IEnvironment Make(bool pixels, RenderQuality quality)
    {
        var environment = TaskRegistry.Create(
            "cartpole_swingup",
            new TaskSettings { ActionRepeat = 1, Pixels = pixels ? new ImageSpec() : null, RenderQuality = quality });
        environment.Reset(0);
        return environment;
    }

    private void Advance(IEnvironment environment)
    {
        if (environment.Step(_action).Truncated)
        {
            environment.Reset(0);
        }
    }
}
