using PlaNet.Common;
using PlaNet.Inspection;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Runs.Results;

/// <summary>Open-loop predictions as pictures (figure 3 of the paper).</summary>
public static class PredictionVideo
{
    /// <summary>Writes truth above prediction: a moving picture of all sequences side by side, and a strip over time of the first few.</summary>
    /// <param name="path">The files without their extension; .gif and .png are added.</param>
    /// <param name="prediction">What was predicted.</param>
    public static void Write(string path, OpenLoopPrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        var pairs = prediction.Truth
            .Zip(prediction.Prediction, (truth, predicted) => FrameGrid.Column([Clip(truth, prediction.Length), Clip(predicted, prediction.Length)]))
            .ToArray();
        new VideoWriter().Write(path + ".gif", FrameGrid.Upscale(FrameGrid.Row(pairs), 2));
        AtomicFile.Write(path + ".png", PngWriter.Encode(FrameGrid.Strip(FrameGrid.Upscale(pairs[0], 2), every: 5)));
    }

    private static Clip Clip(byte[] frames, int length) => new(length, 64, 64, frames);
}
