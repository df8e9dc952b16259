namespace PlaNet.Inspection;

/// <summary>What the model predicts without looking: true frames and the frames it expects, after a few it has seen (figure 3 of the paper).</summary>
/// <param name="Context">Frames that were seen.</param>
/// <param name="Length">Frames in each sequence, the context included.</param>
/// <param name="Truth">A sequence each, [time, 64, 64, 3] of uint8, quantised like the model's input.</param>
/// <param name="Prediction">Likewise.</param>
/// <param name="Errors">How far the predictions are off.</param>
public sealed record OpenLoopPrediction(
    int Context, int Length, IReadOnlyList<byte[]> Truth, IReadOnlyList<byte[]> Prediction, PredictionErrors Errors);
