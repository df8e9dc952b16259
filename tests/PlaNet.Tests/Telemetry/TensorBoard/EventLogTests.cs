using System.Text;
using PlaNet.Common;
using PlaNet.Telemetry;
using PlaNet.Telemetry.Pictures;
using PlaNet.Telemetry.TensorBoard;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry.TensorBoard;

public sealed class EventLogTests : IDisposable
{
    private static readonly DateTimeOffset s_start = DateTimeOffset.FromUnixTimeSeconds(1_764_000_000);

    private readonly TemporaryFolder _folder = new();
    private readonly SettableTime _clock = new() { Now = s_start };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_parser_of_these_tests_computes_the_known_checksums()
    {
        Assert.Equal(0xE3069283u, EventFileParser.Crc32C("123456789"u8));
        Assert.Equal(0x8A9136AAu, EventFileParser.Crc32C(new byte[32]));
        Assert.Equal(0x62A8AB43u, EventFileParser.Crc32C(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, EventFileParser.Crc32C(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    [Fact]
    public void Every_kind_of_value_is_read_back_by_a_parser_of_its_own()
    {
        var png = PngWriter.Encode(new Picture(3, 500, new byte[3 * 500 * 3]));
        var gif = GifWriter.Encode(new Clip(2, 7, 300, new byte[2 * 7 * 300 * 3]));
        SummaryValue[] head =
        [
            new HyperParameters(
                "group", s_start, [new("seed", ulong.MaxValue), new("name", "é"), new("flag", true), new("no", false), new("rate", 1e-3)]),
            new TextValue("experiment", "# Überschrift"),
        ];
        using (var log = EventLog.Start(_folder.Path, _clock, head, []))
        {
            _clock.Now = s_start.AddSeconds(1.5);
            log.Append(
                1L << 40,
                Line(("a/b", 1.25), ("nan", double.NaN), ("up", double.PositiveInfinity), ("down", -1e300), ("small", 1e-42)),
                [
                    new HistogramValue("h", -1, 2, 3, 4.5, [-0.5, 0, double.MaxValue], [1, 0, 1L << 40]),
                    ImageValue.Of("png", png),
                    ImageValue.Of("gif", gif),
                ]);
        }

        var path = EventFiles.Only(_folder.Path);
        Assert.Equal("events.out.tfevents.1764000000.planet", Path.GetFileName(path));
        var events = EventFileParser.Read(path);
        Assert.Equal(3, events.Count);
        Assert.Equal(("brain.Event:2", 1_764_000_000.0, false), (events[0].Version, events[0].WallTime, events[0].Restarts));

        var (session, text) = (events[1].Values[0], events[1].Values[1]);
        Assert.Equal(("_hparams_/session_start_info", "hparams"), (session.Tag, session.Plugin));
        Assert.Equal(("experiment", "text", "# Überschrift"), (text.Tag, text.Plugin, text.Text));
        var start = EventFileParser.Fields(Assert.Single(EventFileParser.Fields(session.PluginContent), field => field.Number == 3).Bytes);
        Assert.Equal("group", Encoding.UTF8.GetString(start.Single(field => field.Number == 4).Bytes));
        Assert.Equal(1_764_000_000.0, EventFileParser.Double(start.Single(field => field.Number == 5).Bytes));
        Assert.Equal(
            ["seed=2:1.8446744073709552E+19", "name=3:é", "flag=4:1", "no=4:0", "rate=2:0.001"],
            start.Where(field => field.Number == 1).Select(field => Parameter(EventFileParser.Fields(field.Bytes))));

        var (values, wall) = (events[2].Values, events[2].WallTime);
        Assert.Equal((1L << 40, 1_764_000_001.5), (events[2].Step, wall));
        Assert.Equal(["a/b", "nan", "up", "down", "small", "h", "png", "gif"], values.Select(value => value.Tag));
        Assert.Equal(
            [1.25f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-42f],
            values.Take(5).Select(value => value.Scalar!.Value));
        var histogram = values[5].Histogram!;
        Assert.Equal((-1, 2, (1L << 40) + 1), (histogram.Min, histogram.Max, histogram.Count));
        Assert.Equal((3, 4.5), (histogram.Sum, histogram.SumOfSquares));
        Assert.Equal([-0.5, 0, double.MaxValue], histogram.Limits);
        Assert.Equal([1, 0, 1L << 40], histogram.Counts);
        Assert.Equal((500, 3), (values[6].Image!.Value.Width, values[6].Image!.Value.Height));
        Assert.Equal(png, values[6].Image!.Value.Content);
        Assert.Equal((300, 7), (values[7].Image!.Value.Width, values[7].Image!.Value.Height));
        Assert.Equal(gif, values[7].Image!.Value.Content);
        Assert.Throws<FormatException>(() => ImageValue.Of("jpeg", [0xFF, 0xD8, 0xFF]));
    }

    [Fact]
    public void A_file_that_was_torn_anywhere_is_repaired_from_the_metrics_and_keeps_what_was_complete()
    {
        MetricsLine[] lines = [Of(0, ("x", 1)), Of(5, ("x", 2), ("y", double.NaN)), Of(6, ("x", 3))];
        using (var log = EventLog.Start(_folder.Path, _clock, [], []))
        {
            foreach (var line in lines)
            {
                log.Append(line.Step, line.Values, [new TextValue("text", $"{line.Step}")]);
            }
        }

        var whole = File.ReadAllBytes(EventFiles.Only(_folder.Path));
        for (var cut = 0; cut <= whole.Length; cut++)
        {
            using var folder = new TemporaryFolder();
            File.WriteAllBytes(folder["events.out.tfevents.1764000000.planet"], whole[..cut]);
            var before = EventFileParser.ReadUpToTear(whole[..cut]).Events;
            using (var log = EventLog.Start(folder.Path, _clock, [], lines))
            {
                log.Append(7, Line(("x", 4)), []);
            }

            var after = EventFiles.Lines(folder.Path);
            Assert.Equal([0, 5, 6, 7], after.Select(parsed => parsed.Step));
            Assert.Equal([1f, 2f, 3f, 4f], after.Select(parsed => parsed.Values.First(value => value.Tag == "x").Scalar!.Value));

            // Complete events are kept as they are, with the values that the metrics do not contain.
            var kept = before.Count(parsed => parsed.Values.Any(value => value.Scalar is not null));
            Assert.Equal(kept, after.Count(parsed => parsed.Values.Any(value => value.Text is not null)));
        }
    }

    [Fact]
    public void A_damaged_byte_hides_nothing_that_the_metrics_contain()
    {
        MetricsLine[] lines = [Of(0, ("x", 1)), Of(5, ("x", 2))];
        using (var log = EventLog.Start(_folder.Path, _clock, [], lines))
        {
            Assert.Equal(EventFiles.Only(_folder.Path), log.FilePath);
        }

        var whole = File.ReadAllBytes(EventFiles.Only(_folder.Path));
        for (var at = 0; at < whole.Length; at++)
        {
            using var folder = new TemporaryFolder();
            var damaged = whole.ToArray();
            damaged[at] ^= 0x10;
            File.WriteAllBytes(folder["events.out.tfevents.1764000000.planet"], damaged);
            EventLog.Start(folder.Path, _clock, [], lines).Dispose();
            Assert.Equal([0, 5], EventFiles.Lines(folder.Path).Select(parsed => parsed.Step));
        }
    }

    [Fact]
    public void A_start_has_the_lines_of_the_metrics_whatever_the_file_before_it_had()
    {
        using (var log = EventLog.Start(_folder.Path, _clock, [], []))
        {
            log.Append(1, Line(("x", 1)), [new TextValue("text", "first")]);
            log.Append(2, Line(("x", 1)), [new TextValue("text", "dropped")]);
            log.Append(1, Line(("x", 1)), [new TextValue("text", "second")]);
            log.Append(1, Line(("x", 1.5)), [new TextValue("text", "another value")]);
        }

        _clock.Now = s_start.AddHours(1);
        MetricsLine[] lines = [Of(0, ("x", 0)), Of(1, ("x", 1)), Of(1, ("x", 1)), Of(1, ("x", 1)), Of(1, ("x", 1), ("y", 1))];
        EventLog.Start(_folder.Path, _clock, [new TextValue("head", "new")], lines).Dispose();

        var events = EventFileParser.Read(EventFiles.Only(_folder.Path));
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.True(events[1].Restarts);
        Assert.Equal(0, events[1].Step);
        Assert.Equal("new", Assert.Single(events[2].Values).Text);
        Assert.Equal([0, 1, 1, 1, 1], events.Skip(3).Select(parsed => parsed.Step));
        Assert.Equal([null, "first", "second", null, null], events.Skip(3).Select(parsed => parsed.Values[^1].Text));
        Assert.Equal([3600, 0, 0, 3600, 3600], events.Skip(3).Select(parsed => parsed.WallTime - 1_764_000_000));
    }

    [Fact]
    public void A_new_file_sorts_after_the_earlier_ones_and_replaces_them_even_if_the_clock_was_set_back()
    {
        File.WriteAllText(_folder["events.out.tfevents.1764000000.host"], "another program's");
        File.WriteAllText(_folder["events.out.tfevents.mine.planet"], "not a number");
        MetricsLine[] lines = [Of(1, ("x", 1))];
        EventLog.Start(_folder.Path, _clock, [], lines).Dispose();
        _clock.Now = s_start.AddDays(-1);

        // A kill after a new file was written and before the earlier one was removed.
        File.Copy(_folder["events.out.tfevents.1764000000.planet"], _folder["events.out.tfevents.1764000007.planet"]);
        EventLog.Start(_folder.Path, _clock, [], lines).Dispose();
        Assert.Equal([_folder["events.out.tfevents.1764000008.planet"]], EventLog.Files(_folder.Path));
        Assert.Equal(
            ["events.out.tfevents.1764000000.host", "events.out.tfevents.1764000008.planet", "events.out.tfevents.mine.planet"],
            _folder.Names());
        var newest = EventFileParser.Read(_folder["events.out.tfevents.1764000008.planet"]);
        Assert.Single(newest, parsed => parsed.Values.Any(value => value.Tag == "x"));
    }

    [Fact]
    public void A_full_disk_is_reported_and_the_next_start_repairs_what_it_tore()
    {
        using var disk = new SmallDisk(kibibytes: 1024);
        TextValue[] much = [new TextValue("long", new string('x', 20_000))];
        using (var log = EventLog.Start(disk.Path, _clock, [], []))
        {
            log.Append(1, Line(("x", 1)), []);
            disk.Fill(leave: 4096);
            var failure = Assert.Throws<StorageException>(() => log.Append(2, Line(("x", 2)), much));
            Assert.Equal(StorageProblem.Full, failure.Problem);
            Assert.Contains(log.FilePath, failure.Message);
        }

        var (events, torn) = EventFileParser.ReadUpToTear(File.ReadAllBytes(EventFiles.Only(disk.Path)));
        Assert.Equal((2, true), (events.Count(parsed => parsed.Version is null), torn > 0));
        MetricsLine[] lines = [Of(1, ("x", 1)), Of(2, ("x", 2))];
        var still = Assert.Throws<StorageException>(() => EventLog.Start(disk.Path, _clock, much, lines));
        Assert.Equal(StorageProblem.Full, still.Problem);
        disk.Empty();
        EventLog.Start(disk.Path, _clock, [], lines).Dispose();
        Assert.Equal([1, 2], EventFiles.Lines(disk.Path).Select(parsed => parsed.Step));
    }

    private static KeyValuePair<string, double>[] Line(params (string Tag, double Value)[] values) =>
        [.. values.Select(value => KeyValuePair.Create(value.Tag, value.Value))];

    private static MetricsLine Of(long step, params (string Tag, double Value)[] values) =>
        new(step, values.ToDictionary(value => value.Tag, value => value.Value, StringComparer.Ordinal));

    private static string Parameter(IReadOnlyList<(int Number, ulong Varint, byte[] Bytes)> entry)
    {
        var (number, varint, bytes) = Assert.Single(EventFileParser.Fields(entry.Single(field => field.Number == 2).Bytes));
        var value = number switch { 2 => $"{EventFileParser.Double(bytes):R}", 3 => Encoding.UTF8.GetString(bytes), _ => $"{varint}" };
        return $"{Encoding.UTF8.GetString(entry.Single(field => field.Number == 1).Bytes)}={number}:{value}";
    }
}
