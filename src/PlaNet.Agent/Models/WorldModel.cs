using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>
/// The world model: encoder, latent dynamics, image decoder, reward head and, for tasks that terminate, continuation head.
/// </summary>
public sealed class WorldModel : nn.Module
{
    private readonly Encoder encoder;
    private readonly TransitionModel dynamics;
    private readonly Decoder decoder;
    private readonly ScalarHead reward;
    private readonly ScalarHead? continuation;

    /// <summary>Makes the model with new weights.</summary>
    /// <param name="options">Sizes and forms.</param>
    /// <param name="actionSize">Size of an action, A.</param>
    /// <param name="generator">Source of the initial weights, on the CPU: the same seed gives the same weights on every device.</param>
    /// <param name="precision">Precision of the convolutions in encoder and decoder. Default float32.</param>
    /// <param name="imageSize">Height and width of the images (<see cref="TaskOptions.ImageSize"/>). Default 64.</param>
    /// <param name="terminates">
    /// Whether a task announces that its episodes can terminate; see <see cref="ModelOptions.Continuation"/>. Default false.
    /// </param>
    public WorldModel(
        ModelOptions options,
        int actionSize,
        Generator generator,
        Precision precision = Precision.Float32,
        int imageSize = TaskOptions.PaperImageSize,
        bool terminates = false)
        : base(nameof(WorldModel))
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        ActionSize = actionSize;
        encoder = new Encoder(options.Depth, generator, precision, imageSize);
        dynamics = TransitionModels.Create(options, actionSize, encoder.EmbeddingSize, generator);
        decoder = new Decoder(dynamics.FeatureSize, options.Depth, generator, precision, imageSize);
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

    /// <summary>Height and width of the images.</summary>
    public int ImageSize => encoder.ImageSize;

    /// <summary>The encoder, from image to embedding.</summary>
    public Encoder Encoder => encoder;

    /// <summary>The latent dynamics.</summary>
    public TransitionModel Dynamics => dynamics;

    /// <summary>The decoder, from features to image.</summary>
    public Decoder Decoder => decoder;

    /// <summary>The reward head, from features to reward.</summary>
    public ScalarHead Reward => reward;

    /// <summary>The continuation head, from features to the logit that the episode continues; null if the model has none.</summary>
    public ScalarHead? Continuation => continuation;

    /// <summary>Embeds the preprocessed images of sequences.</summary>
    /// <param name="images">[batch, time, 3, height, width].</param>
    /// <returns>[batch, time, embedding].</returns>
    public Tensor Embed(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return encoder.forward(images.flatten(0, 1)).view(images.shape[0], images.shape[1], encoder.EmbeddingSize);
    }

    /// <summary>Predicts the images of sequences.</summary>
    /// <param name="features">[batch, time, features].</param>
    /// <returns>Means, [batch, time, 3, height, width].</returns>
    public Tensor Decode(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return decoder.forward(features.flatten(0, 1)).unflatten(0, features.shape[0], features.shape[1]);
    }
}
