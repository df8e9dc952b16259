using PlaNet.Common;
using PlaNet.Inspection;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Runs.Results;

/// <summary>Writes open-loop predictions as images (figure 3 of the paper).</summary>
public static class PredictionVideo
{
    /// <summary>
    /// Writes the true frames above the predicted ones: an animation of all sequences side by side, and every fifth frame of the first
    /// sequence as a still image.
    /// </summary>
    /// <param name="path">Path of the files without extension; .gif and .png are appended.</param>
    /// <param name="prediction">True and predicted frames.</param>
    public static void Write(string path, OpenLoopPrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        Clip Clip(byte[] frames) => new(prediction.Length, prediction.ImageSize, prediction.ImageSize, frames);
        var pairs = prediction.Truth
            .Zip(
                prediction.Prediction,
                (truth, predicted) => FrameGrid.Column([Clip(truth), Clip(predicted)]))
            .ToArray();
        new VideoWriter().Write(path + ".gif", FrameGrid.Upscale(FrameGrid.Row(pairs), 2));
        AtomicFile.Write(path + ".png", PngWriter.Encode(FrameGrid.Strip(FrameGrid.Upscale(pairs[0], 2), every: 5)));
    }
}
