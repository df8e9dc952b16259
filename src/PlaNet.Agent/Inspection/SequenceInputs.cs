using PlaNet.Models;

namespace PlaNet.Inspection;

/// <summary>Sequences of episodes, prepared for the model.</summary>
/// <param name="Pixels">[batch, time, height, width, 3], bytes.</param>
/// <param name="Dither">Dither of the images, of the shape of <paramref name="Pixels"/>.</param>
/// <param name="Images">Preprocessed and dithered, [batch, time, 3, height, width].</param>
/// <param name="Actions">[batch, time, action].</param>
/// <param name="Noise">Standard normal noise of the latent states, [batch, time, stochastic].</param>
internal sealed record SequenceInputs(Tensor Pixels, Tensor Dither, Tensor Images, Tensor Actions, Tensor Noise)
{
    /// <summary>Prepares sequences: draws the dither, then the noise.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="sequences">At least one; all images of one size.</param>
    /// <param name="length">Frames of each.</param>
    /// <param name="generator">Source of dither and noise, on the same device.</param>
    public static SequenceInputs Of(WorldModel model, Device device, IReadOnlyList<Sequence> sequences, int length, Generator generator)
    {
        var shape = sequences[0].Episode.ImageShape;
        long[] size = [length, shape.Height, shape.Width, 3];
        var pixels = stack([.. sequences.Select(sequence => tensor(
            sequence.Episode.Image.AsMemory(sequence.Start * shape.Bytes, length * shape.Bytes), size))]).to(device);
        var actions = Rows(sequences, episode => episode.Action, length, device);
        var dither = ImagePreprocessing.Dither(pixels.shape, generator);
        var images = ImagePreprocessing.Preprocess(pixels, model.Options.ImageBits, dither).permute(0, 1, 4, 2, 3);
        var noise = randn([sequences.Count, length, model.Dynamics.StochasticSize], device: device, generator: generator);
        return new SequenceInputs(pixels, dither, images, actions, noise);
    }

    /// <summary>Rows of an array of each episode, [batch, time, numbers of a row].</summary>
    /// <param name="sequences">At least one.</param>
    /// <param name="field">The array, [rows of the episode, numbers of a row].</param>
    /// <param name="length">Rows of each sequence.</param>
    /// <param name="device">Device of the result.</param>
    public static Tensor Rows(IReadOnlyList<Sequence> sequences, Func<Replay.Episode, float[]> field, int length, Device device)
    {
        return stack([.. sequences.Select(sequence =>
        {
            var values = field(sequence.Episode);
            var width = values.Length / sequence.Episode.Length;
            return tensor(values.AsMemory(sequence.Start * width, length * width), [length, width]);
        })]).to(device);
    }
}
