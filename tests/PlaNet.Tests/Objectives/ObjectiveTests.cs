using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Objectives;
using PlaNet.Tensors;
using static TorchSharp.torch;

namespace PlaNet.Tests.Objectives;

public sealed class ObjectiveTests
{
    [Fact]
    public void Every_term_is_what_a_scalar_computation_gives()
    {
        const int batch = 2, length = 3;
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        using var model = new WorldModel(
            new ModelOptions { StochasticSize = 3, BeliefSize = 4, HiddenSize = 5, Depth = 1, RewardLayers = 1, RewardUnits = 4 },
            2,
            generator);
        var images = rand([batch, length, 3, 64, 64], generator: generator) - 0.5;
        var actions = randn([batch, length, 2], generator: generator);
        var rewards = 2 * randn([batch, length], generator: generator);
        var noise = randn([batch, length, 3], generator: generator);
        var options = new ObjectiveOptions { ImageScale = 0.5, RewardScale = 10, DivergenceScale = 2, FreeNats = 0.02 };
        var terms = Objective.Compute(model, options, images, actions, rewards, noise);

        var (posterior, prior) = model.Dynamics.Observe(model.Embed(images), actions, noise);
        var (pixels, means) = (Doubles(images), Doubles(model.Decode(model.Dynamics.Features(posterior))));
        var (earned, expected) = (Doubles(rewards), Doubles(model.Reward.forward(model.Dynamics.Features(posterior))));
        double image = 0, reward = 0, free = 0, full = 0;
        var (mq, sq, mp, sp) =
            (Doubles(posterior.Distribution.Mean), Doubles(posterior.Distribution.Stddev), Doubles(prior.Mean), Doubles(prior.Stddev));
        for (var element = 0; element < batch * length; element++)
        {
            for (var value = 0; value < 12288; value++)
            {
                var index = (element * 12288) + value;
                image += 0.5 * ((pixels[index] - means[index]) * (pixels[index] - means[index]));
            }

            image += 11291.92;
            reward += (0.5 * (earned[element] - expected[element]) * (earned[element] - expected[element])) + 0.918939;
            double divergence = 0;
            for (var i = element * 3; i < (element + 1) * 3; i++)
            {
                divergence += Math.Log(sp[i] / sq[i])
                    + (((sq[i] * sq[i]) + ((mq[i] - mp[i]) * (mq[i] - mp[i]))) / (2 * sp[i] * sp[i]))
                    - 0.5;
            }

            full += divergence;
            free += Math.Max(0, divergence - 0.02);
        }

        const double elements = batch * length;
        Near(image / elements, terms.Image);
        Near(reward / elements, terms.Reward);
        Near(free / elements, terms.Divergence);
        Near(full / elements, terms.FullDivergence);
        Assert.True(full > free, "the free nats reduced no divergence");
        Near(((0.5 * image) + (10 * reward) + (2 * free)) / elements, terms.Total);
    }

    [Fact]
    public void Free_nats_belong_to_each_element_and_not_to_the_mean()
    {
        using var scope = NewDisposeScope();
        var divergence = tensor([1f, 5f, 3f, 4f], [2, 2]);
        Assert.Equal([0f, 2f, 0f, 1f], Objective.FreeNats(divergence, 3).data<float>().ToArray());
    }

    [Fact]
    public void Below_the_free_nats_the_gradient_is_zero()
    {
        using var scope = NewDisposeScope();
        var mean = tensor([1f, 3f], [2, 1], requires_grad: true);
        var deviation = ones([2, 1]);
        var divergence = DiagonalGaussian.Divergence(new DiagonalGaussian(mean, deviation), new DiagonalGaussian(zeros([2, 1]), deviation));
        Assert.Equal([0.5f, 4.5f], divergence.data<float>().ToArray());
        Objective.FreeNats(divergence, 3).mean().backward();
        Assert.Equal([0f, 1.5f], mean.grad!.data<float>().ToArray());
    }

    [Fact]
    public void The_divergence_takes_the_posterior_first()
    {
        using var scope = NewDisposeScope();
        var narrow = new DiagonalGaussian(zeros([1]), full([1], 0.5));
        var wide = new DiagonalGaussian(ones([1]), full([1], 2));
        Near(Math.Log(4) + (1.25 / 8) - 0.5, DiagonalGaussian.Divergence(narrow, wide));
        Near(-Math.Log(4) + (5 / 0.5) - 0.5, DiagonalGaussian.Divergence(wide, narrow));
    }

