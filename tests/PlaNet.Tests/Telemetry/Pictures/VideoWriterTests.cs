using System.Diagnostics;
using PlaNet.Telemetry.Pictures;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry.Pictures;

/// <summary>Videos with the real ffmpeg, and with scripts in its place.</summary>
public sealed class VideoWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Ffmpeg_gets_the_frames_as_they_are()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the script in place of ffmpeg needs a POSIX shell");
        var clip = Gradient(3, 33, 65);
        var writer = new VideoWriter(Script($"printf '%s\\n' \"$@\" >{_folder["words"]}; cat >{_folder["raw"]}; printf done >\"$last\""));
        Assert.Equal(new WrittenVideo(_folder["a.mp4"], null), writer.Write(_folder["a.mp4"], clip, framesPerSecond: 12.5));
        Assert.Equal("done", File.ReadAllText(_folder["a.mp4"]));
        Assert.Equal(clip.Pixels, File.ReadAllBytes(_folder["raw"]));
        var words = File.ReadAllLines(_folder["words"]);
        Assert.Equal(["65x33", "12.5", "yuv420p", "+faststart"], new[] { "-s", "-r", "-pix_fmt", "-movflags" }.Select(After));

        string After(string word) => words[Array.LastIndexOf(words, word) + 1];
    }

    [Fact]
    public void Both_formats_are_written_where_ffmpeg_is_and_the_gif_alone_where_it_is_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the script in place of ffmpeg needs a POSIX shell");
        var clip = Gradient(3, 8, 8);
        var writer = new VideoWriter(Script("cat >/dev/null; printf done >\"$last\""));
        Assert.Equal(new WrittenVideo(_folder["a.gif"], null), writer.WriteBoth(_folder["a"], clip));
        Assert.Equal(["a.gif", "a.mp4", "ffmpeg"], _folder.Names());

        // The older .mp4 would show something else.
        Assert.Equal(new WrittenVideo(_folder["a.gif"], null), new VideoWriter().WriteBoth(_folder["a"], clip));
        Assert.Equal(["a.gif", "ffmpeg"], _folder.Names());
    }

    [Theory]
    [InlineData("cat >/dev/null; echo 'no encoder' >&2; exit 3", "failed with exit code 3: no encoder")]
    [InlineData("echo 'no input' >&2; exit 1", "failed with exit code 1: no input")]
    [InlineData("cat >/dev/null", "cannot be read")]
    public void A_failing_ffmpeg_leaves_the_gif_and_its_reason(string script, string reason)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the script in place of ffmpeg needs a POSIX shell");

        // More than a pipe holds, so that the program ends while frames are written.
        var clip = Gradient(40, 64, 64);
        var writer = new VideoWriter(Script(script));
        var fallback = writer.Write(_folder["a.mp4"], clip);
        Assert.Equal(_folder["a.gif"], fallback.Path);
        Assert.Contains(reason, fallback.Failure);
        File.WriteAllText(_folder["b.mp4"], "older");
        Assert.Contains(reason, writer.WriteBoth(_folder["b"], clip).Failure);
        Assert.Equal(["a.gif", "b.gif", "ffmpeg"], _folder.Names());
        Assert.Equal(File.ReadAllBytes(_folder["a.gif"]), File.ReadAllBytes(_folder["b.gif"]));
    }

    [Fact]
    public void A_hanging_ffmpeg_is_killed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the script in place of ffmpeg needs a POSIX shell");
        var program = Script("cat >/dev/null; sleep 1000").Program;
        var hung = new VideoWriter(new Ffmpeg(program, limit: TimeSpan.FromMilliseconds(50)));
        Assert.Contains("did not finish within", hung.Write(_folder["a.mp4"], Gradient(2, 8, 8)).Failure);
        Assert.Equal(["a.gif", "ffmpeg"], _folder.Names());
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.ThrowsAny<OperationCanceledException>(
            () => new VideoWriter(new Ffmpeg(program)).Write(_folder["b.mp4"], Gradient(2, 8, 8), cancellation: cancelled.Token));
        Assert.Equal(["a.gif", "ffmpeg"], _folder.Names());
    }

    [Fact]
    public void A_missing_ffmpeg_is_told_before_and_after()
    {
        var writer = new VideoWriter();
        Assert.Null(writer.Warning(_folder["a.gif"]));
        Assert.Contains("a.gif in place of ", writer.Warning(_folder["a.mp4"]));
        Assert.Contains("Install it", writer.Warning(_folder["a.MP4"]));
        var written = writer.Write(_folder["a.mp4"], Gradient(2, 8, 8));
        Assert.Equal(_folder["a.gif"], written.Path);
        Assert.Contains("planet.ffmpeg", written.Failure);
        var unstartable = new VideoWriter(new Ffmpeg(_folder["nowhere/ffmpeg"])).Write(_folder["b.mp4"], Gradient(2, 8, 8));
        Assert.Contains("does not start", unstartable.Failure);
        Assert.Equal(["a.gif", "b.gif"], _folder.Names());
    }

    [Fact]
    public void The_program_is_looked_up_on_the_path_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "permissions of files differ there");
        var program = Script("exit 1").Program;
        Directory.CreateDirectory(_folder["other"]);
        File.WriteAllText(_folder["other/ffmpeg"], "not executable");
        var path = $"/nowhere:{_folder["other"]}:{_folder.Path}";
        Assert.Equal(program, Ffmpeg.Locate("ffmpeg", path));
        Assert.Equal(program, Ffmpeg.Locate(program, null));
        Assert.Null(Ffmpeg.Locate("ffmpeg", _folder["other"]));
        Assert.Null(Ffmpeg.Locate("ffmpeg", null));
        Assert.Null(Ffmpeg.Locate("", path));
        var found = Ffmpeg.Find(program);
        File.Delete(program);
        Assert.NotNull(found);
        Assert.Same(found, Ffmpeg.Find(program));
        Assert.Null(Ffmpeg.Find(""));
    }

    [Fact]
    public void The_real_ffmpeg_makes_a_file_that_it_reads_back()
    {
        var ffmpeg = Ffmpeg.Find("ffmpeg");
        Assert.SkipWhen(ffmpeg is null, "ffmpeg is not on the PATH");
        var clip = Gradient(10, 33, 65);
        Assert.Null(new VideoWriter(ffmpeg).Write(_folder["a.mp4"], clip).Failure);
        Assert.Equal(["a.mp4"], _folder.Names());
        var file = File.ReadAllBytes(_folder["a.mp4"]);
        Assert.Equal("ftyp"u8, file.AsSpan(4, 4));
        Assert.InRange(file.AsSpan().IndexOf("moov"u8), 8, file.AsSpan().IndexOf("mdat"u8));

        using var process = Process.Start(new ProcessStartInfo(
            ffmpeg.Program, ["-loglevel", "error", "-i", _folder["a.mp4"], "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        using var decoded = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(decoded);
        process.WaitForExit();
        const int Width = 66;
        const int Height = 34;
        var pixels = decoded.ToArray();
        Assert.Equal(10 * Width * Height * 3, pixels.Length);
        var errors = Enumerable.Range(0, clip.Frames * clip.Height * clip.Width).Select(i =>
        {
            var (frame, row, column) = (i / (clip.Width * clip.Height), i / clip.Width % clip.Height, i % clip.Width);
            return Math.Abs(clip.Pixels[3 * i] - pixels[3 * ((((frame * Height) + row) * Width) + column)]);
        });
        Assert.InRange(errors.Average(), 0, 8);
    }

    public void Dispose() => _folder.Dispose();

    private static Clip Gradient(int frames, int height, int width) => new(
        frames,
        height,
        width,
        [
            .. Enumerable.Range(0, frames * height * width).SelectMany(i =>
            {
                var grey = (byte)((2 * (i % width)) + (3 * (i / width % height)) + (4 * (i / (width * height))));
                return new[] { grey, grey, grey };
            }),
        ]);

    private Ffmpeg Script(string body)
    {
        var path = _folder["ffmpeg"];
        File.WriteAllText(path, $"#!/bin/sh\nfor last; do :; done\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new Ffmpeg(path);
    }
}
