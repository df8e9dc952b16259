namespace PlaNet.Inspection;

/// <summary>
/// Errors of open-loop predictions by distance, the number of steps since the last context frame, averaged over the sequences. The first
/// number is for distance 1. Image errors are mean squared errors per value against the centre of the pixel's bin, with a full range of 1.
/// </summary>
/// <param name="Image">Error of the predicted frame.</param>
/// <param name="LastFrame">Error of repeating the last context frame, as a baseline.</param>
/// <param name="Reward">Mean absolute error of the predicted reward per decision.</param>
/// <param name="Divergence">Divergence in nats from the posterior given all frames to the open-loop prior (docs/inspection.md).</param>
public sealed record PredictionErrors(
    IReadOnlyList<double> Image, IReadOnlyList<double> LastFrame, IReadOnlyList<double> Reward, IReadOnlyList<double> Divergence);