    [Fact]
    public void The_defaults_equal_the_plain_bound_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using var small = new SmallSequences();
        var (model, options) = (small.Model, new ObjectiveOptions());
        Tensor Plain()
        {
            var (posterior, prior) = model.Dynamics.Observe(model.Embed(small.Images), small.Actions, small.Noise);
            var features = model.Dynamics.Features(posterior);
            var image = -Objective.ImageLogProbability(small.Images, model.Decode(features)).mean();
            var reward = -Objective.UnitNormalLogProbability(small.Rewards, model.Reward.forward(features)).mean();
            var divergence = Objective.FreeNats(DiagonalGaussian.Divergence(posterior.Distribution, prior), 3).mean();
            return (1 * image) + (10 * reward) + (1 * divergence);
        }

        var terms = small.Compute(options);
        Assert.Null(terms.GlobalDivergence ?? terms.Overshooting ?? terms.OvershootingReward ?? terms.ObservationOvershooting);
        var expected = Plain();
        Assert.Equal(expected.ToSingle(), terms.Total.ToSingle());
        foreach (var (wanted, gradient) in small.Gradients(expected).Zip(small.Gradients(terms.Total)))
        {
            Assert.True(wanted!.SameAs(gradient!));
        }
    }

    [Fact]
    public void A_squared_error_is_twice_as_heavy_and_has_no_constant()
    {
        using var scope = NewDisposeScope();
        using var small = new SmallSequences();
        var half = small.Compute(new ObjectiveOptions());
        var whole = small.Compute(new ObjectiveOptions { ImageLoss = PredictionLoss.Sse, RewardLoss = PredictionLoss.Sse });
        Near(2 * (half.Image.ToDouble() - (0.5 * Math.Log(2 * Math.PI) * 12288)), whole.Image);
        Near(2 * (half.Reward.ToDouble() - (0.5 * Math.Log(2 * Math.PI))), whole.Reward);
        Near(half.Divergence.ToDouble(), whole.Divergence);
    }

    [Fact]
    public void The_reward_out_of_a_state_is_the_next_one_and_the_last_state_has_none()
    {
        using var scope = NewDisposeScope();
        using var small = new SmallSequences();
        var expected = Doubles(small.Model.Reward.forward(small.Model.Dynamics.Features(small.Observe().Posterior)));
        var earned = Doubles(small.Rewards);
        double error = 0;
        for (var sequence = 0; sequence < 2; sequence++)
        {
            for (var time = 0; time < 3; time++)
            {
                error += Math.Pow(earned[(4 * sequence) + time + 1] - expected[(4 * sequence) + time], 2);
            }
        }

        var options = new ObjectiveOptions { RewardLoss = PredictionLoss.Sse, RewardAlignment = RewardAlignment.OutOf };
        Near(error / 6, small.Compute(options).Reward);
        var single = Assert.Throws<ArgumentException>(() => Objective.Compute(
            small.Model,
            options,
            small.Images.narrow(1, 0, 1),
            small.Actions.narrow(1, 0, 1),
            small.Rewards.narrow(1, 0, 1),
            small.Noise.narrow(1, 0, 1)));
        Assert.Contains("two steps", single.Message);
    }

    [Fact]
    public void The_global_divergence_is_that_from_the_standard_normal_distribution_without_free_nats()
    {
        using var scope = NewDisposeScope();
        using var small = new SmallSequences();
        var posterior = small.Observe().Posterior.Distribution;
        var expected = Doubles(posterior.Mean)
            .Zip(
                Doubles(posterior.Stddev),
                (mean, stddev) => (0.5 * ((stddev * stddev) + (mean * mean) - 1)) - Math.Log(stddev))
            .Sum() / 8;
        var terms = small.Compute(new ObjectiveOptions { GlobalDivergenceScale = 0.1 });
        Near(expected, terms.GlobalDivergence!);
        Near(small.Compute(new ObjectiveOptions()).Total.ToDouble() + (0.1 * expected), terms.Total);
    }

    [Theory]
    [InlineData(OvershootingReward.Prior)]
    [InlineData(OvershootingReward.PosteriorStopped)]
    public void Rewards_of_overshooting_are_those_of_distances_from_2_on(OvershootingReward kind)
    {
        using var scope = NewDisposeScope();
        using var small = new SmallSequences();
        var options = new ObjectiveOptions { OvershootingReward = kind, OvershootingDistance = 3, OvershootingRewardScale = 2 };
        var terms = small.Compute(options);
        var posterior = small.Observe().Posterior;
        var imagined = LatentOvershooting.Imagine(
            small.Model.Dynamics.Transition,
            posterior,
            small.Actions,
            small.Imagination,
            3,
            OvershootingStart.None);
        double mean = 0;
        for (var k = 1; k < 3; k++)
        {
            for (var start = 0; start < 4 - k; start++)
            {
                var state = kind == OvershootingReward.Prior ? imagined[k].At(start) : posterior.At(start + k);
                var error = small.Rewards.select(1, start + k) - small.Model.Reward.forward(small.Model.Dynamics.Features(state));
                mean += 0.5 * error.square().mean().ToDouble() / (4 - k) / 2;
            }
        }

        Near(mean, terms.OvershootingReward!);
        Assert.Null(terms.Overshooting);
        Near(small.Compute(new ObjectiveOptions()).Total.ToDouble() + (2 * mean), terms.Total);
        var learning = small.Model.named_parameters().Zip(small.Gradients(terms.OvershootingReward!))
            .Where(pair => pair.Second is { } gradient && gradient.abs().sum().ToDouble() > 0)
            .Select(pair => pair.First.name.Split('.')[0])
            .Distinct();
        Assert.Equal(kind == OvershootingReward.Prior ? ["encoder", "dynamics", "reward"] : ["reward"], learning);
    }

    [Fact]
    public void Observation_overshooting_decodes_the_priors_of_every_distance()
    {
        using var scope = NewDisposeScope();
        using var small = new SmallSequences();
        var terms = small.Compute(new ObjectiveOptions { ObservationOvershootingScale = 0.5, ObservationOvershootingDistance = 2 });
        var imagined = LatentOvershooting.Imagine(
            small.Model.Dynamics.Transition, small.Observe().Posterior, small.Actions, small.Imagination, 2, OvershootingStart.None);
        double mean = 0;
        for (var k = 0; k < 2; k++)
        {
            var means = small.Model.Decode(small.Model.Dynamics.Features(imagined[k]));
            mean += 0.5 * (small.Images.narrow(1, k, 4 - k) - means).square().sum().ToDouble() / (2 * (4 - k)) / 2;
        }

        Near(mean, terms.ObservationOvershooting!);
        Near(small.Compute(new ObjectiveOptions()).Total.ToDouble() + (0.5 * mean), terms.Total);
    }

    [Fact]
    public void The_papers_normalisation_divides_the_weight_of_distance_1_by_the_farthest_distance_too()
    {
        using var scope = NewDisposeScope();
        using var small = new SmallSequences();
        var options = new ObjectiveOptions
        {
            FreeNats = 0,
            DivergenceScale = 3,
            OvershootingScale = 2,
            OvershootingDistance = 3,
            OvershootingNormalisation = OvershootingNormalisation.Paper,
        };
        var terms = small.Compute(options);
        Near(
            terms.Image.ToDouble() + (10 * terms.Reward.ToDouble()) + terms.Divergence.ToDouble() + (2 * terms.Overshooting!.ToDouble()),
            terms.Total);
    }

    [Fact]
    public void Overshooting_without_noise_or_with_too_little_is_refused()
    {
        using var scope = NewDisposeScope();
        using var small = new SmallSequences();
        var options = new ObjectiveOptions { OvershootingScale = 1, OvershootingDistance = 3 };
        Tensor Total(Tensor? noise) =>
            Objective.Compute(small.Model, options, small.Images, small.Actions, small.Rewards, small.Noise, noise).Total;
        Assert.Throws<ArgumentNullException>(() => Total(null));
        Assert.Contains("2 steps, but 3", Assert.Throws<ArgumentException>(() => Total(small.Imagination.narrow(0, 0, 2))).Message);
    }

    [Fact]
    public void Over_all_first_images_the_strided_image_term_is_the_mean_of_every_image()
    {
        using var scope = NewDisposeScope();
        using var small = new SmallSequences();
        var every = small.Compute(new ObjectiveOptions());
        var strided = new ObjectiveOptions { ImageStride = 2 };
        var terms = new[] { 0, 1 }.Select(offset => Objective.Compute(
            small.Model, strided, small.Images, small.Actions, small.Rewards, small.Noise, imageOffset: offset)).ToArray();
        Near(every.Image.ToDouble(), (terms[0].Image + terms[1].Image) / 2);
        Assert.NotEqual(terms[0].Image.ToDouble(), terms[1].Image.ToDouble());
        Assert.All(terms, term => Assert.Equal(every.Reward.ToDouble(), term.Reward.ToDouble()));
        Assert.All(terms, term => Assert.Equal(every.Divergence.ToDouble(), term.Divergence.ToDouble()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_strided_image_term_of_a_padded_sequence_is_that_of_the_sequence_alone(int offset)
    {
        using var scope = NewDisposeScope();
        using var small = new SmallSequences();
        var options = new ObjectiveOptions { ImageStride = 3 };
        Tensor Image(long sequence, long steps, IReadOnlyList<int>? lengths)
        {
            Tensor Part(Tensor values) => values.narrow(0, sequence, 1).narrow(1, 0, steps);
            return Objective.Compute(
                small.Model,
                options,
                Part(small.Images),
                Part(small.Actions),
                Part(small.Rewards),
                Part(small.Noise),
                lengths: lengths,
                imageOffset: offset).Image;
        }

        Near(Image(1, 3, null).ToDouble(), Image(1, 4, [3]));
    }

    [Fact]
    public void A_stride_beyond_the_chunk_is_refused()
    {
        var experiment = new Experiment { Objective = new ObjectiveOptions { ImageStride = 51 } };
        Assert.StartsWith(
            "objective.image_stride is 51: it must be at most replay.chunk_length, which is 50",
            Assert.Single(ExperimentValidation.Validate(experiment)).ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void A_length_outside_the_padded_batch_is_refused(int length)
    {
        using var scope = NewDisposeScope();
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => PlaNet.Objectives.Padding.Of([2, length], 4, CPU));
        Assert.Contains("from 1 to 4", refused.Message);
    }

    private static double[] Doubles(Tensor tensor) => [.. tensor.data<float>().ToArray().Select(value => (double)value)];

    private static void Near(double expected, Tensor actual)
    {
        Assert.InRange(actual.ToDouble(), expected - (1e-4 * Math.Abs(expected)) - 1e-6, expected + (1e-4 * Math.Abs(expected)) + 1e-6);
    }

    /// <summary>Two sequences of four steps and a model for them.</summary>
    private sealed class SmallSequences : IDisposable
    {
        private readonly Generator _generator = new(0, CPU);

        public SmallSequences()
        {
            Model = new WorldModel(
                new ModelOptions { StochasticSize = 3, BeliefSize = 8, HiddenSize = 8, Depth = 1, RewardLayers = 1, RewardUnits = 8 },
                2,
                _generator);
            Images = rand([2, 4, 3, 64, 64], generator: _generator) - 0.5;
            Actions = randn([2, 4, 2], generator: _generator);
            Rewards = 2 * randn([2, 4], generator: _generator);
            Noise = randn([2, 4, 3], generator: _generator);
            Imagination = randn([4, 2, 4, 3], generator: _generator);
        }

        public WorldModel Model { get; }

        public Tensor Images { get; }

        public Tensor Actions { get; }

        public Tensor Rewards { get; }

        public Tensor Noise { get; }

        public Tensor Imagination { get; }

        public ObjectiveTerms Compute(ObjectiveOptions options) =>
            Objective.Compute(Model, options, Images, Actions, Rewards, Noise, Imagination);

        public (LatentState Posterior, DiagonalGaussian Prior) Observe() => Model.Dynamics.Observe(Model.Embed(Images), Actions, Noise);

        /// <summary>The gradient by every parameter; null if the loss does not depend on it.</summary>
        public IList<Tensor?> Gradients(Tensor loss)
        {
            Model.zero_grad();
            loss.backward();
            return [.. Model.parameters().Select(parameter => parameter.grad?.clone())];
        }

        public void Dispose()
        {
            Model.Dispose();
            _generator.Dispose();
        }
    }
}
