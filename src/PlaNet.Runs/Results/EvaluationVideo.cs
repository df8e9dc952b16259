using PlaNet.Replay;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Runs.Results;

/// <summary>Episodes as a video, side by side.</summary>
public static class EvaluationVideo
{
    private const int Upscale = 2;
    private const int AtMost = 5;

    /// <summary>
    /// Writes the first few episodes, or the first episode of each task where there are several, side by side at the speed of 20 decisions a
    /// second.
    /// </summary>
    /// <param name="path">The file; .gif, .mp4 or .png.</param>
    /// <param name="episodes">The episodes, those of the first task first, as many of each.</param>
    /// <param name="tasks">Number of tasks. Default 1.</param>
    public static void Write(string path, IReadOnlyList<Episode> episodes, int tasks = 1)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        var length = episodes.Max(episode => episode.Length);
        var shown = tasks == 1 ? episodes.Take(AtMost) : FirstOfEach(episodes, tasks);
        var clips = shown.Select(episode => new Clip(length, episode.ImageShape.Height, episode.ImageShape.Width, Hold(episode, length)));
        new VideoWriter().Write(path, FrameGrid.Upscale(FrameGrid.Row([.. clips]), Upscale));
    }

    /// <summary>The first episode of each task.</summary>
    /// <param name="episodes">The episodes, those of the first task first, as many of each.</param>
    /// <param name="tasks">Number of tasks.</param>
    public static IReadOnlyList<Episode> FirstOfEach(IReadOnlyList<Episode> episodes, int tasks)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        return [.. episodes.Where((_, index) => index % (episodes.Count / tasks) == 0)];
    }

    // Shorter episodes stand still on their last frame.
    private static byte[] Hold(Episode episode, int length)
    {
        var frame = episode.ImageShape.Bytes;
        var pixels = new byte[length * frame];
        episode.Image.CopyTo(pixels, 0);
        for (var time = episode.Length; time < length; time++)
        {
            episode.Image.AsSpan(^frame..).CopyTo(pixels.AsSpan(time * frame));
        }

        return pixels;
    }
}
