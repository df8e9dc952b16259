namespace PlaNet.Inspection;

/// <summary>Open-loop prediction after a context: true and predicted frames (figure 3 of the paper).</summary>
/// <param name="Context">Number of context frames.</param>
/// <param name="Length">Number of frames in each sequence, including the context.</param>
/// <param name="ImageSize">Height and width of the frames.</param>
/// <param name="Truth">True frames of each sequence, [time, size, size, channels] of uint8, quantised like the model's input.</param>
/// <param name="Prediction">Predicted frames of each sequence, in the same format.</param>
/// <param name="Errors">Errors of the predictions.</param>
public sealed record OpenLoopPrediction(
    int Context,
    int Length,
    int ImageSize,
    IReadOnlyList<byte[]> Truth,
    IReadOnlyList<byte[]> Prediction,
    PredictionErrors Errors);
