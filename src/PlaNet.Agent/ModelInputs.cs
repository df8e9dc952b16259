using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Replay;

namespace PlaNet;

/// <summary>A batch prepared for the model.</summary>
/// <param name="Images">Preprocessed and dithered, [batch, time, channels, height, width]; null for a model without images.</param>
/// <param name="Actions">[batch, time, action].</param>
/// <param name="Rewards">[batch, time].</param>
/// <param name="Noise">Standard normal noise of the posterior, [batch, time, stochastic].</param>
public sealed record ModelInputs(Tensor? Images, Tensor Actions, Tensor Rewards, Tensor Noise)
{
    /// <summary>Transformed state vectors, [batch, time, S]; null for a model without them.</summary>
    public Tensor? States { get; init; }

    /// <summary>1 for terminal states, else 0, [batch, time]; null if the model has no continuation head.</summary>
    public Tensor? Terminated { get; init; }

    /// <summary>Steps of each sequence without padding; null if all sequences have full length.</summary>
    public IReadOnlyList<int>? Lengths { get; init; }

    /// <summary>Prepares a batch: draws the dither, then the posterior's noise.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="batch">Chunks of episodes.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="generator">Source of dither and noise, on the same device.</param>
    public static ModelInputs Of(WorldModel model, ChunkBatch batch, Device device, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        var images = model.ImageSize > 0 ? ImagesOf(model, batch, device, generator) : null;
        var actions = tensor(batch.Actions, [batch.BatchSize, batch.ChunkLength, batch.ActionSize], device: device);
        var rewards = tensor(batch.Rewards, [batch.BatchSize, batch.ChunkLength], device: device);
        var noise = randn([batch.BatchSize, batch.ChunkLength, model.Dynamics.StochasticSize], device: device, generator: generator);
        return new ModelInputs(images, actions, rewards, noise)
        {
            States = model.StateSize > 0 ? StatesOf(model, batch, device) : null,
            Terminated = model.Continuation is null ? null
                : batch.Terminated is { } terminated
                    ? tensor(terminated, [batch.BatchSize, batch.ChunkLength], device: device).to(rewards.dtype)
                    : zeros_like(rewards),
            Lengths = batch.Lengths is { } lengths && lengths.Any(length => length < batch.ChunkLength) ? lengths : null,
        };
    }

    private static Tensor ImagesOf(WorldModel model, ChunkBatch batch, Device device, Generator generator)
    {
        var shape = batch.ImageShape;
        var pixels = tensor(batch.Images, [batch.BatchSize, batch.ChunkLength, shape.Height, shape.Width, shape.Channels], device: device);
        var dither = ImagePreprocessing.Dither(pixels.shape, generator);
        return ImagePreprocessing.Preprocess(pixels, model.Options.ImageBits, dither).permute(0, 1, 4, 2, 3);
    }

    private static Tensor StatesOf(WorldModel model, ChunkBatch batch, Device device)
    {
        var states = batch.States ?? throw new ArgumentException(
            "The model observes state vectors, but the batch has none: make the sampler with the vectors of the task.", nameof(batch));
        return model.Options.StateTransform.Of(
            tensor(states, [batch.BatchSize, batch.ChunkLength, model.StateSize], device: device));
    }

    /// <summary>Draws the first decoded step of <see cref="Objectives.Objective.Compute"/>.</summary>
    /// <param name="options">The objective.</param>
    /// <param name="generator">The generator of the other noise, which must be drawn first; unchanged if every image is decoded.</param>
    /// <returns>From 0 to <see cref="ObjectiveOptions.ImageStride"/> minus 1.</returns>
    public static int ImageOffset(ObjectiveOptions options, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(generator);
        if (options.ImageStride == 1)
        {
            return 0;
        }

        using var drawn = randint(0, options.ImageStride, [1], ScalarType.Int64, device: generator.device, generator: generator);
        return (int)drawn.item<long>();
    }

    /// <summary>Noise for the predictions of overshooting; null if no term needs predictions.</summary>
    /// <param name="options">The objective.</param>
    /// <param name="generator">
    /// The generator of the other noise, which must be drawn first. One draw per step, so that earlier draws do not depend on the distance.
    /// </param>
    /// <returns>[steps, batch, time, stochastic].</returns>
    public Tensor? OvershootingNoise(ObjectiveOptions options, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(options);
        var steps = (int)Math.Min(options.ImaginedSteps, Noise.shape[1]);
        Tensor Draw() => randn(Noise.shape, device: Noise.device, generator: generator);
        return steps == 0 ? null : stack([.. Enumerable.Range(0, steps).Select(_ => Draw())]);
    }
}
