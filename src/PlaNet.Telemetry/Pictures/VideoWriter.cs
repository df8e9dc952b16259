using PlaNet.Common;

namespace PlaNet.Telemetry.Pictures;

/// <summary>
/// Writes clips to files: .gif and .png always, .mp4 where ffmpeg is present. A missing or failing ffmpeg is no failure: the .gif is
/// written.
/// </summary>
/// <param name="ffmpeg">Encodes .mp4 files. Default null: it is not there.</param>
public sealed class VideoWriter(Ffmpeg? ffmpeg = null)
{
    private const string Gif = ".gif";
    private const string Mp4 = ".mp4";
    private const string Missing = "ffmpeg is not on the PATH. Install it, or name it by planet.ffmpeg in hocon/planet.conf.";
    private const int StripFrames = 10;

    /// <summary>
    /// Writes a clip atomically. The extension selects the format: .gif, .mp4, or .png for a strip of ten frames. A .mp4 file that cannot
    /// be made becomes a .gif of the same name.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="clip">The clip; for .gif no side longer than 65,535 pixels.</param>
    /// <param name="framesPerSecond">Above 0, at most 50. Default 20.</param>
    /// <param name="cancellation">Kills ffmpeg. Default: never.</param>
    /// <exception cref="ArgumentException">The extension is none of these.</exception>
    /// <exception cref="StorageException">The file cannot be written.</exception>
    public WrittenVideo Write(string path, Clip clip, double framesPerSecond = 20, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(clip);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case Gif:
                AtomicFile.Write(path, GifWriter.Encode(clip, framesPerSecond));
                return new WrittenVideo(path, null);
            case ".png":
                AtomicFile.Write(path, PngWriter.Encode(FrameGrid.Strip(clip, Math.Max(1, (clip.Frames + StripFrames - 1) / StripFrames))));
                return new WrittenVideo(path, null);
            case Mp4:
                var failure = TryMp4(path, clip, framesPerSecond, cancellation);
                return failure is null
                    ? new WrittenVideo(path, null)
                    : Write(Path.ChangeExtension(path, Gif), clip, framesPerSecond, cancellation) with { Failure = failure };
            default:
                throw new ArgumentException($"Cannot write a video to {path}: give a name that ends in .gif, .mp4 or .png.", nameof(path));
        }
    }

    /// <summary>
    /// Writes a clip as .gif, and as .mp4 if ffmpeg is there. An older .mp4 is removed if no new one is made, because it shows something
    /// else.
    /// </summary>
    /// <param name="path">Path of both files without extension; the folder must exist.</param>
    /// <param name="clip">The clip; no side longer than 65,535 pixels.</param>
    /// <param name="framesPerSecond">Above 0, at most 50. Default 20.</param>
    /// <param name="cancellation">Kills ffmpeg. Default: never.</param>
    /// <returns>The .gif file, and why ffmpeg failed if it did; a missing ffmpeg is no failure.</returns>
    /// <exception cref="StorageException">A file cannot be written.</exception>
    public WrittenVideo WriteBoth(string path, Clip clip, double framesPerSecond = 20, CancellationToken cancellation = default)
    {
        var gif = Write(path + Gif, clip, framesPerSecond, cancellation);
        var failure = TryMp4(path + Mp4, clip, framesPerSecond, cancellation);
        if (failure is not null)
        {
            Delete(path + Mp4);
        }

        return gif with { Failure = ffmpeg is null ? null : failure };
    }

    /// <summary>What to tell about a .mp4 file before it is asked for in vain; null if <see cref="Write"/> can make the file.</summary>
    /// <param name="path">The file.</param>
    public string? Warning(string path) =>
        ffmpeg is null && Path.GetExtension(path).Equals(Mp4, StringComparison.OrdinalIgnoreCase) ? WarningOf(path, Missing) : null;

    /// <summary>What to tell about a .mp4 file that became a .gif.</summary>
    /// <param name="path">The .mp4 file.</param>
    /// <param name="failure">Why it was not made.</param>
    public static string WarningOf(string path, string failure) =>
        $"{Path.ChangeExtension(path, Gif)} in place of {path}: {failure}";

    /// <summary>Whether a file is the .mp4 of <see cref="WriteBoth"/>: the .gif beside it shows the same in every browser.</summary>
    /// <param name="path">The file.</param>
    public static bool IsCopy(string path) =>
        Path.GetExtension(path).Equals(Mp4, StringComparison.OrdinalIgnoreCase) && File.Exists(Path.ChangeExtension(path, Gif));

    private string? TryMp4(string path, Clip clip, double framesPerSecond, CancellationToken cancellation)
    {
        if (ffmpeg is null)
        {
            return Missing;
        }

        try
        {
            AtomicFile.Write(path, ffmpeg.Encode(clip, framesPerSecond, cancellation));
            return null;
        }
        catch (FfmpegException failure)
        {
            return failure.Message;
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Of(path, refused);
        }
    }
}

/// <summary>A written video.</summary>
/// <param name="Path">The file.</param>
/// <param name="Failure">Why there is no .mp4 file, in one line; null if there is one or none was asked for.</param>
public sealed record WrittenVideo(string Path, string? Failure);
