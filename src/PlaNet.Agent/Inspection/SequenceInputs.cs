using PlaNet.Models;
using PlaNet.Replay;

namespace PlaNet.Inspection;

/// <summary>Sequences of episodes, prepared for the model.</summary>
/// <param name="Pixels">[batch, time, height, width, channels], bytes; null for a model without images.</param>
/// <param name="Images">Preprocessed and dithered, [batch, time, channels, height, width]; null for a model without images.</param>
/// <param name="Actions">[batch, time, action].</param>
/// <param name="States">Transformed state vectors, [batch, time, S]; null for a model without them.</param>
/// <param name="Noise">Standard normal noise of the latent states, [batch, time, stochastic].</param>
internal sealed record SequenceInputs(Tensor? Pixels, Tensor? Images, Tensor Actions, Tensor? States, Tensor Noise)
{
    /// <summary>Prepares sequences: draws the dither, then the noise.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="sequences">At least one; all images of one shape.</param>
    /// <param name="length">Frames of each.</param>
    /// <param name="generator">Source of dither and noise, on the same device.</param>
    /// <param name="states">The state vectors that the model observes; episodes may have others. Null for none.</param>
    public static SequenceInputs Of(
        WorldModel model,
        Device device,
        IReadOnlyList<Sequence> sequences,
        int length,
        Generator generator,
        IReadOnlyList<StateShape>? states)
    {
        var pixels = model.ImageSize > 0 ? PixelsOf(sequences, length, device) : null;
        var actions = Rows(sequences, episode => episode.Action, length, device);
        var images = pixels is null ? null
            : ImagePreprocessing.Preprocess(pixels, model.Options.ImageBits, ImagePreprocessing.Dither(pixels.shape, generator))
                .permute(0, 1, 4, 2, 3);
        var noise = randn([sequences.Count, length, model.Dynamics.StochasticSize], device: device, generator: generator);
        return new SequenceInputs(pixels, images, actions, StatesOf(model, sequences, length, device, states), noise);
    }

    /// <summary>The observations embedded, [batch, time, embedding].</summary>
    /// <param name="model">The world model.</param>
    public Tensor Embed(WorldModel model) => model.Embed(Images, States);

    private static Tensor PixelsOf(IReadOnlyList<Sequence> sequences, int length, Device device)
    {
        var shape = sequences[0].Episode.ImageShape;
        long[] size = [length, shape.Height, shape.Width, shape.Channels];
        return stack([.. sequences.Select(sequence => tensor(
            sequence.Episode.Image.AsMemory(sequence.Start * shape.Bytes, length * shape.Bytes), size))]).to(device);
    }

    private static Tensor? StatesOf(
        WorldModel model, IReadOnlyList<Sequence> sequences, int length, Device device, IReadOnlyList<StateShape>? states)
    {
        return model.StateSize == 0 ? null
            : states is null || states.Sum(state => state.Size) != model.StateSize ? throw new ArgumentException(
                $"The model observes state vectors of {model.StateSize} numbers: pass those of its task.", nameof(states))
            : model.Options.StateTransform.Of(
                cat([.. states.Select(state => Rows(sequences, episode => episode.States[state.Name], length, device))], -1));
    }

    /// <summary>Rows of an array of each episode, [batch, time, numbers of a row].</summary>
    /// <param name="sequences">At least one.</param>
    /// <param name="field">The array, [rows of the episode, numbers of a row].</param>
    /// <param name="length">Rows of each sequence.</param>
    /// <param name="device">Device of the result.</param>
    public static Tensor Rows(IReadOnlyList<Sequence> sequences, Func<Episode, float[]> field, int length, Device device)
    {
        return stack([.. sequences.Select(sequence =>
        {
            var values = field(sequence.Episode);
            var width = values.Length / sequence.Episode.Length;
            return tensor(values.AsMemory(sequence.Start * width, length * width), [length, width]);
        })]).to(device);
    }
}
