namespace PlaNet.Telemetry;

/// <summary>Shows a run's progress in a log file: plain lines without control codes.</summary>
/// <remarks>Safe for use by several threads.</remarks>
/// <param name="output">Where lines are written.</param>
/// <param name="interval">Shortest time between two lines of progress; events are written at once.</param>
/// <param name="time">Clock of the interval.</param>
public sealed class ProgressReporter(TextWriter output, TimeSpan interval, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Progress? _latest;
    private long? _shownAt;

    /// <summary>Records progress and shows it, at most once per interval.</summary>
    public void Report(Progress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _latest = progress;
            if (_shownAt is { } shown && time.GetElapsedTime(shown, now) < interval)
            {
                return;
            }

            _shownAt = now;
            Write(ProgressLine.Format(progress));
        }
    }

    /// <summary>Writes one line of text at once, such as an evaluation, a checkpoint or a warning.</summary>
    public void Event(string text)
    {
        lock (_gate)
        {
            Write(text);
        }
    }

    /// <summary>Shows the latest progress.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            if (_latest is not null)
            {
                Write(ProgressLine.Format(_latest));
            }
        }
    }

    private void Write(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
