using PlaNet.Experiments;
using PlaNet.Models;
using static PlaNet.Torch.torch;

namespace PlaNet.Tests.Models;

/// <summary>Property 50: section 9 of the specification holds for the modules that are trained.</summary>
public sealed class ModelSizeTests
{
    [Theory]
    [InlineData(1, 3, 300, 5_292_220)]
    [InlineData(2, 3, 300, 5_292_420)]
    [InlineData(6, 3, 300, 5_293_220)]
    [InlineData(6, 2, 200, 5_129_620)]
    public void The_real_modules_have_the_parameters_of_the_specification(int actionSize, int rewardLayers, int rewardUnits, long total)
    {
        var experiment = new Experiment { Model = new ModelOptions { RewardLayers = rewardLayers, RewardUnits = rewardUnits } };
        var cost = ModelCost.Of(experiment, actionSize);
        using var generator = new Generator(0, CPU);
        using var model = new WorldModel(experiment.Model, actionSize, generator);
        Assert.Equal(total, Count(model));
        Assert.Equal(total, cost.Parameters);
        Assert.Equal(690_144, Count(model.Encoder));
        Assert.Equal(3_795_555, Count(model.Decoder));
        Assert.Equal(cost.Transition.Parameters + cost.Posterior.Parameters, Count(model.Dynamics));
        Assert.Equal(cost.Reward.Parameters, Count(model.Reward));
    }

    [Fact]
    public void Other_sizes_cost_what_their_modules_hold()
    {
        var experiment = Catalog.CpuSized.Quickstart;
        using var generator = new Generator(0, CPU);
        using var model = new WorldModel(experiment.Model, 2, generator);
        Assert.Equal(ModelCost.Of(experiment, 2).Parameters, Count(model));
    }

    [Fact]
    public void The_stochastic_model_has_the_parameters_of_the_specification()
    {
        using var generator = new Generator(0, CPU);
        using var model = new WorldModel(new ModelOptions { Transition = TransitionKind.Ssm }, 6, generator);
        Assert.Equal(4_719_620, Count(model));
        Assert.Equal(19_460 + 229_060, Count(model.Dynamics));
    }

    [Fact]
    public void Every_form_costs_what_its_modules_hold()
    {
        var small = new ModelOptions { StochasticSize = 3, BeliefSize = 5, HiddenSize = 4, Depth = 1, RewardLayers = 1, RewardUnits = 6 };
        var forms =
            from transition in Enum.GetValues<TransitionKind>()
            from deterministic in Enum.GetValues<DeterministicForm>()
            from prior in Enum.GetValues<PriorInput>()
            from gru in Enum.GetValues<GruForm>()
            from layers in new[] { 1, 2, 4 }
            select small with { Transition = transition, Deterministic = deterministic, PriorInput = prior, Gru = gru, ModelLayers = layers };
        var sound = forms.Select(model => new Experiment { Model = model }).Where(experiment => ExperimentValidation.Validate(experiment).Count == 0).ToList();
        // For each depth: 8 with samples or their means, 2 with the belief alone, 1 stochastic, 2 doubly recurrent.
        Assert.Equal(3 * (8 + 2 + 1 + 2), sound.Count);
        Assert.All(sound, experiment =>
        {
            var cost = ModelCost.Of(experiment, 2);
            using var generator = new Generator(0, CPU);
            using var model = new WorldModel(experiment.Model, 2, generator);
            Assert.Equal(cost.Transition.Parameters + cost.Posterior.Parameters, Count(model.Dynamics));
            Assert.Equal(cost.Parameters, Count(model));
        });
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
