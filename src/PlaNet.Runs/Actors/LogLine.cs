using System.Globalization;
using Akka.Event;

namespace PlaNet.Runs.Actors;

/// <summary>A line of the log.</summary>
/// <param name="Level">Level of the line.</param>
/// <param name="Source">Path and incarnation of the actor, such as "/run/learner#1", or another source within Akka.</param>
/// <param name="Text">Message of the line.</param>
/// <param name="Cause">The logged exception; null without one. Default null.</param>
public sealed record LogLine(LogLevel Level, string Source, string Text, Exception? Cause = null)
{
    /// <summary>Whether Akka wrote the line, not a role. Default false.</summary>
    public bool IsFromAkka { get; init; }

    /// <summary>Whether the line is a warning or an error, which are shown to the user.</summary>
    public bool IsWarning => Level >= LogLevel.WarningLevel;

    /// <summary>Formats the line for a log file: time, level, source and text, followed by the exception on further lines.</summary>
    /// <param name="at">Time of the line.</param>
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
