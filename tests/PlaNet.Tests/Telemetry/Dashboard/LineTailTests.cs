using System.Text;
using PlaNet.Telemetry.Dashboard;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry.Dashboard;

/// <summary>A file that grows is read once, whatever is done to it meanwhile.</summary>
public sealed class LineTailTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _lines = [];
    private readonly LineTail _tail;

    public LineTailTests()
    {
        _tail = new LineTail(_folder["log"]);
    }

    [Fact]
    public void Lines_are_read_once_and_a_torn_line_waits_for_its_end()
    {
        Assert.Equal(TailResult.AtEnd, Read());
        File.WriteAllText(_folder["log"], "one\ntw");
        Assert.Equal(TailResult.AtEnd, Read());
        Assert.Equal(["one"], _lines);
        File.AppendAllText(_folder["log"], "o\nthree\n");
        Assert.Equal(TailResult.AtEnd, Read());
        Assert.Equal(["one", "two", "three"], _lines);
        Assert.Equal(TailResult.AtEnd, Read());
        Assert.Equal(3, _lines.Count);
        Assert.Equal(_tail.Length, _tail.Position);
    }

    [Theory]
    [InlineData("one\n")]
    [InlineData("one\nTWO\nthree\n")]
    [InlineData("one\nTWO\nthree\nfour\nfive\n")]
    public void A_file_that_was_shortened_or_replaced_is_read_again(string content)
    {
        File.WriteAllText(_folder["log"], "one\ntwo\nthree\n");
        Read();
        File.WriteAllText(_folder["new"], content);
        File.Move(_folder["new"], _folder["log"], overwrite: true);
        Assert.Equal(TailResult.Replaced, Read());
        _lines.Clear();
        Assert.Equal(TailResult.AtEnd, Read());
        Assert.Equal(content, string.Concat(_lines.Select(line => line + "\n")));
    }

    // A run that resumes without dropping a line rewrites its metrics with the same content.
    [Fact]
    public void A_copy_with_more_lines_is_read_on()
    {
        File.WriteAllText(_folder["log"], "one\ntwo\n");
        Read();
        File.WriteAllText(_folder["new"], "one\ntwo\nthree\n");
        File.Move(_folder["new"], _folder["log"], overwrite: true);
        Assert.Equal(TailResult.AtEnd, Read());
        Assert.Equal(["one", "two", "three"], _lines);
    }

    [Fact]
    public void A_file_that_vanishes_is_read_from_its_start_when_it_is_back()
    {
        File.WriteAllText(_folder["log"], "one\n");
        Read();
        File.Delete(_folder["log"]);
        Assert.Equal(TailResult.Replaced, Read());
        File.WriteAllText(_folder["log"], "two\n");
        Read();
        Assert.Equal(["one", "two"], _lines);
    }

    [Fact]
    public void A_long_file_is_read_in_parts_and_a_line_longer_than_a_part_is_skipped()
    {
        var many = string.Concat(Enumerable.Range(0, 200_000).Select(number => $"{number}\n"));
        File.WriteAllText(_folder["log"], $"first\n{new string('x', 3_000_000)}\nnext\n{many}last\n", Encoding.ASCII);
        var parts = 1;
        while (Read() == TailResult.More)
        {
            parts++;
        }

        Assert.InRange(parts, 4, 6);
        Assert.Equal(200_003, _lines.Count);
        Assert.Equal(["first", "next", "0"], _lines[..3]);
        Assert.Equal("last", _lines[^1]);
    }

    public void Dispose() => _folder.Dispose();

    private TailResult Read() => _tail.Read(line => _lines.Add(Encoding.UTF8.GetString(line)));
}
