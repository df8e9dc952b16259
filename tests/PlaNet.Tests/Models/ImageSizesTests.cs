using PlaNet.Experiments;
using PlaNet.Models;
using static TorchSharp.torch;

namespace PlaNet.Tests.Models;

/// <summary>The layers that images of other sizes need (docs/models.md, "Image sizes").</summary>
public sealed class ImageSizesTests
{
    private static readonly ModelOptions s_tiny = new()
    {
        Depth = 1,
        StochasticSize = 2,
        BeliefSize = 3,
        HiddenSize = 4,
        RewardLayers = 1,
        RewardUnits = 5,
    };

    public static TheoryData<int> EverySize => [.. Enumerable.Range(32, 97)];

    [Theory]
    [MemberData(nameof(EverySize))]
    public void Encoder_and_decoder_fit_every_size(int size)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        using var model = new WorldModel(s_tiny, 2, generator, imageSize: size);
        Assert.Equal(size, model.ImageSize);

        var images = rand([1, 2, 3, size, size], generator: generator) - 0.5;
        Assert.Equal([1, 2, model.Encoder!.EmbeddingSize], model.Embed(images).shape);
        Assert.Equal(images.shape, model.Decode(randn([1, 2, model.Dynamics.FeatureSize], generator: generator)).shape);
    }

    [Theory]
    [InlineData(32, 1)]
    [InlineData(64, 1)]
    [InlineData(100, 3)]
    public void Channels_change_the_outermost_layers_alone(int size, int channels)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        using var model = new WorldModel(s_tiny, 2, generator, imageSize: size, imageChannels: channels);
        using var coloured = new WorldModel(s_tiny, 2, generator, imageSize: size);
        Assert.Equal(channels, model.ImageChannels);
        var images = rand([1, 2, channels, size, size], generator: generator) - 0.5;
        Assert.Equal([1, 2, model.Encoder!.EmbeddingSize], model.Embed(images).shape);
        var decoded = model.Decode(randn([1, 2, model.Dynamics.FeatureSize], generator: generator));
        Assert.Equal(images.shape, decoded.shape);
        decoded.square().sum().backward();
        var changed = model.state_dict().Zip(coloured.state_dict())
            .Where(pair => !pair.First.Value.shape.SequenceEqual(pair.Second.Value.shape))
            .Select(pair => pair.First.Key);
        var outermost = $"deconv{ImageSizes.Layers(size)}";
        Assert.Equal(
            channels == 3 ? [] : ["encoder.conv1.weight", $"decoder.{outermost}.weight", $"decoder.{outermost}.bias"], changed);
    }

    [Theory]
    [InlineData(32, "5, 6, 6", 16)]
    [InlineData(60, "6, 6, 6", 16 * 16)]
    [InlineData(64, "5, 5, 6, 6", 32)]
    [InlineData(84, "5, 6, 6, 6", 2 * 2 * 32)]
    [InlineData(128, "5, 5, 5, 6, 6", 64)]
    public void The_kernels_are_the_binary_digits_of_the_size_plus_3(int size, string kernels, int dense)
    {
        using var generator = new Generator(0, CPU);
        using var decoder = new Decoder(5, depth: 1, generator, imageSize: size);
        var weights = decoder.state_dict().Where(entry => entry.Key.EndsWith("weight", StringComparison.Ordinal)).ToArray();
        Assert.Equal(kernels, string.Join(", ", weights.Skip(1).Select(entry => entry.Value.shape[^1])));
        Assert.Equal(dense, weights[0].Value.shape[0]);
    }

    [Fact]
    public void Every_pixel_and_every_layer_takes_part()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        foreach (var size in new[] { 33, 60, 100 })
        {
            using var model = new WorldModel(s_tiny with { Depth = 4 }, 2, generator, imageSize: size);
            var features = randn([8, model.Dynamics.FeatureSize], generator: generator);
            model.Decoder!.forward(features).square().sum().backward();
            model.Encoder!.forward(rand([8, 3, size, size], generator: generator)).sum().backward();
            Assert.All(
                model.Encoder.named_parameters().Concat(model.Decoder.named_parameters()),
                parameter => Assert.True(parameter.parameter.grad!.abs().sum().ToDouble() > 0, $"{size}: {parameter.name}"));
        }
    }

    [Theory]
    [InlineData(31)]
    [InlineData(129)]
    public void A_size_without_layers_is_refused_by_experiment_and_model(int size)
    {
        var problem = Assert.Single(ExperimentValidation.Validate(new Experiment { Task = new TaskOptions { ImageSize = size } }));
        Assert.Equal(
            $"task.image_size is {size}: it must be a whole number, at least 32 and at most 128; the default is 64", problem.ToString());
        using var generator = new Generator(0, CPU);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Encoder(1, generator, imageSize: size));
    }

    [Fact]
    public void The_default_has_no_part_in_the_hash()
    {
        var experiment = new Experiment();
        var explicitly = experiment with { Task = experiment.Task with { ImageSize = 64 } };
        var smaller = experiment with { Task = experiment.Task with { ImageSize = 32 } };
        Assert.Equal(ExperimentHash.Of(experiment), ExperimentHash.Of(explicitly));
        Assert.NotEqual(ExperimentHash.Of(experiment), ExperimentHash.Of(smaller));
    }
}
