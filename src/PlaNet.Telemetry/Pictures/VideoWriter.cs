using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using PlaNet.Common;

namespace PlaNet.Telemetry.Pictures;

/// <summary>Clips as files: .gif and .png by this library, .mp4 by the program ffmpeg.</summary>
/// <param name="ffmpeg">The program that makes .mp4 files. Default "ffmpeg", looked up on the PATH.</param>
public sealed class VideoWriter(string ffmpeg = "ffmpeg")
{
    private const int StripFrames = 10;

    /// <summary>Writes a clip, whole or not at all. The extension decides: .gif, .mp4, or .png for a strip of ten frames.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="clip">The clip.</param>
    /// <param name="framesPerSecond">Above 0, at most 50. Default 20.</param>
    /// <exception cref="ArgumentException">Another extension.</exception>
    /// <exception cref="InvalidOperationException">ffmpeg is not there or has failed: the message says what to do.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Write(string path, Clip clip, double framesPerSecond = 20)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(clip);
        switch (Path.GetExtension(path))
        {
            case ".gif":
                AtomicFile.Write(path, GifWriter.Encode(clip, framesPerSecond));
                break;
            case ".png":
                AtomicFile.Write(path, PngWriter.Encode(FrameGrid.Strip(clip, Math.Max(1, (clip.Frames + StripFrames - 1) / StripFrames))));
                break;
            case ".mp4":
                WriteWithFfmpeg(path, clip, framesPerSecond);
                break;
            default:
                throw new ArgumentException($"Cannot write a video to {path}: give a name that ends in .gif, .mp4 or .png.", nameof(path));
        }
    }

    private void WriteWithFfmpeg(string path, Clip clip, double framesPerSecond)
    {
        var folder = Directory.CreateTempSubdirectory("planet-video-");
        try
        {
            var made = Path.Combine(folder.FullName, "video.mp4");
            Encode(made, clip, framesPerSecond);
            AtomicFile.Write(path, File.ReadAllBytes(made));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void Encode(string path, Clip clip, double framesPerSecond)
    {
        var start = new ProcessStartInfo(ffmpeg) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] arguments =
        [
            "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{clip.Width}x{clip.Height}", "-r",
            framesPerSecond.ToString(CultureInfo.InvariantCulture), "-i", "-",

            // Players want even sides and this pixel format.
            "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white", "-pix_fmt", "yuv420p", "-movflags", "+faststart", path,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Start(start);
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.BaseStream.Write(clip.Pixels);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended early; what it says about it is read below.
        }

        process.WaitForExit();
#pragma warning disable VSTHRD002 // The process has ended, so its error text is complete; nothing waits on this thread.
        var said = errors.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{ffmpeg} failed with exit code {process.ExitCode}: {said.Trim()} Give a name that ends in .gif to do without it.");
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
                $"Cannot make an .mp4 file: the program {ffmpeg} does not start ({exception.Message}). Install ffmpeg, or give a name that ends in .gif.",
                exception);
        }
    }
}
