using PlaNet.Replay;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Runs.Results;

/// <summary>Episodes side by side as a video.</summary>
public static class EvaluationVideo
{
    private const int Upscale = 2;
    private const int MaxEpisodes = 5;

    /// <summary>The first 5 episodes, or with several tasks the first episode of each, side by side; enlarged.</summary>
    /// <param name="episodes">Episodes grouped by task in the order of the tasks, equally many of each.</param>
    /// <param name="tasks">Number of tasks. Default 1.</param>
    public static Clip ClipOf(IReadOnlyList<Episode> episodes, int tasks = 1)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        var shown = Shown(episodes, tasks);
        var length = shown.Max(episode => episode.Length);
        var clips = shown.Select(
            episode => new Clip(length, episode.ImageShape.Height, episode.ImageShape.Width, PadWithLastFrame(episode, length)));
        return FrameGrid.Upscale(FrameGrid.Row([.. clips]), Upscale);
    }

    /// <summary>Whether a video shows an episode.</summary>
    /// <param name="index">Index of the episode; episodes are grouped by task in the order of the tasks.</param>
    /// <param name="episodes">Number of episodes of each task.</param>
    /// <param name="tasks">Number of tasks.</param>
    public static bool Shows(int index, int episodes, int tasks) => tasks == 1 ? index < MaxEpisodes : index % episodes == 0;

    /// <summary>The episodes that a video shows: the first of each task, or the first ones of a single task.</summary>
    /// <param name="episodes">Episodes grouped by task in the order of the tasks, equally many of each.</param>
    /// <param name="tasks">Number of tasks.</param>
    public static IReadOnlyList<Episode> Shown(IReadOnlyList<Episode> episodes, int tasks)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        return [.. episodes.Where((_, index) => Shows(index, episodes.Count / tasks, tasks))];
    }

    private static byte[] PadWithLastFrame(Episode episode, int length)
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
