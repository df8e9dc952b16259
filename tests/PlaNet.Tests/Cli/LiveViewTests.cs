using System.Text;
using System.Text.RegularExpressions;
using PlaNet.Cli;
using PlaNet.Runs;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

public sealed class LiveViewTests
{
    private static readonly LiveViewState s_state = new(
        new RunStatus(SmallRun.Experiment)
        {
            Progress = new RunProgress(2, 1, 7, 2, 1),
            Losses = new UpdateMetrics(1, 11300, 0.92, 3.1, 12.1),
            Returns = [100, 300, 200.5],
            Score = Summary.Of([498.2]),
            Updates = new Rate { PerSecond = 14.8 },
            Decisions = new Rate { PerSecond = 20.1 },
            Decision = new DecisionMade(new RunProgress(), RunStep.Collect, 17, 125),
        },
        TimeSpan.FromSeconds(727),
        1L << 30,
        [new RoleShare("learner", 0.98), new RoleShare("planner", 0.4), new RoleShare("metrics", 0.001)],
        Restarts: 1);

    [Fact]
    public void Everything_is_shown_where_there_is_room()
    {
        Assert.Equal(
            [
                "run      " + new string('━', 40) + " 72 %, 12 min 07 s left",
                "done     episodes 4/5 · updates 7/10 · evaluations 1/2",
                "speed    14.8 updates/s · 20.1 decisions/s · 1.00 GiB",
                "losses   image 11300 · reward 0.9200 · divergence 3.10 · gradient 12.1",
                "returns  ▁█▅ 200.5 · best 300.0 · evaluated 498.2",
                "actors   collecting 17/125 · restarts 1 · learner 98 % · planner 40 %",
            ],
            LiveView.Rows(s_state, 120).Select(Plain));
    }

    [Fact]
    public void A_narrow_terminal_shows_the_first_values_of_each_row()
    {
        Assert.Equal(
            [
                "run      ━━━━━━━ 72 %, 12 min 07 s left",
                "done     episodes 4/5 · updates 7/10",
                "speed    14.8 updates/s",
                "losses   image 11300 · reward 0.9200",
                "returns  ▁█▅ 200.5 · best 300.0",
                "actors   collecting 17/125 · restarts 1",
            ],
            LiveView.Rows(s_state, 40).Select(Plain));
    }

    [Fact]
    public void No_row_is_as_wide_as_the_terminal()
    {
        var empty = new LiveViewState(new RunStatus(SmallRun.Experiment), null, 0, [], 0);
        for (var width = 20; width < 130; width++)
        {
            foreach (var (state, unicode) in new[] { (s_state, true), (empty, true), (s_state, false) })
            {
                var rows = LiveView.Rows(state, width, unicode);
                Assert.Equal(6, rows.Count);
                Assert.All(rows, row => Assert.InRange(Plain(row).Length, 1, width - 1));
            }
        }

        Assert.All(LiveView.Rows(s_state, 90, unicode: false), row => Assert.True(Ascii.IsValid(Plain(row)), row));
    }

    [Fact]
    public void A_sparkline_scales_the_newest_values()
    {
        Assert.Equal("▁▅█", LiveView.Sparkline([1, 2, 3], 10));
        Assert.Equal("▁█", LiveView.Sparkline([-100, 2, 3], 2));
        Assert.Equal("▅▅", LiveView.Sparkline([7, 7], 2));
        Assert.Equal("?▁█", LiveView.Sparkline([double.NaN, 1, 2], 3));
        Assert.Equal("_#", LiveView.Sparkline([1, 2], 3, unicode: false));
        Assert.Equal("", LiveView.Sparkline([], 3));
    }

    [Fact]
    public void Rows_are_replaced_in_place_and_lines_scroll_above_them()
    {
        var screen = new Screen(30);
        var region = new LiveRegion(screen, () => (screen.Columns, 10));
        region.Above(() => screen.WriteLine("first"));
        region.Show(["one", "two", "three"]);
        region.Show(["1", "2"]);
        Assert.Equal(["first", "1", "2"], screen.Lines);
        region.Above(() => screen.WriteLine("an event"));
        Assert.Equal(["first", "an event", "1", "2"], screen.Lines);
        screen.Write("^C");
        region.Show(["\u001b[32mthe row\u001b[0m"]);
        Assert.Equal(["first", "an event", "the row"], screen.Lines);
        region.End();
        region.Above(() => screen.WriteLine("done"));
        Assert.Equal(["first", "an event", "the row", "done"], screen.Lines);
    }

