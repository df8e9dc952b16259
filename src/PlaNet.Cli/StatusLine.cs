namespace PlaNet.Cli;

/// <summary>Prints event lines, and below them a status line, which is updated in place on a terminal.</summary>
public sealed class StatusLine
{
    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly bool _live;
    private DateTimeOffset _next;
    private string _shown = "";

    /// <summary>Creates an empty status line.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="interval">Time between two status lines when the output is not a terminal.</param>
    /// <param name="time">The clock.</param>
    public StatusLine(TextWriter output, TimeSpan interval, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _output = output;
        _time = time;
        _interval = interval;
        _live = GuardedWriter.IsTerminal(output);
        _next = time.GetUtcNow() + interval;
    }

    /// <summary>Prints an event line above the status line.</summary>
    public void Event(string line)
    {
        if (_shown.Length > 0)
        {
            _output.Write("\r" + new string(' ', _shown.Length) + "\r");
        }

        _output.WriteLine(line);
        _output.Write(_shown);
        _output.Flush();
    }

    /// <summary>Updates the status line.</summary>
    /// <param name="line">The status; cut to the width of the terminal.</param>
    public void Show(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (_live)
        {
            var width = Math.Max(Console.WindowWidth, 20) - 1;
            var cut = line.Length > width ? line[..width] : line;
            _output.Write("\r" + cut.PadRight(_shown.Length));
            _shown = cut;
        }
        else if (_time.GetUtcNow() >= _next)
        {
            _next = _time.GetUtcNow() + _interval;
            _output.WriteLine(line);
        }

        _output.Flush();
    }

    /// <summary>Ends the updating line.</summary>
    public void Finish()
    {
        if (_shown.Length > 0)
        {
            _output.WriteLine();
            _shown = "";
        }
    }
}
