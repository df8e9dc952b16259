using PlaNet.Telemetry;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry;

public sealed class ProgressTests
{
    private readonly SettableTime _clock = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Fact]
    public void A_line_says_what_is_known_and_leaves_out_what_is_not()
    {
        Assert.Equal("episodes 5/1000 | updates 0", ProgressLine.Format(new Progress(0, 5, 1000)));
        Assert.Equal(
            "episodes 12/1000 | updates 700 | 8.30/s | return 512.3 | image 11300 reward 0.9200 divergence 3.10 | 2 h 44 min left",
            ProgressLine.Format(new Progress(700, 12, 1000, 512.34, 11300, 0.92, 3.1)
            {
                UpdatesPerSecond = 8.3,
                Left = TimeSpan.FromMinutes(164),
            }));
        Assert.DoesNotContain("left", ProgressLine.Format(new Progress(700, 1000, 1000) { Left = TimeSpan.Zero }));
    }

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(307, "5 min 07 s")]
    [InlineData(7500, "2 h 05 min")]
    [InlineData(273600, "3 d 04 h")]
    public void Durations_have_one_or_two_units(double seconds, string expected)
    {
        Assert.Equal(expected, ProgressLine.Duration(TimeSpan.FromSeconds(seconds)));
    }

    [Theory]
    [InlineData(11291.9, "11292")]
    [InlineData(-92.13, "-92.1")]
    [InlineData(3.1, "3.10")]
    [InlineData(0, "0.00")]
    [InlineData(0.0042, "0.0042")]
    [InlineData(0.00001234, "1.23e-5")]
    [InlineData(double.NaN, "NaN")]
    public void Numbers_have_about_three_digits(double value, string expected)
    {
        Assert.Equal(expected, ProgressLine.Number(value));
    }

    [Fact]
    public void A_rate_follows_a_change_of_speed_and_settles_and_pauses_count()
    {
        var (rate, now) = (Rate.Start(TimeSpan.Zero), TimeSpan.Zero);
        Assert.Null(rate.PerSecond);
        rate = rate.After(now += TimeSpan.FromSeconds(0.1));
        Assert.Equal(10, rate.PerSecond!.Value, 9);
        for (var i = 0; i < 20 * 300; i++)
        {
            rate = rate.After(now += TimeSpan.FromSeconds(0.05));
        }

        Assert.Equal(20, rate.PerSecond!.Value, 2);
        Assert.InRange(rate.After(now + TimeSpan.FromSeconds(10)).PerSecond!.Value, 14, 15);
        Assert.Null(Rate.Start(now).PerSecond);
        Assert.Equal(1, new Rate().After(now).After(now).After(now + TimeSpan.FromSeconds(1)).PerSecond!.Value, 9);
    }

    [Fact]
    public void A_rate_is_right_soon_after_a_first_event_that_came_at_once()
    {
        var now = TimeSpan.FromMilliseconds(0.8);
        var rate = Rate.Start(TimeSpan.Zero).After(now);
        for (var i = 0; i < 40; i++)
        {
            rate = rate.After(now += TimeSpan.FromSeconds(0.05));
        }

        Assert.InRange(rate.PerSecond!.Value, 20, 21);
    }

    [Fact]
    public void Redirected_output_is_plain_lines_without_control_codes_at_most_one_per_interval()
    {
        var reporter = new ProgressReporter(_output, TimeSpan.FromSeconds(30), _clock);
        for (var second = 0; second <= 90; second++)
        {
            reporter.Report(new Progress(second * 10, second / 10, 100, 1, 2, 3, 4));
            _clock.Now += TimeSpan.FromSeconds(1);
        }

        reporter.Event("evaluation: 512.3");
        reporter.Finish();
        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.StartsWith("episodes 0/100 | updates 0", lines[0]);
        Assert.StartsWith("episodes 3/100 | updates 300 | return 1.0", lines[1]);
        Assert.Equal("evaluation: 512.3", lines[4]);
        Assert.DoesNotContain(_output.ToString(), letter => char.IsControl(letter) && letter != '\n');
    }
}
