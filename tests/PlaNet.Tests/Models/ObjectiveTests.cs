using PlaNet.Experiments;
using PlaNet.Models;
using static PlaNet.Torch.torch;

namespace PlaNet.Tests.Models;

public sealed class ObjectiveTests
{
    [Fact]
    public void Every_term_is_what_a_scalar_computation_gives()
    {
        const int batch = 2, length = 3;
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        using var model = new WorldModel(new ModelOptions { StochasticSize = 3, BeliefSize = 4, HiddenSize = 5, Depth = 1, RewardLayers = 1, RewardUnits = 4 }, 2, generator);
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
        var (mq, sq, mp, sp) = (Doubles(posterior.Distribution.Mean), Doubles(posterior.Distribution.Stddev), Doubles(prior.Mean), Doubles(prior.Stddev));
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
                divergence += Math.Log(sp[i] / sq[i]) + (((sq[i] * sq[i]) + ((mq[i] - mp[i]) * (mq[i] - mp[i]))) / (2 * sp[i] * sp[i])) - 0.5;
            }

            full += divergence;
            free += Math.Max(0, divergence - 0.02);
        }

        const double elements = batch * length;
        Near(image / elements, terms.Image);
        Near(reward / elements, terms.Reward);
        Near(free / elements, terms.Divergence);
        Near(full / elements, terms.FullDivergence);
        Assert.True(full > free, "the free nats were not used up anywhere");
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
    public void Below_the_free_nats_nothing_is_pulled()
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

    private static double[] Doubles(Tensor tensor) => [.. tensor.data<float>().ToArray().Select(value => (double)value)];

    private static void Near(double expected, Tensor actual)
    {
        Assert.InRange(actual.ToDouble(), expected - (1e-4 * Math.Abs(expected)) - 1e-6, expected + (1e-4 * Math.Abs(expected)) + 1e-6);
    }
}
