using PlaNet.Models;
using PlaNet.Replay;
using PlaNet.Tensors;

namespace PlaNet.Inspection;

/// <summary>Open-loop prediction from recorded episodes (docs/inspection.md).</summary>
public static class OpenLoop
{
    /// <summary>Default number of context frames.</summary>
    public const int DefaultContext = 5;

    /// <summary>Default number of predicted frames.</summary>
    public const int DefaultHorizon = 45;

    /// <summary>Predicts the frames of episodes from a context and the actions.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="sequences">The start of each prediction.</param>
    /// <param name="seed">Seed of dither and latent noise.</param>
    /// <param name="context">Number of context frames. Default 5.</param>
    /// <param name="horizon">Maximum number of predicted frames; fewer if an episode is shorter. Default 45.</param>
    /// <param name="states">The state vectors that the model observes, in the order of its batches. Default none.</param>
    /// <exception cref="InvalidOperationException">The model observes no images.</exception>
    /// <exception cref="ArgumentException">A sequence has no frame after the context.</exception>
    public static OpenLoopPrediction Predict(
        WorldModel model,
        Device device,
        IReadOnlyList<Sequence> sequences,
        ulong seed,
        int context = DefaultContext,
        int horizon = DefaultHorizon,
        IReadOnlyList<StateShape>? states = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentOutOfRangeException.ThrowIfZero(sequences.Count, nameof(sequences));
        if (model.ImageSize == 0)
        {
            throw new InvalidOperationException("The model observes no images, so it predicts no frames.");
        }

        var available = sequences.Min(sequence => sequence.Episode.Length - sequence.Start);
        var length = Math.Min(context + horizon, available);
        if (length <= context)
        {
            throw new ArgumentException(
                $"The shortest sequence has {available} frames, too few for a context of {context} and a prediction: " +
                $"it needs at least {context + 1}. Start earlier or reduce the context.",
                nameof(sequences));
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, device);
        var inputs = SequenceInputs.Of(model, device, sequences, length, generator, states);
        var (actions, noise) = (inputs.Actions, inputs.Noise);
        var (pixels, images) = (inputs.Pixels!, inputs.Images!);
        var rewards = SequenceInputs.Rows(sequences, episode => episode.Reward, length, device).squeeze(-1);
        var bits = model.Options.ImageBits;
        var seen = model.Embed(images.narrow(1, 0, context), inputs.States?.narrow(1, 0, context));
        var (posterior, _) = model.Dynamics.Observe(inputs.Embed(model), actions, noise);
        var predicted = model.Dynamics.Predict(seen, actions, noise, context);
        var features = model.Dynamics.Features(predicted);
        var means = model.Decode(features);

        // A dither of 0.5 gives the centre of each pixel's bin.
        var middle = full(pixels.shape, Scalars.Of(0.5), device: device);
        var centres = ImagePreprocessing.Preprocess(pixels, bits, middle).permute(0, 1, 4, 2, 3);
        var ahead = length - context;
        var (target, last) = (centres.narrow(1, context, ahead), centres.narrow(1, context - 1, 1));
        var divergence = DiagonalGaussian.Divergence(posterior.Distribution, predicted.Distribution).narrow(1, context, ahead);
        return new OpenLoopPrediction(
            context,
            length,
            model.ImageSize,
            Frames(images, bits),
            Frames(means, bits),
            new PredictionErrors(
                Numbers((means.narrow(1, context, ahead) - target).Squared().mean([0L, 2L, 3L, 4L])),
                Numbers((last - target).Squared().mean([0L, 2L, 3L, 4L])),
                Numbers((model.Reward.forward(features) - rewards).narrow(1, context, ahead).abs().mean([0L])),
                Numbers(divergence.mean([0L]))));
    }

    private static double[] Numbers(Tensor values)
    {
        return values.to(ScalarType.Float64).cpu().data<double>().ToArray();
    }

    private static List<byte[]> Frames(Tensor images, int bits)
    {
        var frames = ImagePreprocessing.Postprocess(images.permute(0, 1, 3, 4, 2), bits).contiguous().cpu();
        return [.. frames.unbind(0).Select(sequence => sequence.contiguous().data<byte>().ToArray())];
    }
}
