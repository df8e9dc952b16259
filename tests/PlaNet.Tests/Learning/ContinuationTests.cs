using PlaNet.Experiments;
using PlaNet.Inspection;
using PlaNet.Objectives;
using PlaNet.Planning;
using PlaNet.Replay;
using PlaNet.Tests.Runs;
using static TorchSharp.torch;
using Padding = PlaNet.Objectives.Padding;

namespace PlaNet.Tests.Learning;

/// <summary>Learning the end of episodes.</summary>
public sealed class ContinuationTests
{
    public ContinuationTests() => SmallRun.UseOneThread();

    [Fact]
    public void The_term_is_the_binary_cross_entropy_over_steps_that_are_no_padding()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[] { 2, -1, 9, 0.5f, 3, -4 }, [2, 3]);
        var terminated = tensor(new float[] { 0, 1, 1, 0, 0, 1 }, [2, 3]);
        static double Cost(double logit, bool end) => Math.Log(1 + Math.Exp(end ? logit : -logit));
        double[] costs = [Cost(2, false), Cost(-1, true), Cost(9, true), Cost(0.5, false), Cost(3, false), Cost(-4, true)];
        Assert.Equal(costs.Average(), Objective.ContinuationLoss(logits, terminated, null).ToDouble(), 1e-6);
        var padding = Padding.Of([2, 3], 3, CPU);
        Assert.Equal(
            (costs[..2].Average() + costs[3..].Average()) / 2, Objective.ContinuationLoss(logits, terminated, padding).ToDouble(), 1e-6);
    }

    [Fact]
    public void The_head_adds_its_term_and_leaves_the_others_as_without_it()
    {
        using var with = new Learner(SmallRun.Experiment, 1, CPU, seed: 5, terminates: true);
        using var without = new Learner(SmallRun.Experiment, 1, CPU, seed: 5);
        var batch = Ending();
        var (first, plain) = (with.Test(batch, 1), without.Test(batch, 1));
        Assert.Equal((plain.Image, plain.Reward, plain.Divergence), (first.Image, first.Reward, first.Divergence));
        Assert.Equal(plain.Loss + first.Continuation!.Value, first.Loss, first.Loss * 1e-6);
        Assert.Equal(["continuation"], first.OptionalTerms.Select(term => term.Name));
    }

    // A head that only knew how frequent ends are, one row of eight, would cost 0.38 nats.
    [Fact]
    public void Updates_learn_which_state_is_the_end()
    {
        var experiment = SmallRun.Experiment with
        {
            Objective = SmallRun.Experiment.Objective with { ImageScale = 0, RewardScale = 0, DivergenceScale = 0 },
            Optimizer = SmallRun.Experiment.Optimizer with { LearningRate = 0.01 },
        };
        using var learner = new Learner(experiment, 1, CPU, seed: 5, terminates: true);
        var batch = Ending();
        for (var update = 0; update < 200; update++)
        {
            learner.Update(batch, (ulong)update);
        }

        Assert.True(learner.Test(batch, 1).Continuation < 0.1, $"{learner.Test(batch, 1)}");
    }

    [Fact]
    public void The_scale_weights_the_term_in_the_loss()
    {
        var batch = Ending();
        double Loss(double scale)
        {
            var objective = SmallRun.Experiment.Objective with { ContinuationScale = scale };
            using var learner = new Learner(SmallRun.Experiment with { Objective = objective }, 1, CPU, seed: 5, terminates: true);
            var metrics = learner.Test(batch, 1);
            return metrics.Loss - (scale * metrics.Continuation!.Value);
        }

        Assert.Equal(Loss(1), Loss(1000), 0.01);
    }

    [Fact]
    public void A_batch_without_flags_teaches_that_every_episode_continues()
    {
        using var learner = new Learner(SmallRun.Experiment, 1, CPU, seed: 5, terminates: true);
        var batch = Ending();
        Assert.Equal(
            learner.Test(batch with { Terminated = new bool[8] }, 1), learner.Test(batch with { Terminated = null }, 1));
        Assert.NotEqual(learner.Test(batch, 1), learner.Test(batch with { Terminated = null }, 1));
    }

    [Fact]
    public void Padded_rows_of_a_batch_change_nothing()
    {
        using var learner = new Learner(SmallRun.Experiment, 1, CPU, seed: 5, terminates: true);
        var batch = Ending() with { Lengths = [2, 4] };
        var spoilt = batch with
        {
            Images = [.. batch.Images.Select((value, i) => Padded(i, 8, 2, 4) ? (byte)(value ^ 0x55) : value)],
            Rewards = [.. batch.Rewards.Select((value, i) => i is 2 or 3 ? 77 : value)],
            Actions = [.. batch.Actions.Select((value, i) => i is 2 or 3 ? -1 : value)],
            Terminated = [.. batch.Terminated!.Select((value, i) => i is 2 or 3 || value)],
        };
        Assert.Equal(learner.Test(batch, 1), learner.Test(spoilt, 1));
        Assert.NotEqual(learner.Test(batch with { Lengths = null }, 1), learner.Test(batch, 1));
        var (statistics, ofSpoilt) = (Statistics(batch), Statistics(spoilt));
        Assert.Equal(statistics.DimensionDivergence, ofSpoilt.DimensionDivergence);
        Assert.Equal(statistics.BeliefSpread, ofSpoilt.BeliefSpread);
        Assert.NotEqual(statistics.BeliefSpread, Statistics(batch with { Lengths = null }).BeliefSpread);

        // Six steps of 2 + 4.
        IReadOnlyList<TensorHistogram> histograms = [];
        learner.Update(batch, 1, inspect: terms => histograms = UpdateHistograms.Of(learner.Model, terms));
        Assert.Equal(6 * learner.Model.Dynamics.StochasticSize, histograms.Single(one => one.Name == "latent/prior_stddev").Counts.Sum());

        LatentStatistics Statistics(ChunkBatch measured) => LatentStatistics.Measure(learner.Model, CPU, measured, 1);

        bool Padded(int index, int rows, int first, int end) =>
            index / (batch.Images.Length / rows) is var row && row >= first && row < end;
    }

    [Fact]
    public void Its_term_trains_the_head_and_the_latent_state_and_no_other_head()
    {
        using var learner = new Learner(SmallRun.Experiment, 1, CPU, seed: 5, terminates: true);
        var norms = GradientNorms.Measure(learner.Model, SmallRun.Experiment.Objective, CPU, Ending(), 1)
            .Where(norm => norm.Term == "continuation")
            .ToDictionary(norm => norm.Part, norm => norm.Norm, StringComparer.Ordinal);
        Assert.True(norms["continuation"] > 0 && norms["dynamics"] > 0 && norms["encoder"] > 0, string.Join(", ", norms));
        Assert.Equal((0, 0), (norms["decoder"], norms["reward"]));
    }

    [Theory]
    [InlineData(PlannerMethod.Cem)]
    [InlineData(PlannerMethod.CemGradient)]
    [InlineData(PlannerMethod.Icem)]
    [InlineData(PlannerMethod.Mppi)]
    [InlineData(PlannerMethod.RandomShooting)]
    public void Every_planner_asks_the_head(PlannerMethod method)
    {
        using var learner = new Learner(SmallRun.Experiment, 1, CPU, seed: 5, terminates: true);
        var planner = Planners.Create(SmallRun.Experiment.Planner with { Method = method });
        float Return(float bias)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using var generator = new Generator(1, CPU);
            foreach (var (name, value) in learner.Model.state_dict())
            {
                if (name == "continuation.layers.1.bias")
                {
                    value.fill_(bias);
                }
                else if (name is "continuation.layers.1.weight" or "reward.layers.1.weight")
                {
                    value.zero_();
                }
                else if (name == "reward.layers.1.bias")
                {
                    value.fill_(1);
                }
            }

            var state = WorldModelDynamics.State(learner.Model.Dynamics.InitialState(1));
            return planner.Plan(new WorldModelDynamics(learner.Model), state, new GeneratorNoise(generator)).Return.ToSingle();
        }

        // Three steps of reward 1: all count, only the first, or 1 + 1/2 + 1/4.
        Assert.Equal(3, Return(100), 1e-5);
        Assert.Equal(1, Return(-100), 1e-5);
        Assert.Equal(1.75, Return(0), 1e-5);
    }

    // The recorder passes the dynamics on to the planner: without the head's predictions it would choose other actions.
    [Fact]
    public void A_watched_decision_is_that_of_an_agent_that_nobody_watches_and_its_elites_count_rewards_until_the_end()
    {
        using var learner = new Learner(SmallRun.Experiment, 1, CPU, seed: 5, terminates: true);
        using (no_grad())
        {
            learner.Model.state_dict()["continuation.layers.1.bias"].fill_(-2);
        }

        var options = SmallRun.Experiment.Planner;
        using var recorder = new DecisionRecorder(learner.Model, options, options.Elites);
        using var watched = new Agent(learner.Model, options, 1, CPU, explorationNoise: 0, seed: 1) { Recorder = recorder };
        using var alone = new Agent(learner.Model, options, 1, CPU, explorationNoise: 0, seed: 1);
        var image = Ending().Images[..(64 * 64 * 3)];
        Assert.Equal(alone.Act([image])[0], watched.Act([image])[0]);
        var recorded = recorder.Last!;
        Assert.Equal(recorded.PlanReturn, recorded.Elites.Average(elite => elite.Return), 5);
        Assert.All(recorded.Elites, elite => Assert.NotEqual(elite.Rewards.Sum(), elite.Return, 4));
    }

    // Two chunks of four rows, of which the first ends in a terminal state.
    private static ChunkBatch Ending() => Cartpole.Batch(Cartpole.Play(SmallRun.Experiment.Task, seed: 1), chunks: 2, length: 4) with
    {
        Terminated = [false, false, false, true, false, false, false, false],
        Lengths = [4, 4],
    };
}
