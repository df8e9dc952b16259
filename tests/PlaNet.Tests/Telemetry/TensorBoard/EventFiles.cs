using PlaNet.Telemetry;

namespace PlaNet.Tests.Telemetry.TensorBoard;

/// <summary>The event file of a run.</summary>
internal static class EventFiles
{
    /// <summary>The only event file of a run.</summary>
    public static string Only(string run) => Assert.Single(Of(run));

    /// <summary>All event files of a run.</summary>
    public static string[] Of(string run) => Directory.GetFiles(run, "events.out.tfevents.*");

    /// <summary>The events with a value of the metrics.</summary>
    public static IReadOnlyList<ParsedEvent> Lines(string run) =>
        [.. EventFileParser.Read(Only(run)).Where(parsed => parsed.Values.Any(value => value.Scalar is not null))];

    /// <summary>Checks that an event file has every line of the metrics once and in their order, and nothing else.</summary>
    public static void AreThoseOf(string run)
    {
        var lines = MetricsLog.Read(Path.Combine(run, "metrics.jsonl"))
            .Select(line => $"{line.Step}: {string.Join(", ", line.Values.Select(value => $"{value.Key}={(float)value.Value:R}"))}");
        Assert.Equal(lines, Lines(run).Select(parsed => $"{parsed.Step}: {string.Join(", ", Scalars(parsed))}"));
    }

    private static IEnumerable<string> Scalars(ParsedEvent parsed) =>
        parsed.Values.Where(value => value.Scalar is not null).Select(value => $"{value.Tag}={value.Scalar:R}");
}
