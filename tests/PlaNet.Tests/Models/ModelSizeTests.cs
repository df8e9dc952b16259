using PlaNet.Experiments;
using PlaNet.Inspection;
using PlaNet.Models;
using static TorchSharp.torch;

namespace PlaNet.Tests.Models;

/// <summary>Property 50: the trained modules have the parameters of the paper's model, counted by hand (docs/models.md).</summary>
public sealed class ModelSizeTests
{
    [Theory]
    [InlineData(1, 3, 300, 299_260, 250_201, 5_292_220)]
    [InlineData(2, 3, 300, 299_460, 250_201, 5_292_420)]
    [InlineData(6, 3, 300, 300_260, 250_201, 5_293_220)]
    [InlineData(6, 2, 200, 300_260, 86_601, 5_129_620)]
    [InlineData(1, 0, 300, 299_260, 231, 5_042_250)]
    public void The_parts_have_the_parameters_counted_by_hand(
        int actionSize, int rewardLayers, int rewardUnits, long transition, long reward, long total)
    {
        const long Posterior = 257_060;
        var experiment = new Experiment { Model = new ModelOptions { RewardLayers = rewardLayers, RewardUnits = rewardUnits } };
        var parts = LearningCost.PartsOf(experiment, actionSize);
        Assert.Equal(
            [new("encoder", 690_144), new("dynamics", transition + Posterior), new("decoder", 3_795_555), new ModelPart("reward", reward)],
            parts);
        Assert.Equal(total, parts.Sum(part => part.Parameters));
    }

    [Fact]
    public void Every_part_has_the_sizes_of_the_options()
    {
        // Computed by hand for depth 1, Z = 2, G = 3, hidden 4, one reward layer of 5 units and two action values.
        var tiny = new ModelOptions { Depth = 1, StochasticSize = 2, BeliefSize = 3, HiddenSize = 4, RewardLayers = 1, RewardUnits = 5 };
        Assert.Equal(
            [
                (48 + 1) + (32 + 2) + (128 + 4) + (512 + 8),
                (16 + 4) + (42 + 6) + (21 + 3) + (12 + 4) + (16 + 4) + (140 + 4) + (16 + 4),
                (160 + 32) + ((25 * 32 * 4) + 4) + ((25 * 4 * 2) + 2) + ((36 * 2) + 1) + ((36 * 3) + 3),
                (25 + 5) + (5 + 1),
            ],
            LearningCost.PartsOf(new Experiment { Model = tiny }, 2).Select(part => part.Parameters));

        // The doubly recurrent model: encoder GRU, hidden layer, distribution, decoder GRU.
        var drnn = new ModelOptions { Transition = TransitionKind.Drnn, Depth = 1, StochasticSize = 2, BeliefSize = 3, HiddenSize = 4 };
        const int Encoder = (32 + 4 + 3) * 9, Hidden = 8 * 4, Distribution = 4 * 4, Decoder = (2 + 3) * 9;
        Assert.Equal(
            Encoder + 9 + Hidden + 4 + Distribution + 4 + Decoder + 9,
            LearningCost.PartsOf(new Experiment { Model = drnn }, 2)[1].Parameters);
    }

    [Fact]
    public void Updates_and_decisions_are_timed_with_the_model_itself()
    {
        var cost = LearningCost.Measure(Runs.SmallRun.Experiment, actionSize: 1, CPU, rounds: 1);
        Assert.Equal(LearningCost.PartsOf(Runs.SmallRun.Experiment, 1), cost.Parts);
        Assert.InRange(cost.UpdateSeconds, 1e-6, 60);
        Assert.InRange(cost.DecisionSeconds, 1e-6, 60);
    }

    [Fact]
    public void The_stochastic_model_has_the_parameters_counted_by_hand()
    {
        using var generator = new Generator(0, CPU);
        using var model = new WorldModel(new ModelOptions { Transition = TransitionKind.Ssm }, 6, generator);
        Assert.Equal(4_719_620, Count(model));
        Assert.Equal(19_460 + 229_060, Count(model.Dynamics));
    }

    [Fact]
    public void Images_shrink_from_64_to_2_and_grow_from_1_to_64()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        using var down = new ConvolutionLayer(3, 3, kernel: 4, generator);
        var sides = new List<long>();
        for (var images = zeros([1, 3, 64, 64]); images.shape[3] > 2;)
        {
            images = down.forward(images);
            sides.Add(images.shape[3]);
        }

        Assert.Equal([31, 14, 6, 2], sides);

        sides.Clear();
        var grown = zeros([1, 3, 1, 1]);
        foreach (var kernel in new[] { 5, 5, 6, 6 })
        {
            using var up = new TransposedConvolutionLayer(3, 3, kernel, generator);
            grown = up.forward(grown);
            sides.Add(grown.shape[2]);
        }

        Assert.Equal([5, 13, 30, 64], sides);
    }

    [Fact]
    public void The_first_transposed_convolution_is_the_same_map_written_as_a_product()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        using var layer = new TransposedConvolutionLayer(6, 4, kernel: 5, generator);
        var input = randn([3, 6, 1, 1], generator: generator);
        var state = layer.state_dict();
        var expected = nn.functional.conv_transpose2d(input, state["weight"], state["bias"], strides: [2, 2]);
        Assert.True(allclose(expected, layer.forward(input), rtol: 1e-4, atol: 1e-5));
    }

    [Fact]
    public void Every_weight_is_drawn_within_glorots_bound_and_every_bias_is_0_but_those_of_the_gates()
    {
        using var generator = new Generator(0, CPU);
        using var model = new WorldModel(new ModelOptions { Depth = 2, BeliefSize = 20, HiddenSize = 20, RewardUnits = 20 }, 2, generator);
        foreach (var (name, parameter) in model.named_parameters())
        {
            var values = parameter.data<float>().ToArray();
            if (name.EndsWith("bias", StringComparison.Ordinal))
            {
                Assert.All(values, value => Assert.Equal(name.EndsWith("gates.bias", StringComparison.Ordinal) ? 1 : 0, value));
                continue;
            }

            var area = parameter.shape.Skip(2).Aggregate(1L, (product, side) => product * side);
            var bound = Math.Sqrt(6.0 / ((parameter.shape[0] + parameter.shape[1]) * area));
            Assert.True(values.Max(Math.Abs) <= bound, $"{name} holds {values.Max(Math.Abs)}, above {bound}");
            Assert.True(values.Max(Math.Abs) > 0.5 * bound, $"{name} stays far below its bound {bound}");
        }
    }

    private static long Count(nn.Module module) => module.parameters().Sum(parameter => parameter.numel());
}
