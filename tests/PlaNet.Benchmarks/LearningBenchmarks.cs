using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using PlaNet.Catalog;
using PlaNet.Experiments;
using PlaNet.Inspection;
using PlaNet.Planning;
using PlaNet.Replay;

namespace PlaNet.Benchmarks;

/// <summary>One update and one decision, with the model sizes of the paper and of `small`, in both precisions.</summary>
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 2, iterationCount: 10)]
public class LearningBenchmarks
{
    private Experiment _experiment = new();
    private Learner? _learner;
    private ChunkBatch? _batch;
    private Generator? _generator;
    private Tensor? _state;
    private ulong _updates;

    /// <summary>Name of the experiment that sets the model size.</summary>
    [Params("planet", "small")]
    public string Size { get; set; } = "";

    /// <summary>Precision of the convolutions.</summary>
    [Params(Precision.Float32, Precision.Bfloat16Convolutions)]
    public Precision Precision { get; set; }

    /// <summary>Creates model, batch and state.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _experiment = ExperimentCatalog.Find(Size);
        _experiment = _experiment with { Compute = _experiment.Compute with { Precision = Precision } };
        TorchRuntime.Configure(_experiment.Compute);
        _learner = new Learner(_experiment, 1, CPU, seed: 1);
        _batch = LearningCost.Noise(_experiment, actionSize: 1);
        _generator = new Generator(1, CPU);
        using var scope = NewDisposeScope();
        _state = WorldModelDynamics.State(_learner.Model.Dynamics.InitialState(1)).DetachFromDisposeScope();
    }

    /// <summary>Frees model, generator and state.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _learner?.Dispose();
        _generator?.Dispose();
        _state?.Dispose();
    }

    /// <summary>One update: forward pass, backward pass and Adam step.</summary>
    [Benchmark]
    public double Update()
    {
        return _learner!.Update(_batch!, _updates++).Loss;
    }

    /// <summary>One decision of the cross-entropy method from one state.</summary>
    [Benchmark]
    public void Decision()
    {
        using var plan = new CrossEntropyMethod(_experiment.Planner)
            .Plan(new WorldModelDynamics(_learner!.Model), _state!, new GeneratorNoise(_generator!));
    }
}
