using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace PlaNet.Experiments;

/// <summary>
/// An experiment's canonical JSON: snake-case keys in the order of the records, two spaces of indentation, <c>\n</c> line ends, numbers
/// with the fewest digits that parse back to the same value. Equal experiments give equal text, and reading it gives an equal experiment.
/// </summary>
public static class ExperimentJson
{
    private const string Remedy = "Give the experiment.json of a run or the output of `planet show --experiment NAME --json`.";

    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        NewLine = "\n",
        // The text is written to files and terminals, never into a web page: non-ASCII letters need no escaping.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The canonical JSON, without a trailing line end.</summary>
    /// <exception cref="ExperimentException">A number is not finite, which JSON cannot represent.</exception>
    public static string Write(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return Write(experiment, ExperimentOptions.All);
    }

    /// <summary>
    /// Reads canonical JSON, or any JSON object with the same keys in any order. A missing key takes its default, so older files stay
    /// readable.
    /// </summary>
    /// <returns>The experiment. Names and types are checked; <see cref="ExperimentValidation"/> checks ranges.</returns>
    /// <exception cref="ExperimentException">
    /// The text is not JSON, a key is unknown or repeated, or a value is of the wrong type.
    /// </exception>
    public static Experiment Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Leaves(document.RootElement, "")
                    .Aggregate(new Experiment(), (experiment, leaf) => leaf.Option.With(experiment, leaf.Value))
                : throw new ExperimentException(
                    $"the text is {Kind(document.RootElement)} but an experiment must be a JSON object. {Remedy}");
        }
        catch (JsonException failure)
        {
            throw new ExperimentException($"the experiment is not JSON: {ExperimentOption.OneLine(failure.Message)} {Remedy}", failure);
        }
        catch (InvalidOperationException failure)
        {
            // The parser accepts such a text; only reading it throws this.
            throw new ExperimentException($"the experiment is not JSON: a text in it has half of a surrogate pair. {Remedy}", failure);
        }
    }

    internal static string Write(Experiment experiment, IEnumerable<ExperimentOption> options)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Layout))
        {
            var open = Array.Empty<string>();
            writer.WriteStartObject();
            foreach (var option in options)
            {
                var groups = option.Path.Split('.')[..^1];
                var shared = open.Zip(groups).TakeWhile(pair => string.Equals(pair.First, pair.Second, StringComparison.Ordinal)).Count();
                for (var i = shared; i < open.Length; i++)
                {
                    writer.WriteEndObject();
                }

                foreach (var group in groups[shared..])
                {
                    writer.WriteStartObject(group);
                }

                writer.WritePropertyName(option.Name);
                WriteValue(writer, option, option.Get(experiment));
                open = groups;
            }

            foreach (var _ in open)
            {
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WriteValue(Utf8JsonWriter writer, ExperimentOption option, object value)
    {
        switch (value)
        {
            case int whole:
                writer.WriteNumberValue(whole);
                break;
            case double number when double.IsFinite(number):
                // -0.0 equals 0.0, and equal experiments must give equal text.
                writer.WriteNumberValue(number == 0 ? 0 : number);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case string or Enum:
                writer.WriteStringValue(ExperimentOption.Format(value));
                break;
            default:
                throw option.InvalidValue(ExperimentOption.Format(value));
        }
    }

    private static IEnumerable<(ExperimentOption Option, object Value)> Leaves(JsonElement group, string prefix)
    {
        foreach (var property in group.EnumerateObject())
        {
            var path = prefix + property.Name;
            var known = ExperimentOptions.All.Any(option => option.Path.StartsWith(path + ".", StringComparison.Ordinal));
            if (known && property.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var leaf in Leaves(property.Value, path + "."))
                {
                    yield return leaf;
                }
            }
            else
            {
                var option = ExperimentOptions.Find(path);
                yield return (option, ReadValue(option, property.Value));
            }
        }
    }

    private static object ReadValue(ExperimentOption option, JsonElement value)
    {
        var expected = option.ValueType switch
        {
            var type when type == typeof(int) || type == typeof(double) => value.ValueKind == JsonValueKind.Number,
            var type when type == typeof(bool) => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            _ => value.ValueKind == JsonValueKind.String,
        };
        return expected
            ? option.Parse(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText())
            : throw option.InvalidValue(value.GetRawText());
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
