using PlaNet.Telemetry;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Telemetry;

public sealed class MetricsLogTests
{
    [Fact]
    public void Lines_are_read_back_with_every_number_including_those_that_are_not_finite()
    {
        using var folder = new TemporaryFolder();
        var values = new Dictionary<string, double>
        {
            ["objectives/image"] = 11291.9167,
            ["a"] = double.NaN,
            ["b"] = double.PositiveInfinity,
            ["c"] = double.NegativeInfinity,
            ["d"] = 1e-300,
            ["dataset/episodes"] = 7,
        };
        using (var log = new MetricsLog(folder["metrics.jsonl"]))
        {
            log.Append(100, values);
            log.Append(200, []);
        }

        Assert.Equal(
            [
                """{"step":100,"objectives/image":11291.9167,"a":"NaN","b":"Infinity","c":"-Infinity","d":1E-300,"dataset/episodes":7}""",
                """{"step":200}"""
            ],
            File.ReadAllLines(folder["metrics.jsonl"]));
        var lines = MetricsLog.Read(folder["metrics.jsonl"]).ToArray();
        Assert.Equal([100, 200], lines.Select(line => line.Step));
        Assert.Equal(values, lines[0].Values);
    }

    [Fact]
    public void A_line_is_readable_by_others_as_soon_as_it_is_written()
    {
        using var folder = new TemporaryFolder();
        using var log = new MetricsLog(folder["metrics.jsonl"]);
        for (var step = 1; step < 5; step++)
        {
            log.Append(step, [new("x", step)]);
            Assert.Equal(step, MetricsLog.Read(folder["metrics.jsonl"]).Count());
        }
    }

    [Fact]
    public void A_last_line_torn_at_any_byte_is_skipped_and_the_writer_continues_below_it()
    {
        using var folder = new TemporaryFolder();
        var first = """{"step":1,"x":1}""" + "\n";
        var second = """{"step":2,"x":22}""";
        for (var cut = 1; cut < second.Length; cut++)
        {
            File.WriteAllText(folder["metrics.jsonl"], first + second[..cut]);
            Assert.Equal([1], Steps(folder["metrics.jsonl"]));
            using (var log = new MetricsLog(folder["metrics.jsonl"]))
            {
                log.Append(3, [new("x", 3)]);
            }

            Assert.Equal([1, 3], Steps(folder["metrics.jsonl"]));
            Assert.StartsWith(first + second[..cut] + "\n", File.ReadAllText(folder["metrics.jsonl"]));
        }

        // A complete line that lacks only its newline is kept.
        File.WriteAllText(folder["metrics.jsonl"], first + second);
        using (var log = new MetricsLog(folder["metrics.jsonl"]))
        {
            log.Append(3, []);
        }

        Assert.Equal([1, 2, 3], Steps(folder["metrics.jsonl"]));
    }

    [Fact]
    public void Opening_a_log_again_drops_nothing()
    {
        using var folder = new TemporaryFolder();
        for (var step = 1; step < 4; step++)
        {
            using var log = new MetricsLog(folder["metrics.jsonl"]);
            log.Append(step, []);
        }

        Assert.Equal([1, 2, 3], Steps(folder["metrics.jsonl"]));
    }

    [Fact]
    public void A_resumed_run_drops_the_lines_written_after_its_checkpoint_and_continues()
    {
        using var folder = new TemporaryFolder();
        using var log = new MetricsLog(folder["metrics.jsonl"]);
        for (var step = 1; step <= 5; step++)
        {
            log.Append(step, [new("x", step)]);
        }

        var before = File.ReadAllText(folder["metrics.jsonl"]);
        Assert.Equal(3, log.Keep(line => line.GetProperty("step").GetInt64() <= 3));
        log.Append(4, [new("x", 4)]);
        log.Append(5, [new("x", 5)]);
        Assert.Equal(before, File.ReadAllText(folder["metrics.jsonl"]));
        Assert.Equal(["metrics.jsonl"], folder.Names());
        Assert.Equal(0, log.Keep(_ => false));
        Assert.Empty(File.ReadAllText(folder["metrics.jsonl"]));
    }

    [Fact]
    public void A_line_after_one_torn_by_a_full_disk_starts_on_a_new_line()
    {
        using var folder = new TemporaryFolder();
        using var log = new MetricsLog(folder["metrics.jsonl"]);
        log.Append(1, [new("x", 1)]);
        log.AppendTorn(2, [new("x", 2)]);
        Assert.Equal([1], Steps(folder["metrics.jsonl"]));
        log.Append(2, [new("x", 2)]);
        Assert.Equal([1, 2], Steps(folder["metrics.jsonl"]));
        Assert.Equal(3, File.ReadAllLines(folder["metrics.jsonl"]).Length);
    }

    [Fact]
    public void Foreign_lines_and_a_missing_file_read_as_nothing()
    {
        using var folder = new TemporaryFolder();
        Assert.Empty(MetricsLog.Read(folder["metrics.jsonl"]));
        File.WriteAllText(folder["metrics.jsonl"], "\n[1]\nnonsense\n{\"x\":1}\n{\"step\":\"one\"}\n{\"step\":1,\"text\":\"word\"}\n");
        Assert.Empty(Assert.Single(MetricsLog.Read(folder["metrics.jsonl"])).Values);
    }

    [Fact]
    public void The_step_of_a_line_cannot_also_be_a_metric()
    {
        using var folder = new TemporaryFolder();
        using var log = new MetricsLog(folder["metrics.jsonl"]);
        Assert.Throws<ArgumentException>(() => log.Append(1, [new("step", 2)]));
        Assert.Empty(File.ReadAllText(folder["metrics.jsonl"]));
    }

    [Fact]
    public async Task Lines_of_many_threads_are_never_mixed()
    {
        using var folder = new TemporaryFolder();
        using var log = new MetricsLog(folder["metrics.jsonl"]);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                log.Append(i, [new("thread", thread), new("filler", i * Math.PI)]);
            }
        })));
        Assert.Equal(800, MetricsLog.Read(folder["metrics.jsonl"]).Count());
    }

    private static long[] Steps(string path)
    {
        return [.. MetricsLog.Read(path).Select(line => line.Step)];
    }
}
