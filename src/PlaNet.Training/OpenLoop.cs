using PlaNet.Models;
using PlaNet.Replay;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Training;

/// <summary>What the model predicts without looking: true frames and the frames it expects, after a few it has seen (figure 3 of the paper).</summary>
/// <param name="Context">Frames that were seen.</param>
/// <param name="Length">Frames in each sequence, the context included.</param>
/// <param name="Truth">[sequence, time, 64, 64, 3] of uint8, quantised like the model's input.</param>
/// <param name="Prediction">Of the same shape.</param>
/// <param name="ImageError">Mean squared error per value in units of the full range, by time, averaged over the sequences.</param>
public sealed record OpenLoopPrediction(
    int Context, int Length, IReadOnlyList<byte[]> Truth, IReadOnlyList<byte[]> Prediction, IReadOnlyList<double> ImageError);

/// <summary>Open-loop prediction from recorded episodes (spec 2.6).</summary>
public static class OpenLoop
{
    /// <summary>Frames that are seen before the prediction.</summary>
    public const int DefaultContext = 5;

    /// <summary>Frames that are predicted.</summary>
    public const int DefaultHorizon = 45;

    /// <summary>Predicts the frames of episodes from their actions.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="episodes">Recorded episodes; of each the frames from <paramref name="start"/> on are predicted.</param>
    /// <param name="seed">Seed of dither and latent noise.</param>
    /// <param name="start">First frame of each sequence. Default 0.</param>
    /// <param name="context">Frames that are seen. Default 5.</param>
    /// <param name="horizon">Frames that are predicted, at most; fewer where the episodes are shorter. Default 45.</param>
    public static OpenLoopPrediction Predict(
        WorldModel model,
        Device device,
        IReadOnlyList<Episode> episodes,
        ulong seed,
        int start = 0,
        int context = DefaultContext,
        int horizon = DefaultHorizon)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(episodes);
        var length = Math.Min(context + horizon, episodes.Min(episode => episode.Length) - start);
        if (length <= context)
        {
            throw new ArgumentException(
                $"The shortest episode has {episodes.Min(episode => episode.Length)} frames: too few for a context of {context} from frame {start}.",
                nameof(episodes));
        }

        using var gradient = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, device);
        var shape = episodes[0].ImageShape;
        var pixels = stack([.. episodes.Select(episode =>
            tensor<byte>(episode.Image.AsSpan(start * shape.Bytes, length * shape.Bytes), [length, shape.Height, shape.Width, 3]))]).to(device);
        var actions = stack([.. episodes.Select(episode =>
            tensor<float>(episode.Action.AsSpan(start * episode.ActionSize, length * episode.ActionSize), [length, episode.ActionSize]))]).to(device);
        var dither = rand(pixels.shape, device: device, generator: generator);
        var images = ImagePreprocessing.Preprocess(pixels, model.Options.ImageBits, dither).permute(0, 1, 4, 2, 3);
        var noise = randn([episodes.Count, length, model.Dynamics.StochasticSize], device: device, generator: generator);
        var states = model.Dynamics.Predict(model.Embed(images.narrow(1, 0, context)), actions, noise, context);
        var means = model.Decode(model.Dynamics.Features(states));
        var error = (means - images).square().mean([0L, 2L, 3L, 4L]).to(ScalarType.Float64).cpu().data<double>().ToArray();
        return new OpenLoopPrediction(
            context, length, Frames(images, model.Options.ImageBits), Frames(means, model.Options.ImageBits), error);
    }

    /// <summary>Writes truth above prediction: a moving picture of all sequences side by side, and a strip over time of the first few.</summary>
    /// <param name="path">The files without their extension; .gif and .png are added.</param>
    /// <param name="prediction">What was predicted.</param>
    public static void Write(string path, OpenLoopPrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        var pairs = prediction.Truth
            .Zip(prediction.Prediction, (truth, predicted) => FrameGrid.Column([Clip(truth, prediction.Length), Clip(predicted, prediction.Length)]))
            .ToArray();
        var writer = new VideoWriter();
        writer.Write(path + ".gif", FrameGrid.Upscale(FrameGrid.Row(pairs), 2));
        AtomicFile.Write(path + ".png", PngWriter.Encode(FrameGrid.Strip(FrameGrid.Upscale(pairs[0], 2), every: 5)));
    }

    private static Clip Clip(byte[] frames, int length)
    {
        return new Clip(length, 64, 64, frames);
    }

    private static List<byte[]> Frames(Tensor images, int bits)
    {
        var frames = ImagePreprocessing.Postprocess(images.permute(0, 1, 3, 4, 2), bits).contiguous().cpu();
        return [.. frames.unbind(0).Select(sequence => sequence.contiguous().data<byte>().ToArray())];
    }
}
