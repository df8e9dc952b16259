using System.Globalization;
using Akka.Event;

namespace PlaNet.Runs.Actors;

/// <summary>A line of the log.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Source">Who it is about.</param>
/// <param name="Text">What happened.</param>
/// <param name="Cause">The exception it is about, where there is one.</param>
public sealed record LogLine(LogLevel Level, string Source, string Text, Exception? Cause = null)
{
    /// <summary>Whether Akka wrote it, and not a role. Default false.</summary>
    public bool IsOfAkka { get; init; }

    /// <summary>Whether people are shown it.</summary>
    public bool IsWarning => Level >= LogLevel.WarningLevel;

    /// <summary>The line as a log file holds it: time, level, source and text, each exception below it.</summary>
    /// <param name="at">When.</param>
    public string ToString(DateTimeOffset at) => string.Create(
        CultureInfo.InvariantCulture,
        $"{at:yyyy-MM-dd HH:mm:ss.fff} {Word} {Source} {Text.ReplaceLineEndings(" ")}{(Cause is null ? "" : $"\n{Cause}")}");

    private string Word => Level switch
    {
        LogLevel.ErrorLevel => "error",
        LogLevel.WarningLevel => "warning",
        LogLevel.InfoLevel => "info",
        _ => "debug",
    };
}
