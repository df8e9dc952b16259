namespace PlaNet.Telemetry;

/// <summary>Smoothed recent rate of something that happens again and again. Pauses count.</summary>
/// <param name="PerSecond">Times per second; null before the first time after the start.</param>
public sealed record Rate(double? PerSecond = null)
{
    /// <summary>Time constant of the smoothing, in seconds.</summary>
    public const double SmoothingSeconds = 30;

    private TimeSpan? Last { get; init; }

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

        var seconds = (now - last).TotalSeconds;
        var (keep, rate) = (Math.Exp(-seconds / SmoothingSeconds), 1 / seconds);
        return new Rate(PerSecond is { } earlier ? (keep * earlier) + ((1 - keep) * rate) : rate) { Last = now };
    }
}
