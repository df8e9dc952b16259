using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using PlaNet.Environments;
using PlaNet.Environments.ControlSuite;
using PlaNet.MuJoCo;

namespace PlaNet.Benchmarks;

/// <summary>
/// One control step without pixels, and one frame, each compared with a loop in C over the same model: the column Ratio must stay below
/// 1.1. The step includes checks, reward and observation, which the loop in C does not compute.
/// </summary>
[InProcess]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class EnvironmentBenchmarks
{
    private const int Steps = 1000;
    private const int Frames = 10;

    // Exact in single precision, so that both loops follow the same trajectory.
    private const double Control = 0.125;

    private readonly byte[] _pixels = new byte[new ImageSpec().Bytes];
    private float[] _action = [];
    private SuiteEnvironment? _environment;
    private SuiteEnvironment? _native;
    private EnvironmentState? _start;
    private ICamera? _camera;
    private ICamera? _fastCamera;
    private OffscreenRenderer? _renderer;

    /// <summary>Name of the task.</summary>
    [Params("cartpole_swingup", "cheetah_run", "walker_walk")]
    public string Task { get; set; } = "";

    /// <summary>Creates the environments.</summary>
    [GlobalSetup]
    public void Setup()
    {
        (_environment, _native) = (Make(), Make());
        _native.Physics.Data.Reset();
        _native.Physics.Data.Forward();
        _environment.Physics.Data.Reset();
        _environment.Physics.Data.Forward();
        _start = _environment.SaveState();
        _action = [.. Enumerable.Repeat((float)Control, _environment.Spec.Action.Size)];
        _camera = _environment.OpenCamera(new ImageSpec(), 0, RenderQuality.Reference);
        _fastCamera = _environment.OpenCamera(new ImageSpec(), 0, RenderQuality.Fast);
        _renderer = new OffscreenRenderer(_native.Physics.Model, 64, 64);
    }

    /// <summary>Frees the environments.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _renderer?.Dispose();
        _fastCamera?.Dispose();
        _camera?.Dispose();
        _native?.Dispose();
        _environment?.Dispose();
    }

    /// <summary>An episode in C.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Steps)]
    [BenchmarkCategory("step")]
    public void StepInC() => _native!.Physics.Data.StepInNativeLoop(Control, _native.Physics.PhysicsSteps, Steps, Steps);

    /// <summary>An episode of the environment, from the same start as in C.</summary>
    [Benchmark(OperationsPerInvoke = Steps)]
    [BenchmarkCategory("step")]
    public double Step()
    {
        _environment!.RestoreState(_start!);
        var sum = 0.0;
        for (var i = 0; i < Steps; i++)
        {
            sum += _environment.Step(_action).Reward;
        }

        return sum;
    }

    /// <summary>A frame in C.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    [BenchmarkCategory("frame")]
    public void FrameInC() => _renderer!.DrawInNativeLoop(_native!.Physics.Data, Frames);

    /// <summary>A frame of the environment in reference quality, as the original renders it.</summary>
    [Benchmark(OperationsPerInvoke = Frames)]
    [BenchmarkCategory("frame")]
    public void ReferenceFrame() => Draw(_camera!);

    /// <summary>A frame of the environment in fast quality.</summary>
    [Benchmark(OperationsPerInvoke = Frames)]
    [BenchmarkCategory("frame")]
    public void FastFrame() => Draw(_fastCamera!);

    private SuiteEnvironment Make()
    {
        var environment = (SuiteEnvironment)TaskRegistry.Find(Task).Make(new TaskSettings());
        environment.Reset(0);
        return environment;
    }

    private void Draw(ICamera camera)
    {
        for (var i = 0; i < Frames; i++)
        {
            camera.Render(_pixels);
        }
    }
}
