using System.Globalization;

namespace PlaNet.Telemetry;

/// <summary>Progress of a run.</summary>
/// <param name="Updates">Updates made.</param>
/// <param name="Episodes">Training episodes collected, seed episodes included.</param>
/// <param name="TotalEpisodes">Episodes after which the run ends.</param>
/// <param name="LastReturn">Return of the last collected episode; null before the first.</param>
/// <param name="ImageLoss">Image term of the objective; null before the first update.</param>
/// <param name="RewardLoss">Reward term of the objective; null before the first update.</param>
/// <param name="Divergence">Divergence term of the objective; null before the first update.</param>
/// <param name="Activity">Current activity, such as "collecting, decision 3 of 125"; null during updates.</param>
/// <param name="UpdatesPerSecond">Smoothed updates per second; null before the first updates.</param>
/// <param name="Left">Estimated time until the run ends; null while it is unknown.</param>
/// <param name="StateLoss">Term of the state vectors in the objective; null before the first update and without such vectors.</param>
public sealed record Progress(
    long Updates,
    int Episodes,
    int TotalEpisodes,
    double? LastReturn = null,
    double? ImageLoss = null,
    double? RewardLoss = null,
    double? Divergence = null,
    string? Activity = null,
    double? UpdatesPerSecond = null,
    TimeSpan? Left = null,
    double? StateLoss = null);

/// <summary>Progress as text.</summary>
public static class ProgressLine
{
    /// <summary>
    /// One line, such as
    /// <c>episodes 12/1000 | updates 700 | 8.3/s | return 512.3 | image 11300 reward 0.92 divergence 3.10 | 2 h 05 min left</c>;
    /// unknown values are left out.
    /// </summary>
    public static string Format(Progress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var parts = new List<string> { $"episodes {progress.Episodes}/{progress.TotalEpisodes}", $"updates {progress.Updates}" };
        if (progress.UpdatesPerSecond is { } rate)
        {
            parts.Add($"{Number(rate)}/s");
        }

        if (progress.Activity is { } activity)
        {
            parts.Add(activity);
        }

        if (progress.LastReturn is { } last)
        {
            parts.Add($"return {last.ToString("0.0", CultureInfo.InvariantCulture)}");
        }

        var losses = new (string Name, double? Value)[]
        {
            ("image", progress.ImageLoss),
            ("state", progress.StateLoss),
            ("reward", progress.RewardLoss),
            ("divergence", progress.Divergence),
        };
        if (losses.Any(loss => loss.Value is not null))
        {
            var known = losses.Where(loss => loss.Value is not null);
            parts.Add(string.Join(' ', known.Select(loss => $"{loss.Name} {Number(loss.Value!.Value)}")));
        }

        if (progress.Left is { TotalSeconds: >= 1 } left)
        {
            parts.Add($"{Duration(left)} left");
        }

        return string.Join(" | ", parts);
    }

    /// <summary>A number with about three digits: 11300, 92.1, 3.10, 0.0042.</summary>
    /// <param name="value">Any number.</param>
    public static string Number(double value)
    {
        var size = Math.Abs(value);
        var format = size switch
        {
            >= 1e7 => "0.00e+0",
            >= 100 => "0",
            >= 10 => "0.0",
            >= 1 or 0 => "0.00",
            >= 0.001 => "0.0000",
            _ => "0.00e+0",
        };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>A duration with one or two units: 42 s, 5 min 07 s, 2 h 05 min, 3 d 04 h.</summary>
    /// <param name="duration">Not negative.</param>
    public static string Duration(TimeSpan duration)
    {
        return duration switch
        {
            { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalSeconds} s"),
            { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes} min {duration.Seconds:00} s"),
            { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Hours} h {duration.Minutes:00} min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalDays} d {duration.Hours:00} h"),
        };
    }
}
