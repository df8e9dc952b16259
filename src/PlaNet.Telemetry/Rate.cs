namespace PlaNet.Telemetry;

/// <summary>Smoothed recent rate of something that happens again and again. Pauses count.</summary>
public sealed record Rate
{
    /// <summary>Time constant of the smoothing, in seconds.</summary>
    public const double SmoothingSeconds = 30;

    /// <summary>Times per second; null before the first time after the start.</summary>
    public double? PerSecond { get; init; }

    private TimeSpan? Last { get; init; }

    private double Weight { get; init; }

    /// <summary>A rate that begins to be measured.</summary>
    /// <param name="now">The time.</param>
    public static Rate Start(TimeSpan now) => new() { Last = now };

    /// <summary>The rate after one more time. Without <see cref="Start"/>, the first one begins the measurement.</summary>
    /// <param name="now">The time.</param>
    public Rate After(TimeSpan now)
    {
        if (Last is not { } last || now <= last)
        {
            return this with { Last = Last ?? now };
        }

        // Divided by the sum of the weights so far: an event right after the start must not count for the seconds before it.
        var seconds = (now - last).TotalSeconds;
        var keep = Math.Exp(-seconds / SmoothingSeconds);
        var weight = (keep * Weight) + (1 - keep);
        var earlier = PerSecond ?? 0;
        return new Rate { PerSecond = earlier + ((1 - keep) / weight * ((1 / seconds) - earlier)), Last = now, Weight = weight };
    }
}