    [Fact]
    public void Rows_that_a_narrower_terminal_has_broken_are_replaced_as_well()
    {
        var screen = new Screen(30);
        var region = new LiveRegion(screen, () => (screen.Columns, 10));
        region.Above(() => screen.WriteLine("first"));
        region.Show(["a row of thirty columns ......", "short"]);
        screen.Reflow(12);
        Assert.Equal(5, screen.Lines.Count);
        region.Show(["a new row", "short"]);
        Assert.Equal(["first", "a new row", "short"], screen.Lines);
    }

    [Fact]
    public void A_low_terminal_shows_the_first_rows()
    {
        var screen = new Screen(30);
        new LiveRegion(screen, () => (screen.Columns, 3)).Show(["one", "two", "three"]);
        Assert.Equal(["one", "two"], screen.Lines);
    }

    [Theory]
    [InlineData("1", "xterm")]
    [InlineData("", "dumb")]
    [InlineData("", "")]
    public void Without_colours_or_a_capable_terminal_there_are_plain_lines(string noColor, string term)
    {
        Assert.False(LiveRegion.IsSupported(Console.Out, name => name == "TERM" ? term : noColor));
        using var file = new StringWriter();
        Assert.False(LiveRegion.IsSupported(file, name => name == "TERM" ? "xterm" : ""));
    }

    private static string Plain(string row) =>
        Regex.Replace(row, "\u001b\\[[0-9;]*m", "", RegexOptions.None, TimeSpan.FromSeconds(1)).TrimEnd();

    /// <summary>The part of a terminal that a region uses.</summary>
    private sealed class Screen(int columns) : TextWriter
    {
        private readonly List<StringBuilder> _lines = [new()];
        private readonly StringBuilder _control = new();
        private int _row;
        private int _column;

        public int Columns { get; private set; } = columns;

        public override Encoding Encoding => Encoding.UTF8;

        public IReadOnlyList<string> Lines =>
            [.. _lines.Select(line => line.ToString()).Reverse().SkipWhile(line => line.Length == 0).Reverse()];

        /// <summary>Breaks lines as a terminal does that has become narrower.</summary>
        public void Reflow(int columns)
        {
            string[] lines =
            [
                .. _lines.SelectMany(line => line.Length == 0 ? [""] : line.ToString().Chunk(columns).Select(part => new string(part))),
            ];
            _lines.Clear();
            _lines.AddRange(lines.Select(line => new StringBuilder(line)));
            (_row, _column, Columns) = (lines.Length - 1, 0, columns);
        }

        public override void Write(char value)
        {
            if (_control.Length > 0 || value == '\u001b')
            {
                _control.Append(value);
                if (char.IsAsciiLetter(value))
                {
                    Control(_control.ToString());
                    _control.Clear();
                }

                return;
            }

            switch (value)
            {
                case '\r':
                    _column = 0;
                    break;
                case '\n':
                    (_row, _column) = (_row + 1, 0);
                    if (_row == _lines.Count)
                    {
                        _lines.Add(new StringBuilder());
                    }

                    break;
                default:
                    Assert.True(_column < Columns, "A line is wider than the terminal.");
                    var line = _lines[_row];
                    line.Length = Math.Max(line.Length, _column + 1);
                    line[_column++] = value;
                    break;
            }
        }

        private void Control(string sequence)
        {
            switch (sequence[^1])
            {
                case 'A':
                    _row -= int.Parse(sequence[2..^1], System.Globalization.CultureInfo.InvariantCulture);
                    Assert.True(_row >= 0);
                    break;
                case 'K':
                    _lines[_row].Length = Math.Min(_lines[_row].Length, _column);
                    break;
                case 'J':
                    _lines[_row].Length = Math.Min(_lines[_row].Length, _column);
                    _lines.RemoveRange(_row + 1, _lines.Count - _row - 1);
                    break;
            }
        }
    }
}
