using PlaNet.Experiments;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Learning;

public sealed class LearnerTests
{
    /// <summary>The paper's options except for the sizes.</summary>
    private static readonly Experiment Overfitting = new()
    {
        Task = new TaskOptions { RenderQuality = RenderQuality.Fast },
        Model = new ModelOptions { StochasticSize = 8, BeliefSize = 32, HiddenSize = 32, Depth = 8, RewardLayers = 2, RewardUnits = 32 },
    };

    public LearnerTests()
    {
        SmallRun.UseOneThread();
    }

    // Verified to fail with an optimiser that makes no step.
    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Bfloat16Convolutions)]
    public void Property_52_five_hundred_updates_on_one_batch_reduce_its_errors_by_nine_tenths(Precision precision)
    {
        var experiment = Overfitting with { Compute = new ComputeOptions { Precision = precision } };
        var batch = Cartpole.Batch(Cartpole.Play(Overfitting.Task, seed: 1), chunks: 3, length: 8);
        using var learner = new Learner(experiment, 1, torch.CPU, seed: 1);
        var before = learner.Test(batch, seed: 0);
        for (var update = 1UL; update <= 500; update++)
        {
            learner.Update(batch, update);
        }

        // The terms are half the squared errors. The random dither adds 1 per frame, which the model cannot predict.
        var after = learner.Test(batch, seed: 0);
        Assert.True(2 * after.Image > 0.9, $"{after}: less than the error of the dither");
        Assert.True(after.Image < 0.1 * before.Image, $"before {before}, after {after}");
        Assert.True(after.Reward < 0.1 * before.Reward, $"before {before}, after {after}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_update_and_another_one_does_not()
    {
        var batch = Cartpole.Batch(Cartpole.Play(SmallRun.Experiment.Task, seed: 1), chunks: 2, length: 4);
        UpdateMetrics Second(ulong seed)
        {
            using var learner = new Learner(SmallRun.Experiment, 1, torch.CPU, seed: 5);
            learner.Update(batch, 1);
            return learner.Update(batch, seed);
        }

        Assert.Equal(Second(2), Second(2));
        Assert.NotEqual(Second(2), Second(3));
    }

    [Fact]
    public void Convolutions_in_bfloat16_leave_the_weights_in_float32_and_move_the_loss_by_less_than_a_hundredth()
    {
        var batch = Cartpole.Batch(Cartpole.Play(SmallRun.Experiment.Task, seed: 1), chunks: 2, length: 4);
        UpdateMetrics First(Precision precision)
        {
            using var learner = new Learner(
                SmallRun.Experiment with { Compute = new ComputeOptions { Precision = precision } },
                1,
                torch.CPU,
                seed: 5);
            var metrics = learner.Update(batch, 1);
            Assert.All(learner.Model.parameters(), parameter => Assert.Equal(torch.ScalarType.Float32, parameter.dtype));
            return metrics;
        }

        var (exact, rounded) = (First(Precision.Float32), First(Precision.Bfloat16Convolutions));
        Assert.NotEqual(exact, rounded);
        var (image, close) = (exact.Image!.Value, rounded.Image!.Value);
        Assert.Equal(image, close, image / 100);
        Assert.Equal(exact.GradientNorm, rounded.GradientNorm, exact.GradientNorm / 20);
    }

    [Fact]
    public void An_update_whose_loss_is_not_finite_changes_nothing()
    {
        var batch = Cartpole.Batch(Cartpole.Play(SmallRun.Experiment.Task, seed: 1), chunks: 2, length: 4);
        using var learner = new Learner(SmallRun.Experiment, 1, torch.CPU, seed: 5);
        learner.Update(batch, 1);
        var before = Numbers(learner);
        var poisoned = batch with { Rewards = [.. batch.Rewards.Select(_ => float.NaN)] };
        Assert.Contains("learning_rate", Assert.Throws<NonFiniteLossException>(() => learner.Update(poisoned, 2)).Message);
        Assert.Equal(before, Numbers(learner));
        learner.Update(batch, 2);
        Assert.NotEqual(before, Numbers(learner));
        Assert.Equal(2, learner.Optimizer.Steps);
    }

    [Fact]
    public void Optional_terms_are_reported_when_enabled_and_change_no_other_random_draw()
    {
        var batch = Cartpole.Batch(Cartpole.Play(SmallRun.Experiment.Task, seed: 1), chunks: 2, length: 4);
        UpdateMetrics First(ObjectiveOptions objective)
        {
            using var learner = new Learner(SmallRun.Experiment with { Objective = objective }, 1, torch.CPU, seed: 5);
            return learner.Update(batch, 1);
        }

        var plain = First(new ObjectiveOptions());
        Assert.Empty(plain.OptionalTerms);
        var every = First(SmallRun.EveryTerm.Objective with
        {
            ImageStride = 1,
            ImageLoss = PredictionLoss.Gaussian,
            RewardLoss = PredictionLoss.Gaussian,
            RewardAlignment = RewardAlignment.Into
        });
        Assert.Equal(
            ["global_divergence", "overshooting", "overshooting_reward", "observation_overshooting"],
            every.OptionalTerms.Select(term => term.Name));
        Assert.Equal((plain.Image, plain.Reward, plain.Divergence), (every.Image, every.Reward, every.Divergence));
        Assert.True(every.Loss > plain.Loss);
        Assert.Contains(" overshooting ", every.ToString());
    }

    [Fact]
    public void The_learning_rate_warms_up_over_the_configured_updates()
    {
        var options = new OptimizerOptions { LearningRate = 0.008, WarmupUpdates = 4 };
        Assert.Equal([0.002, 0.004, 0.006, 0.008, 0.008], Enumerable.Range(0, 5).Select(made => options.LearningRateAfter(made, 7)));
        Assert.Equal(0.008, (options with { WarmupUpdates = 0 }).LearningRateAfter(0, 7));

        var batch = Cartpole.Batch(Cartpole.Play(SmallRun.Experiment.Task, seed: 1), chunks: 2, length: 4);
        using var learner = new Learner(SmallRun.Experiment with { Optimizer = options }, 1, torch.CPU, seed: 5);
        using var quarter = new Learner(
            SmallRun.Experiment with { Optimizer = options with { LearningRate = 0.002, WarmupUpdates = 0 } },
            1,
            torch.CPU,
            seed: 5);
        Assert.Equal(0.002, learner.Update(batch, 1).LearningRate);
        Assert.Null(quarter.Update(batch, 1).LearningRate);
        Assert.Equal(Numbers(quarter), Numbers(learner));
        Assert.Equal(0.004, learner.Update(batch, 2).LearningRate);
    }

    [Fact]
    public void The_learning_rate_decays_linearly_to_the_last_update_of_the_run()
    {
        var options = new OptimizerOptions { LearningRate = 0.008, DecayFrom = 0.5, DecayTo = 0.25 };
        double[] expected = [0.008, 0.008, 0.008, 0.008, 0.0065, 0.005, 0.0035, 0.002, 0.002];
        Assert.Equal(
            expected,
            Enumerable.Range(0, 9).Select(made => options.LearningRateAfter(made, 8)),
            (one, other) => Math.Abs(one - other) < 1e-12);
        Assert.Equal(0.008, (options with { DecayFrom = 1 }).LearningRateAfter(100, 8));
        Assert.Equal(0.008 / 2, (options with { DecayFrom = 0, DecayTo = 0.5 }).LearningRateAfter(0, 1));
        Assert.Equal(0.001, (options with { WarmupUpdates = 8 }).LearningRateAfter(0, 8));

        // Four updates before the first collection, and three before each of the other two.
        var experiment = SmallRun.Experiment with { Optimizer = options };
        var (updates, batch) = (10, Cartpole.Batch(Cartpole.Play(SmallRun.Experiment.Task, seed: 1), chunks: 2, length: 4));
        using var learner = new Learner(experiment, 1, torch.CPU, seed: 5);
        var rates = Enumerable.Range(0, updates).Select(update => learner.Update(batch, (ulong)update).LearningRate!.Value).ToArray();
        Assert.Equal((0.008, 0.002), (rates[0], Math.Round(rates[^1], 12)));
        Assert.Equal(rates.OrderDescending(), rates);
    }

    private static float[] Numbers(Learner learner) =>
        [.. learner.Model.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];
}
