namespace PlaNet.Telemetry;

/// <summary>Format of the progress output.</summary>
/// <param name="Live">
/// True for a terminal: one line that is rewritten in place. False for a file or a pipe: plain lines without control codes. Usually
/// <c>!Console.IsOutputRedirected</c>.
/// </param>
/// <param name="Width">Columns of the terminal; live lines are cut to this width. At least 20. Default 120.</param>
public sealed record ProgressStyle(bool Live, int Width = 120)
{
    /// <summary>Shortest time between two live lines. Default 0.1 seconds.</summary>
    public TimeSpan LiveInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Shortest time between two plain lines; events are written at once. Default 30 seconds.</summary>
    public TimeSpan PlainInterval { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Shows a run's progress on a terminal or in a log file.</summary>
/// <remarks>Safe for use by several threads.</remarks>
public sealed class ProgressReporter
{
    private const string StartOfLineAndErase = "\r\u001b[2K";

    private readonly Lock _gate = new();
    private readonly TextWriter _output;
    private readonly ProgressStyle _style;
    private readonly TimeProvider _time;
    private Progress? _latest;
    private Pace _pace = new();
    private (long At, long Updates)? _updatesMark;
    private (long At, int Episodes)? _episodesMark;
    private long? _shownAt;
    private bool _lineIsOpen;

    /// <summary>Creates a reporter.</summary>
    /// <param name="output">Where lines are written, such as <c>Console.Error</c>.</param>
    /// <param name="style">Format of the output.</param>
    /// <param name="time">Clock for pace and intervals.</param>
    public ProgressReporter(TextWriter output, ProgressStyle style, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(style);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(style.Width, 20);
        _output = output;
        _style = style;
        _time = time;
    }

    /// <summary>Records progress and shows it, at most once per interval of the style.</summary>
    public void Report(Progress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            Measure(progress, now);
            _latest = progress;
            var interval = _style.Live ? _style.LiveInterval : _style.PlainInterval;
            if (_shownAt is { } shown && _time.GetElapsedTime(shown, now) < interval)
            {
                return;
            }

            _shownAt = now;
            Show(progress);
        }
    }

    /// <summary>Writes one line of text at once, such as an evaluation, a checkpoint or a warning.</summary>
    public void Event(string text)
    {
        lock (_gate)
        {
            if (_lineIsOpen)
            {
                _output.Write(StartOfLineAndErase);
                _lineIsOpen = false;
            }

            _output.WriteLine(text);
            if (_style.Live && _latest is not null)
            {
                Show(_latest);
            }

            _output.Flush();
        }
    }

    /// <summary>Shows the latest progress and ends the live line.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            if (_latest is not null)
            {
                Show(_latest);
            }

            if (_lineIsOpen)
            {
                _output.WriteLine();
                _lineIsOpen = false;
            }

            _output.Flush();
        }
    }

    private void Measure(Progress progress, long now)
    {
        if (_updatesMark is not { } updates)
        {
            _updatesMark = (now, progress.Updates);
        }
        else if (progress.Updates != updates.Updates && now > updates.At)
        {
            _pace = _pace.AfterUpdates(progress.Updates - updates.Updates, _time.GetElapsedTime(updates.At, now).TotalSeconds);
            _updatesMark = (now, progress.Updates);
        }

        if (_episodesMark is not { } episodes)
        {
            _episodesMark = (now, progress.Episodes);
        }
        else if (progress.Episodes != episodes.Episodes && now > episodes.At)
        {
            _pace = _pace.AfterEpisodes(progress.Episodes - episodes.Episodes, _time.GetElapsedTime(episodes.At, now).TotalSeconds);
            _episodesMark = (now, progress.Episodes);
        }
    }

    private void Show(Progress progress)
    {
        var line = ProgressLine.Format(progress, _pace);
        if (!_style.Live)
        {
            _output.WriteLine(line);
        }
        else
        {
            _output.Write(StartOfLineAndErase);
            _output.Write(line.Length < _style.Width ? line : line[..(_style.Width - 1)]);
            _lineIsOpen = true;
        }

        _output.Flush();
    }
}
