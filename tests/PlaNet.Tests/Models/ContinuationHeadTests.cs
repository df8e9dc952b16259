using PlaNet.Experiments;
using PlaNet.Inspection;
using PlaNet.Models;
using PlaNet.Planning;
using static TorchSharp.torch;

namespace PlaNet.Tests.Models;

public sealed class ContinuationHeadTests : IDisposable
{
    private static readonly ModelOptions s_options =
        new() { Depth = 1, StochasticSize = 2, BeliefSize = 3, HiddenSize = 4, RewardLayers = 1, RewardUnits = 5 };

    private readonly DisposeScope _scope = NewDisposeScope();

    [Theory]
    [InlineData(ContinuationPrediction.Announced, false, false)]
    [InlineData(ContinuationPrediction.Announced, true, true)]
    [InlineData(ContinuationPrediction.On, false, true)]
    [InlineData(ContinuationPrediction.On, true, true)]
    [InlineData(ContinuationPrediction.Off, false, false)]
    [InlineData(ContinuationPrediction.Off, true, false)]
    public void The_head_exists_as_the_option_and_the_environments_say(ContinuationPrediction option, bool terminates, bool exists)
    {
        var options = s_options with { Continuation = option };
        using var model = Make(options, terminates);
        Assert.Equal(exists, model.Continuation is not null);
        Assert.Equal(exists, new WorldModelDynamics(model).Continuation is not null);
        Assert.Equal(exists, model.state_dict().Keys.Any(name => name.StartsWith("continuation.", StringComparison.Ordinal)));
        var parts = LearningCost.PartsOf(new Experiment { Model = options }, 2, terminates);

        // Features of 2 + 3 numbers: one layer of 5 units and the logit, like the reward head's.
        Assert.Equal(exists ? [new ModelPart("continuation", 25 + 5 + 5 + 1)] : [], parts.Skip(4));
    }

    [Fact]
    public void The_other_parts_have_the_same_initial_weights_with_and_without_it()
    {
        using var without = Make(s_options, terminates: false);
        using var with = Make(s_options, terminates: true);
        var weights = with.state_dict();
        Assert.All(without.state_dict(), entry => Assert.Equal(Numbers(entry.Value), Numbers(weights[entry.Key])));
        Assert.Equal(4, weights.Count - without.state_dict().Count);
    }

    [Fact]
    public void The_planners_get_the_sigmoid_of_its_logit_for_every_row()
    {
        using var model = Make(s_options, terminates: true);
        var features = randn([7, 5]);
        var expected = Numbers(model.Continuation!.forward(features)).Select(logit => 1 / (1 + Math.Exp(-logit)));
        var actual = Numbers(new WorldModelDynamics(model).Continuation!(features));
        Assert.Equal(7, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    public void Dispose() => _scope.Dispose();

    private static WorldModel Make(ModelOptions options, bool terminates)
    {
        using var generator = new Generator(5, CPU);
        return new WorldModel(options, 2, generator, terminates: terminates);
    }

    private static float[] Numbers(Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
