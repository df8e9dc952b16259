using PlaNet.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cli;

public sealed class WorkProgressTests
{
    [Fact]
    public void A_line_has_the_place_the_rate_and_the_time_left_and_follows_every_five_seconds()
    {
        var (output, clock) = (new StringWriter { NewLine = "\n" }, new SettableTime());
        var progress = new WorkProgress(output, clock, "files");
        for (var file = 1; file <= 100; file++)
        {
            clock.Now += TimeSpan.FromSeconds(0.25);
            progress.Report(file, 400, $"file {file} of 400");
        }

        Assert.Equal(
            [
                "file 20 of 400 | 4.0 files/s | 1 min 35 s left",
                "file 40 of 400 | 4.0 files/s | 1 min 30 s left",
                "file 60 of 400 | 4.0 files/s | 1 min 25 s left",
                "file 80 of 400 | 4.0 files/s | 1 min 20 s left",
                "file 100 of 400 | 4.0 files/s | 1 min 15 s left",
            ],
            output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
