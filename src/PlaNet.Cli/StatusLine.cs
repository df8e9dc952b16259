namespace PlaNet.Cli;

/// <summary>Lines about what happens, and below them one about how things stand, which renews itself on a terminal.</summary>
public sealed class StatusLine
{
    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly bool _live;
    private DateTimeOffset _next;
    private string _shown = "";

    /// <summary>No line yet.</summary>
    /// <param name="output">Where to write.</param>
    /// <param name="interval">Time between two lines about how things stand where the output is not a terminal.</param>
    /// <param name="time">The clock.</param>
    public StatusLine(TextWriter output, TimeSpan interval, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _output = output;
        _time = time;
        _interval = interval;
        _live = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        _next = time.GetUtcNow() + interval;
    }

    /// <summary>Says what happened.</summary>
    /// <param name="line">One line.</param>
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

    /// <summary>Says how things stand.</summary>
    /// <param name="line">One line; cut to the width of the terminal.</param>
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

    /// <summary>Ends the line that renews itself.</summary>
    public void Finish()
    {
        if (_shown.Length > 0)
        {
            _output.WriteLine();
            _shown = "";
        }
    }
}
