namespace PlaNet.Inspection;

/// <summary>
/// How far open-loop predictions are off, by the number of steps since the last seen frame, averaged over the sequences. The first number
/// belongs to distance 1. Image errors are mean squared errors per value in units of the full range, against the centre of the pixel's bin.
/// </summary>
/// <param name="Image">Of the predicted frame.</param>
/// <param name="LastFrame">Of a copy of the last seen frame: what predicting that nothing moves gives.</param>
/// <param name="Reward">Mean absolute error of the predicted reward of a decision.</param>
/// <param name="Divergence">Nats from the posterior that has seen all frames to the open-loop prior (spec 5.4).</param>
public sealed record PredictionErrors(
    IReadOnlyList<double> Image, IReadOnlyList<double> LastFrame, IReadOnlyList<double> Reward, IReadOnlyList<double> Divergence);
