using PlaNet.Catalog;
using PlaNet.Experiments;
using PlaNet.Replay;

namespace PlaNet.Tests.Runs;

public sealed class CatalogTrainingTests
{
    private const int Chunks = 3;

    private const int ChunkLength = 6;

    // In updates; the test has 30.
    private const int Warmup = 5;

    private static readonly Lazy<ChunkBatch> s_batch = new(() => Cartpole.Batch(
        Cartpole.Play(new TaskOptions { ActionRepeat = 50, RenderQuality = RenderQuality.Fast }, seed: 1), Chunks, ChunkLength));

    public CatalogTrainingTests()
    {
        SmallRun.UseOneThread();
    }

    /// <summary>One experiment for each combination of model, objective and optimiser; other options do not change training.</summary>
    public static TheoryData<string> Distinct { get; } = new(
        ExperimentCatalog.All
            .DistinctBy(experiment => (Shrunk(experiment).Model, experiment.Objective, experiment.Optimizer))
            .Select(experiment => experiment.Name));

    [Theory]
    [MemberData(nameof(Distinct))]
    public void Every_experiment_of_the_catalog_lowers_the_loss_of_a_repeated_batch(string name)
    {
        var experiment = Shrunk(ExperimentCatalog.Find(name));
        ExperimentValidation.Require(experiment);
        using var learner = new Learner(experiment, 1, torch.CPU, seed: 1);
        var before = learner.Test(s_batch.Value, seed: 0);
        for (var update = 1UL; update <= 30; update++)
        {
            Assert.True(learner.Update(s_batch.Value, update).IsFinite);
        }

        var after = learner.Test(s_batch.Value, seed: 0);
        Assert.True(after.Loss < before.Loss, $"before {before}, after {after}");
        Assert.True(after.Image < 0.9 * before.Image, $"before {before}, after {after}");
    }

    /// <summary>
    /// The experiment with small networks, short chunks, a short warm-up and the images of the batch; network forms, scales and rates are
    /// kept.
    /// </summary>
    private static Experiment Shrunk(Experiment experiment) => experiment with
    {
        Task = experiment.Task with { ImageSize = TaskOptions.PaperImageSize, Observations = ObservationKind.Image },
        Model = experiment.Model with
        {
            StochasticSize = 4,
            BeliefSize = 16,
            HiddenSize = 16,
            Depth = 2,
            RewardUnits = 16,
        },
        Objective = experiment.Objective with { OvershootingDistance = Math.Min(experiment.Objective.OvershootingDistance, ChunkLength) },
        Optimizer = experiment.Optimizer with { WarmupUpdates = Math.Min(experiment.Optimizer.WarmupUpdates, Warmup) },
        Replay = experiment.Replay with { BatchSize = Chunks, ChunkLength = ChunkLength },
    };
}
