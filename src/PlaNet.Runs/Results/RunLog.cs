using Akka.Event;

namespace PlaNet.Runs.Results;

/// <summary>
/// Where a run's log goes: warnings of Akka's to people, and everything from a level on to <c>run.log</c> where that is asked for. A disk
/// that refuses the log costs the log and not the run. For any thread.
/// </summary>
public sealed class RunLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TextWriter _people;
    private readonly LogLevel _level;
    private readonly LogLevel _akka;
    private readonly TimeProvider _time;
    private StreamWriter? _file;

    /// <summary>Opens the log.</summary>
    /// <param name="people">Where warnings go: standard error.</param>
    /// <param name="path">The file, which is appended to; null for none.</param>
    /// <param name="level">What the file takes.</param>
    /// <param name="akka">The level from which on people see what Akka logs.</param>
    /// <param name="time">The clock of the file's lines.</param>
    public RunLog(TextWriter people, string? path, LogLevel level, LogLevel akka, TimeProvider time)
    {
        (_people, _level, _akka, _time) = (people, level, akka, time);
        _file = path is null ? null : new StreamWriter(path, append: true) { AutoFlush = true };
    }

    /// <summary>Takes a line in.</summary>
    /// <param name="line">The line.</param>
    public void Write(LogLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        lock (_gate)
        {
            if (line.Level >= _level)
            {
                WriteToFile(line);
            }

            // What roles have to say is told as events of the run.
            if (line.IsOfAkka && line.Level >= _akka)
            {
                _people.WriteLine($"planet: warning: the actor system reports: {line.Text.ReplaceLineEndings(" ")} ({line.Source})");
            }
        }
    }

    /// <summary>Takes an event of the run in.</summary>
    /// <param name="happened">The event.</param>
    public void Write(RunEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        Write(new LogLine(happened is DecisionMade ? LogLevel.DebugLevel : LogLevel.InfoLevel, "/run", happened.ToString()));
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
            _people.WriteLine($"planet: warning: run.log ends here: {refused.Message}");
        }
    }
}
