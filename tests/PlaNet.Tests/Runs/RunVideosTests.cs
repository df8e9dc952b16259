using PlaNet.Runs;
using PlaNet.Telemetry.Reports;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>Videos of runs with a working and a failing ffmpeg, for which scripts stand in.</summary>
public sealed class RunVideosTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_run_writes_its_videos_in_both_formats_and_its_report_shows_each_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the script in place of ffmpeg needs a POSIX shell");
        var events = Run("for last; do :; done; cat >/dev/null; printf done >\"$last\"");
        Assert.Empty(events.OfType<RunWarning>());
        Assert.Equal(
            [
                "evaluation-00003.gif", "evaluation-00003.mp4", "prediction-00003.gif", "prediction-00003.mp4", "prediction-00003.png"
            ],
            Directory.GetFiles(_folder["run/videos"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["evaluation-00003.gif", "prediction-00003.gif", "prediction-00003.png"],
            RunReport.FromFolder(_folder["run"]).Videos.Select(video => video.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_failing_ffmpeg_is_one_warning_and_changes_nothing_else()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the script in place of ffmpeg needs a POSIX shell");
        var events = Run("cat >/dev/null; echo broken >&2; exit 1");
        Assert.Contains("failed with exit code 1: broken", Assert.Single(events.OfType<RunWarning>()).Message);
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(_folder["run"]));
        Assert.Equal(
            ["evaluation-00003.gif", "prediction-00003.gif", "prediction-00003.png"],
            Directory.GetFiles(_folder["run/videos"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<RunEvent> Run(string script)
    {
        File.WriteAllText(_folder["ffmpeg"], $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder["ffmpeg"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var settings = SmallRun.NoBackoff;
        var (complete, events) = SmallRun.Run(
            _folder["run"],
            experiment: ShortRun.Experiment,
            settings: settings with { Planet = settings.Planet with { Ffmpeg = _folder["ffmpeg"] } });
        Assert.True(complete);
        return events;
    }
}
