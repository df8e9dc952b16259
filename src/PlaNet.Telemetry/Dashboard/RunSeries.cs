using System.Text.Json;

namespace PlaNet.Telemetry.Dashboard;

/// <summary>What a page shows of a run's <c>metrics.jsonl</c>, in bounded memory, from its lines in order.</summary>
public sealed class RunSeries
{
    /// <summary>Points of a tag that are kept at least, once there were as many.</summary>
    public const int Capacity = 1_000;

    /// <summary>Beginning of the tags that are wall-clock times, in seconds.</summary>
    public const string SecondsPrefix = "seconds/";

    // A run has some thirty; a foreign file may have a name per line.
    private const int MostTags = 1_000;

    private readonly List<string> _tags = [];
    private readonly List<(SeriesBuffer Series, bool IsEvaluation, bool IsTime)> _buffers = [];
    private readonly List<(int Tag, double Value)> _line = [];
    private readonly List<MetricsLine> _evaluations = [];
    private int _guess;

    /// <summary>The tags, in order of appearance.</summary>
    public IReadOnlyList<string> Tags => _tags;

    /// <summary>The lines with an evaluation, in order, complete.</summary>
    public IReadOnlyList<MetricsLine> Evaluations => _evaluations;

    /// <summary>Lines that were used.</summary>
    public long Lines { get; private set; }

    /// <summary>Updates at the last line.</summary>
    public long Step { get; private set; }

    /// <summary>Sum of all times, in seconds; in an overlapped run more than the time that passed.</summary>
    public double Seconds { get; private set; }

    /// <summary>The series of a tag; null if the run has none.</summary>
    public SeriesBuffer? Of(string tag) => _tags.IndexOf(tag) is var index and >= 0 ? _buffers[index].Series : null;

    /// <summary>The last value of a tag; null if there is none.</summary>
    public double? LastOf(string tag) => Of(tag)?.Last?.Value;

    /// <summary>Adds a line. One that is torn, foreign or without a step is skipped, as by <see cref="MetricsLog.Read"/>.</summary>
    /// <param name="line">UTF-8, without the line end.</param>
    public void Add(ReadOnlySpan<byte> line)
    {
        _line.Clear();
        long? step;
        try
        {
            step = Parse(line);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is not UTF-8.
            return;
        }

        if (step is not { } at)
        {
            return;
        }

        Lines++;
        Step = at;
        var isEvaluation = false;
        foreach (var (tag, value) in _line)
        {
            var buffer = _buffers[tag];
            buffer.Series.Add(new SeriesPoint(at, value));
            isEvaluation |= buffer.IsEvaluation;
            Seconds += buffer.IsTime && double.IsFinite(value) ? value : 0;
        }

        if (isEvaluation)
        {
            var values = new Dictionary<string, double>(StringComparer.Ordinal);
            foreach (var (tag, value) in _line)
            {
                values[_tags[tag]] = value;
            }

            _evaluations.Add(new MetricsLine(at, values));
        }
    }

    private long? Parse(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        long? step = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(MetricTags.Step))
            {
                reader.Read();
                step = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var count) ? count : null;
                reader.Skip();
                continue;
            }

            var tag = Find(ref reader);
            reader.Read();
            if (Number(ref reader) is { } value && tag >= 0)
            {
                _line.Add((tag, value));
            }

            reader.Skip();
        }

        // Anything after the object makes it a foreign line.
        return reader.TokenType == JsonTokenType.EndObject && !reader.Read() ? step : null;
    }

    private static double? Number(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.GetDouble(),
        JsonTokenType.String when reader.ValueTextEquals("NaN"u8) => double.NaN,
        JsonTokenType.String when reader.ValueTextEquals("Infinity"u8) => double.PositiveInfinity,
        JsonTokenType.String when reader.ValueTextEquals("-Infinity"u8) => double.NegativeInfinity,
        _ => null,
    };

    // Lines of one kind have the same tags in the same order, so that the tag after the last one is nearly always right.
    private int Find(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < _tags.Count; i++)
        {
            var index = (_guess + i) % _tags.Count;
            if (reader.ValueTextEquals(_tags[index]))
            {
                _guess = index + 1;
                return index;
            }
        }

        if (_tags.Count == MostTags)
        {
            return -1;
        }

        var name = reader.GetString()!;
        _tags.Add(name);
        _buffers.Add((
            new SeriesBuffer(Capacity),
            string.Equals(name, MetricTags.EvaluationReturn, StringComparison.Ordinal),
            name.StartsWith(SecondsPrefix, StringComparison.Ordinal)));
        return _guess = _tags.Count - 1;
    }
}
