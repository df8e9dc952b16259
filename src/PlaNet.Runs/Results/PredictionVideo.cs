using PlaNet.Common;
using PlaNet.Inspection;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Runs.Results;

/// <summary>Writes open-loop predictions as images (figure 3 of the paper).</summary>
public static class PredictionVideo
{
    /// <summary>
    /// Writes the true frames above the predicted ones above their difference, which is grey where the prediction is right and brighter
    /// where it is brighter than the truth: an animation of all sequences side by side, and every fifth frame of the first sequence as a
    /// still image.
    /// </summary>
    /// <param name="path">Path of the files without extension; .gif and .png are appended, and .mp4 if the writer has ffmpeg.</param>
    /// <param name="prediction">True and predicted frames.</param>
    /// <param name="writer">Writes the animation.</param>
    /// <param name="cancellation">Ends the encoding of the .mp4 file. Default: never.</param>
    /// <returns>Why ffmpeg made no .mp4 file; null if it made one or is not there.</returns>
    public static string? Write(
        string path, OpenLoopPrediction prediction, VideoWriter writer, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(writer);
        Clip Clip(byte[] frames) => new(prediction.Length, prediction.ImageSize, prediction.ImageSize, frames);
        var columns = prediction.Truth
            .Zip(
                prediction.Prediction,
                (truth, predicted) => FrameGrid.Column([Clip(truth), Clip(predicted), Clip(Difference(truth, predicted))]))
            .ToArray();
        var written = writer.WriteBoth(path, FrameGrid.Upscale(FrameGrid.Row(columns), 2), cancellation: cancellation);
        AtomicFile.Write(path + ".png", PngWriter.Encode(FrameGrid.Strip(FrameGrid.Upscale(columns[0], 2), every: 5)));
        return written.Failure;
    }

    /// <summary>Path without extension of the prediction that belongs to the video of an evaluation.</summary>
    /// <param name="evaluation">Path of the evaluation's video.</param>
    public static string PathFor(string evaluation)
    {
        var name = Path.GetFileNameWithoutExtension(evaluation).Replace("evaluation-", "prediction-", StringComparison.Ordinal);
        return Path.Combine(Path.GetDirectoryName(evaluation) ?? "", name);
    }

    private static byte[] Difference(byte[] truth, byte[] predicted)
    {
        var difference = new byte[truth.Length];
        for (var i = 0; i < truth.Length; i++)
        {
            difference[i] = (byte)((predicted[i] - truth[i] + 255) / 2);
        }

        return difference;
    }
}
