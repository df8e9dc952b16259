using Akka.Event;

namespace PlaNet.Runs.Results;

/// <summary>
/// The log of a run: Akka's warnings go to the console, and, if enabled, all lines from a minimum level go to <c>run.log</c>. A failed
/// write ends the log but not the run. Thread-safe.
/// </summary>
public sealed class RunLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TextWriter _console;
    private readonly LogLevel _level;
    private readonly LogLevel _akka;
    private readonly TimeProvider _time;
    private StreamWriter? _file;

    /// <summary>Opens the log.</summary>
    /// <param name="console">Receives warnings; standard error in the command.</param>
    /// <param name="path">The log file, which is appended to; null for none.</param>
    /// <param name="level">Minimum level of lines in the file.</param>
    /// <param name="akka">Minimum level of Akka's lines on the console.</param>
    /// <param name="time">Clock of the time stamps.</param>
    public RunLog(TextWriter console, string? path, LogLevel level, LogLevel akka, TimeProvider time)
    {
        (_console, _level, _akka, _time) = (console, level, akka, time);
        _file = path is null ? null : new StreamWriter(path, append: true) { AutoFlush = true };
    }

    /// <summary>Logs a line.</summary>
    public void Write(LogLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        lock (_gate)
        {
            if (line.Level >= _level)
            {
                WriteToFile(line);
            }

            // Warnings of roles reach the console as events of the run.
            if (line.IsFromAkka && line.Level >= _akka)
            {
                _console.WriteLine($"planet: warning: the actor system reports: {line.Text.ReplaceLineEndings(" ")} ({line.Source})");
            }
        }
    }

    /// <summary>Logs an event of the run: decisions at debug level, all others at info level.</summary>
    public void Write(RunEvent runEvent)
    {
        ArgumentNullException.ThrowIfNull(runEvent);
        Write(new LogLine(runEvent is DecisionMade ? LogLevel.DebugLevel : LogLevel.InfoLevel, "/run", runEvent.ToString()));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void WriteToFile(LogLine line)
    {
        try
        {
            _file?.WriteLine(line.ToString(_time.GetUtcNow()));
        }
        catch (IOException refused)
        {
            _file = null;
            _console.WriteLine($"planet: warning: run.log cannot be written and ends here, the run continues: {refused.Message}");
        }
    }
}
