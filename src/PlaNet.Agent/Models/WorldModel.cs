using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>
/// The world model: encoders and decoders of what the agent observes, latent dynamics, reward head and, for tasks that terminate,
/// continuation head.
/// </summary>
public sealed class WorldModel : nn.Module
{
    private readonly Encoder? encoder;
    private readonly HiddenLayers? stateEncoder;
    private readonly TransitionModel dynamics;
    private readonly Decoder? decoder;
    private readonly StateDecoder? stateDecoder;
    private readonly ScalarHead reward;
    private readonly ScalarHead? continuation;

    /// <summary>Makes the model with new weights.</summary>
    /// <param name="options">Sizes and forms.</param>
    /// <param name="actionSize">Size of an action, A.</param>
    /// <param name="generator">Source of the initial weights, on the CPU: the same seed gives the same weights on every device.</param>
    /// <param name="precision">Precision of the convolutions in encoder and decoder. Default float32.</param>
    /// <param name="imageSize">
    /// Height and width of the images, or 0 without images (<see cref="TaskOptions.ObservedImageSize"/>). Default 64.
    /// </param>
    /// <param name="terminates">
    /// Whether a task announces that its episodes can terminate; see <see cref="ModelOptions.Continuation"/>. Default false.
    /// </param>
    /// <param name="stateSize">Numbers of a state vector, S, or 0 without state vectors. Default 0.</param>
    /// <param name="imageChannels">Channels of the images, C: 1 or 3 (<see cref="TaskOptions.ImageChannels"/>). Default 3.</param>
    /// <exception cref="ArgumentException">There are neither images nor state vectors.</exception>
    public WorldModel(
        ModelOptions options,
        int actionSize,
        Generator generator,
        Precision precision = Precision.Float32,
        int imageSize = TaskOptions.PaperImageSize,
        bool terminates = false,
        int stateSize = 0,
        int imageChannels = TaskOptions.PaperImageChannels)
        : base(nameof(WorldModel))
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        ActionSize = actionSize;
        ImageSize = imageSize;
        ImageChannels = imageSize > 0 ? imageChannels : 0;
        StateSize = stateSize;
        if (imageSize == 0 && stateSize == 0)
        {
            throw new ArgumentException("A model observes images, state vectors or both: give the size of at least one.");
        }

        if (imageSize > 0)
        {
            encoder = new Encoder(options.Depth, generator, precision, imageSize, imageChannels);
        }

        if (stateSize > 0)
        {
            stateEncoder = new HiddenLayers(stateSize, options.StateUnits, options.StateLayers, options.Activation, generator);
        }

        var embeddingSize = (encoder?.EmbeddingSize ?? 0) + (stateSize > 0 ? options.StateUnits : 0);
        dynamics = TransitionModels.Create(options, actionSize, embeddingSize, generator);
        if (imageSize > 0)
        {
            decoder = new Decoder(dynamics.FeatureSize, options.Depth, generator, precision, imageSize, imageChannels);
        }

        if (stateSize > 0)
        {
            stateDecoder = new StateDecoder(dynamics.FeatureSize, stateSize, options, generator);
        }

        reward = new ScalarHead(dynamics.FeatureSize, options.RewardLayers, options.RewardUnits, generator, options.Activation);
        if (options.HasContinuation(terminates))
        {
            // Last, so that the other parts have the same initial weights without it.
            continuation = new ScalarHead(
                dynamics.FeatureSize, options.RewardLayers, options.RewardUnits, generator, options.Activation);
        }

        RegisterComponents();
    }

    /// <summary>Sizes and forms.</summary>
    public ModelOptions Options { get; }

    /// <summary>Size of an action, A.</summary>
    public int ActionSize { get; }

    /// <summary>Height and width of the images; 0 without images.</summary>
    public int ImageSize { get; }

    /// <summary>Channels of the images, C; 0 without images.</summary>
    public int ImageChannels { get; }

    /// <summary>Numbers of a state vector, S; 0 without state vectors.</summary>
    public int StateSize { get; }

    /// <summary>The encoder, from image to embedding; null without images.</summary>
    public Encoder? Encoder => encoder;

    /// <summary>The encoder of transformed state vectors, [..., S] to [..., units]; null without state vectors.</summary>
    public HiddenLayers? StateEncoder => stateEncoder;

    /// <summary>The latent dynamics.</summary>
    public TransitionModel Dynamics => dynamics;

    /// <summary>The decoder, from features to image; null without images.</summary>
    public Decoder? Decoder => decoder;

    /// <summary>The decoder, from features to transformed state vector; null without state vectors.</summary>
    public StateDecoder? StateDecoder => stateDecoder;

    /// <summary>The reward head, from features to reward.</summary>
    public ScalarHead Reward => reward;

    /// <summary>The continuation head, from features to the logit that the episode continues; null if the model has none.</summary>
    public ScalarHead? Continuation => continuation;

    /// <summary>Embeds the observations of sequences: the embedding of the image, then that of the state vector.</summary>
    /// <param name="images">Preprocessed, [batch, time, C, height, width]; null for a model without images.</param>
    /// <param name="states">Transformed, [batch, time, S]; null for a model without state vectors. Default null.</param>
    /// <returns>[batch, time, embedding].</returns>
    /// <exception cref="ArgumentException">An observation of the model is missing.</exception>
    public Tensor Embed(Tensor? images, Tensor? states = null)
    {
        var ofStates = stateEncoder?.forward(states ?? throw Missing("state vectors", nameof(states)));
        if (encoder is null)
        {
            return ofStates!;
        }

        var seen = images ?? throw Missing("images", nameof(images));
        var ofImages = encoder.forward(seen.flatten(0, 1)).view(seen.shape[0], seen.shape[1], encoder.EmbeddingSize);
        return ofStates is null ? ofImages : cat([ofImages, ofStates], -1);
    }

    /// <summary>Predicts the images of sequences.</summary>
    /// <param name="features">[batch, time, features].</param>
    /// <returns>Means, [batch, time, C, height, width].</returns>
    /// <exception cref="InvalidOperationException">The model has no images.</exception>
    public Tensor Decode(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return decoder is null
            ? throw new InvalidOperationException("The model observes no images (task.observations is state), so it predicts none.")
            : decoder.forward(features.flatten(0, 1)).unflatten(0, features.shape[0], features.shape[1]);
    }

    private static ArgumentException Missing(string what, string parameter) =>
        new($"The model observes {what}: pass them.", parameter);
}
