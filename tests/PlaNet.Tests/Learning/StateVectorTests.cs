using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Objectives;
using PlaNet.Replay;
using PlaNet.Tests.Runs;
using static TorchSharp.torch;

namespace PlaNet.Tests.Learning;

/// <summary>Models that observe state vectors, alone or beside images.</summary>
public sealed class StateVectorTests
{
    private const int Size = 3;

    public StateVectorTests() => SmallRun.UseOneThread();

    [Fact]
    public void Symlog_leaves_small_numbers_nearly_unchanged_and_compresses_large_ones_symmetrically()
    {
        using var scope = NewDisposeScope();
        var numbers = tensor(new float[] { 0, 0.01f, -0.01f, (float)Math.E - 1, 1e6f, -1e6f });
        var transformed = StateTransform.Symlog.Of(numbers).data<float>().ToArray();
        float[] expected = [0, MathF.Log(1.01f), -MathF.Log(1.01f), 1, MathF.Log(1e6f + 1), -MathF.Log(1e6f + 1)];
        Assert.All(expected.Zip(transformed), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Equal(numbers.data<float>().ToArray(), StateTransform.Plain.Of(numbers).data<float>().ToArray());
    }

    [Theory]
    [InlineData(ObservationKind.State)]
    [InlineData(ObservationKind.ImageAndState)]
    public void The_term_is_half_the_squared_error_of_the_transformed_vectors_and_the_scale_weights_it(ObservationKind kind)
    {
        using var scope = NewDisposeScope();
        using var learner = Learner(kind, scale: 1);
        using var heavy = Learner(kind, scale: 50);
        var batch = Batch(kind);
        var (metrics, weighted) = (learner.Test(batch, 1), heavy.Test(batch, 1));
        Assert.Equal(metrics.State!.Value, weighted.State);
        Assert.Equal(metrics.Loss + (49 * metrics.State!.Value), weighted.Loss, weighted.Loss * 1e-5);
        Assert.Equal(kind == ObservationKind.ImageAndState, metrics.Image is not null);

        using var generator = new Generator(4, CPU);
        var inputs = ModelInputs.Of(learner.Model, batch, CPU, generator);
        using var noGrad = no_grad();
        var terms = Objective.Compute(
            learner.Model,
            new ObjectiveOptions(),
            inputs.Images,
            inputs.Actions,
            inputs.Rewards,
            inputs.Noise,
            states: inputs.States);
        var (posterior, _) = learner.Model.Dynamics.Observe(
            learner.Model.Embed(inputs.Images, inputs.States), inputs.Actions, inputs.Noise);
        var means = learner.Model.StateDecoder!.forward(learner.Model.Dynamics.Features(posterior)).data<float>().ToArray();
        var error = batch.States!.Zip(means, (value, mean) => Math.Pow((Math.Sign(value) * Math.Log(1 + Math.Abs(value))) - mean, 2)).Sum();
        Assert.Equal(0.5 * error / (batch.BatchSize * batch.ChunkLength), terms.State!.ToDouble(), 1e-4);
    }

    [Fact]
    public void Updates_learn_to_predict_the_vectors()
    {
        using var learner = Learner(ObservationKind.State, scale: 100, learningRate: 0.01);
        var batch = Batch(ObservationKind.State);
        var before = learner.Test(batch, 1).State!.Value;
        for (var update = 0; update < 150; update++)
        {
            learner.Update(batch, (ulong)update);
        }

        var after = learner.Test(batch, 1).State!.Value;
        Assert.True(after < before / 4, $"{before} -> {after}");
    }

    [Fact]
    public void Padded_steps_change_nothing()
    {
        using var learner = Learner(ObservationKind.State, scale: 1);
        var batch = Batch(ObservationKind.State) with { Lengths = [4, 2], Terminated = new bool[8] };
        var changed = batch with { States = [.. batch.States!.Select((value, i) => i >= 6 * Size ? 1e30f : value)] };
        Assert.Equal(learner.Test(batch, 1), learner.Test(changed, 1));
        var seen = batch with { States = [.. batch.States!.Select((value, i) => i == 0 ? value + 1 : value)] };
        Assert.NotEqual(learner.Test(batch, 1), learner.Test(seen, 1));
    }

    [Theory]
    [InlineData(ObservationKind.State)]
    [InlineData(ObservationKind.ImageAndState)]
    public void An_agent_decides_from_the_vectors_and_refuses_others(ObservationKind kind)
    {
        using var learner = Learner(kind, scale: 1);
        var image = kind == ObservationKind.State ? [] : new byte[64 * 64 * 3];
        IReadOnlyList<float> Decide(params float[] state)
        {
            var observer = new Observer();
            using var agent = new Agent(learner.Model, SmallRun.Experiment.Planner, 1, CPU, explorationNoise: 0, seed: 1)
            {
                Observer = observer,
            };
            agent.Act([new Percept(image, state)]);
            return observer.Rewards!;
        }

        Assert.Equal(Decide(1, 2, 3), Decide(1, 2, 3));
        Assert.NotEqual(Decide(1, 2, 3), Decide(-9, 2, 300));
        Assert.Contains("has 2 numbers, but the agent takes 3", Assert.Throws<ArgumentException>(() => Decide(1, 2)).Message);
    }

    [Fact]
    public void A_model_observes_something_and_gets_what_it_observes()
    {
        using var generator = new Generator(0, CPU);
        Assert.Throws<ArgumentException>(() => new WorldModel(SmallRun.Experiment.Model, 1, generator, imageSize: 0));
        using var learner = Learner(ObservationKind.State, scale: 1);
        Assert.Contains("state vectors", Assert.Throws<ArgumentException>(() => learner.Model.Embed(null)).Message);
        var without = Batch(ObservationKind.State) with { States = null };
        Assert.Contains("make the sampler", Assert.Throws<ArgumentException>(() => learner.Test(without, 1)).Message);
        Assert.Throws<InvalidOperationException>(() => learner.Model.Decode(zeros(1, 1, learner.Model.Dynamics.FeatureSize)));
    }

    [Fact]
    public void Without_state_vectors_a_model_has_the_weights_of_before()
    {
        using var first = new Learner(SmallRun.Experiment, 1, CPU, seed: 5);
        using var second = new Learner(
            SmallRun.Experiment with { Model = SmallRun.Experiment.Model with { StateUnits = 7, StateLayers = 4 } }, 1, CPU, seed: 5);
        Assert.Equal(first.Test(Batch(ObservationKind.Image), 1), second.Test(Batch(ObservationKind.Image), 1));
        Assert.DoesNotContain(first.Model.state_dict().Keys, name => name.StartsWith("state", StringComparison.Ordinal));
    }

    private static Learner Learner(ObservationKind kind, double scale, double learningRate = 1e-3) => new(
        SmallRun.Experiment with
        {
            Task = SmallRun.Experiment.Task with { Observations = kind },
            Model = SmallRun.Experiment.Model with { StateUnits = 16 },
            Objective = SmallRun.Experiment.Objective with { StateScale = scale },
            Optimizer = SmallRun.Experiment.Optimizer with { LearningRate = learningRate },
        },
        actionSize: 1,
        CPU,
        seed: 5,
        stateSize: Size);

    private sealed class Observer : IDecisionObserver
    {
        public IReadOnlyList<float>? Rewards { get; private set; }

        public bool BeginDecision() => true;

        public void Decided(ActionBelief belief) => Rewards = belief.Rewards;
    }

    // Two chunks of four rows.
    private static ChunkBatch Batch(ObservationKind kind)
    {
        var shape = kind == ObservationKind.State ? ImageShape.None : new ImageShape(64, 64);
        var random = new Random(3);
        var images = new byte[8 * shape.Bytes];
        random.NextBytes(images);
        float[] Numbers(int count, float scale) => [.. Enumerable.Range(0, count).Select(_ => scale * ((2 * random.NextSingle()) - 1))];
        return new ChunkBatch(2, 4, shape, 1, images, Numbers(8, 1), Numbers(8, 1), [])
        {
            States = kind == ObservationKind.Image ? null : Numbers(8 * Size, 5),
        };
    }
}
