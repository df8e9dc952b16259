using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using PlaNet.Common;

namespace PlaNet.Telemetry.Pictures;

/// <summary>Writes clips to files: .gif and .png directly, .mp4 with the program ffmpeg.</summary>
/// <param name="ffmpeg">The program that encodes .mp4 files. Default "ffmpeg", looked up on the PATH.</param>
public sealed class VideoWriter(string ffmpeg = "ffmpeg")
{
    private const int StripFrames = 10;

    /// <summary>Writes a clip atomically. The extension selects the format: .gif, .mp4, or .png for a strip of ten frames.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="clip">The clip; for .gif no side longer than 65,535 pixels.</param>
    /// <param name="framesPerSecond">Above 0, at most 50. Default 20.</param>
    /// <param name="cancellation">Kills ffmpeg. Default: never.</param>
    /// <exception cref="ArgumentException">The extension is none of these.</exception>
    /// <exception cref="InvalidOperationException">ffmpeg is not installed or failed; the message says what to do.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path, Clip clip, double framesPerSecond = 20, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(clip);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".gif":
                AtomicFile.Write(path, GifWriter.Encode(clip, framesPerSecond));
                break;
            case ".png":
                AtomicFile.Write(path, PngWriter.Encode(FrameGrid.Strip(clip, Math.Max(1, (clip.Frames + StripFrames - 1) / StripFrames))));
                break;
            case ".mp4":
                WriteWithFfmpeg(path, clip, framesPerSecond, cancellation);
                break;
            default:
                throw new ArgumentException($"Cannot write a video to {path}: give a name that ends in .gif, .mp4 or .png.", nameof(path));
        }
    }

    private void WriteWithFfmpeg(string path, Clip clip, double framesPerSecond, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("planet-video-");
        try
        {
            var encoded = Path.Combine(folder.FullName, "video.mp4");
            Encode(encoded, clip, framesPerSecond, cancellation);
            AtomicFile.Write(path, File.ReadAllBytes(encoded));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void Encode(string path, Clip clip, double framesPerSecond, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(ffmpeg) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] arguments =
        [
            "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{clip.Width}x{clip.Height}", "-r",
            framesPerSecond.ToString(CultureInfo.InvariantCulture), "-i", "-",

            // Common players need even sides and this pixel format.
            "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white", "-pix_fmt", "yuv420p", "-movflags", "+faststart", path,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Start(start);
        using var kill = cancellation.Register(process.Kill);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            process.StandardInput.BaseStream.Write(clip.Pixels);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // ffmpeg ended early; its error output is read below.
        }

        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
#pragma warning disable VSTHRD002 // The process has ended, so its error output is complete; nothing waits on this thread.
        var output = errors.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{ffmpeg} failed with exit code {process.ExitCode}: {output.Trim()} Give a name that ends in .gif instead.");
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException(
                $"Cannot make an .mp4 file: the program {ffmpeg} does not start ({exception.Message}). "
                + "Install ffmpeg, or give a name that ends in .gif.",
                exception);
        }
    }
}
