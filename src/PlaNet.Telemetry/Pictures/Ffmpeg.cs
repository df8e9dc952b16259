using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace PlaNet.Telemetry.Pictures;

/// <summary>The program ffmpeg, which encodes clips as MP4 files. It is optional: every video is also written without it.</summary>
/// <param name="program">Path of the program.</param>
/// <param name="limit">Time after which an encoding is given up and the program is killed. Default 5 minutes.</param>
/// <param name="time">The clock of the limit. Default the system's.</param>
public sealed class Ffmpeg(string program, TimeSpan? limit = null, TimeProvider? time = null)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);
    private static readonly ConcurrentDictionary<string, Ffmpeg?> s_found = new(StringComparer.Ordinal);

    /// <summary>Path of the program.</summary>
    public string Program => program;

    /// <summary>The program if it is there. It is looked up once in a process.</summary>
    /// <param name="program">Its name, which is looked up on the PATH, or its path. Empty for none.</param>
    public static Ffmpeg? Find(string program) => s_found.GetOrAdd(
        program, static program => Locate(program, Environment.GetEnvironmentVariable("PATH")) is { } path ? new Ffmpeg(path) : null);

    /// <summary>Path of an executable file; null if there is none.</summary>
    /// <param name="program">A path, or a name to look up.</param>
    /// <param name="path">The folders to search, as in the variable PATH.</param>
    public static string? Locate(string program, string? path)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (program.Length == 0)
        {
            return null;
        }

        if (Path.GetFileName(program) != program)
        {
            return IsExecutable(program) ? Path.GetFullPath(program) : null;
        }

        string[] names = OperatingSystem.IsWindows() && !Path.HasExtension(program) ? [program + ".exe"] : [program];
        return (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(IsExecutable);
    }

    /// <summary>Encodes a clip: H.264 in yuv420p, with the index at the front of the file. Odd sides get a white row or column.</summary>
    /// <param name="clip">The clip.</param>
    /// <param name="framesPerSecond">Above 0.</param>
    /// <param name="cancellation">Kills the program.</param>
    /// <returns>The content of an MP4 file.</returns>
    /// <exception cref="FfmpegException">The program does not start, fails, or is later than the limit; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public byte[] Encode(Clip clip, double framesPerSecond, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(framesPerSecond);
        DirectoryInfo folder;
        try
        {
            // The index can be moved to the front only in a file.
            folder = Directory.CreateTempSubdirectory("planet-video-");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new FfmpegException($"there is no temporary folder for {program}: {refused.Message}", refused);
        }

        try
        {
            var encoded = Path.Combine(folder.FullName, "video.mp4");
            Run(encoded, clip, framesPerSecond, cancellation);
            return File.ReadAllBytes(encoded);
        }
        catch (IOException refused)
        {
            throw new FfmpegException($"the file of {program} cannot be read: {refused.Message}", refused);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Execute) != UnixFileMode.None);
    }

    private void Run(string path, Clip clip, double framesPerSecond, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] arguments =
        [
            "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{clip.Width}x{clip.Height}", "-r",
            framesPerSecond.ToString(CultureInfo.InvariantCulture), "-i", "-",

            // Common players need even sides and this pixel format. One thread leaves the other cores to the run.
            "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white", "-threads", "1", "-pix_fmt", "yuv420p", "-movflags", "+faststart", path,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Start(start);
        var allowed = limit ?? s_limit;
        using var late = new CancellationTokenSource(allowed, time ?? TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        using var kill = either.Token.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            process.StandardInput.BaseStream.Write(clip.Pixels);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended early; its error output says why.
        }

        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (late.IsCancellationRequested)
        {
            throw new FfmpegException($"{program} did not finish within {allowed.TotalSeconds:F0} s.");
        }

#pragma warning disable VSTHRD002 // The process has ended, so its error output is complete; nothing waits on this thread.
        var output = errors.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        if (process.ExitCode != 0)
        {
            throw new FfmpegException($"{program} failed with exit code {process.ExitCode}: {output.Trim().ReplaceLineEndings(" ")}");
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
            throw new FfmpegException($"{program} does not start: {exception.Message}.", exception);
        }
    }
}
