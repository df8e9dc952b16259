using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PlaNet.Common;

namespace PlaNet.Environments.Processes;

/// <summary>
/// Messages of the protocol between an environment and its child process, version 1 (docs/environments.md). Requests and the heads of
/// answers are single lines of JSON; an observation follows a head as raw bytes.
/// </summary>
internal static class ProcessProtocol
{
    public const string Version = "planet-environment/1";

    /// <summary>Longest line in bytes, without its line feed. What is longer is not a protocol message.</summary>
    public const int MaxLineBytes = 1 << 16;

    /// <summary>
    /// Largest observation in bytes: room for the largest image and millions of states, and little enough for any machine.
    /// </summary>
    public const int MaxObservationBytes = 1 << 26;

    private const int MaxStateSize = 1 << 20;

    private const string ProgramRemedy = "write only protocol messages to standard output, and logs to standard error";
    private const string FiniteRemedy = "send finite numbers, or {\"error\": \"...\"} if the simulation has failed";
    private const string BoundsRemedy = "announce finite bounds, and scale the actions in the program";

    private static readonly string[] s_notFinite = ["NaN", "-Infinity", "Infinity"];

    // The text is read by programs and shown in terminals, never on a web page: an apostrophe needs no escape.
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Reset(ulong seed)
    {
        return new JsonObject { ["do"] = "reset", ["seed"] = seed }.ToJsonString(s_plain);
    }

    public static string Step(ReadOnlySpan<float> action)
    {
        return new JsonObject { ["do"] = "step", ["action"] = Numbers(action) }.ToJsonString(s_plain);
    }

    /// <summary>The request of a step with a discrete action.</summary>
    public static string Step(int choice)
    {
        return new JsonObject { ["do"] = "step", ["action"] = choice }.ToJsonString(s_plain);
    }

    public static string Close()
    {
        return new JsonObject { ["do"] = "close" }.ToJsonString(s_plain);
    }

    /// <summary>The first line of an environment program, which describes the environment.</summary>
    public static string Hello(EnvironmentSpec spec)
    {
        var hello = new JsonObject
        {
            ["protocol"] = Version,
            ["task"] = spec.Task,
            ["action"] = spec.Action.IsDiscrete
                ? new JsonObject { ["choices"] = spec.Action.Size }
                : new JsonObject { ["low"] = Numbers([.. spec.Action.Low]), ["high"] = Numbers([.. spec.Action.High]) },
            ["image"] = spec.Image is { } image ? Image(image) : null,
            ["states"] = new JsonArray([.. spec.States.Select(state => new JsonObject { ["name"] = state.Name, ["size"] = state.Size })]),
            ["control_steps"] = spec.ControlSteps,
            ["action_repeat"] = spec.ActionRepeat,
        };
        if (spec.Terminates)
        {
            hello["terminates"] = true;
        }

        return hello.ToJsonString(s_plain);
    }

    private static JsonObject Image(ImageSpec image)
    {
        var sent = new JsonObject { ["height"] = image.Height, ["width"] = image.Width };
        if (image.Channels != 3)
        {
            sent["channels"] = image.Channels;
        }

        return sent;
    }

    /// <summary>Head of the answer to a reset.</summary>
    public static string ResetAnswer(int bytes)
    {
        return new JsonObject { ["bytes"] = bytes }.ToJsonString(s_plain);
    }

    /// <summary>Head of the answer to a step.</summary>
    public static string StepAnswer(int bytes, StepResult result)
    {
        return new JsonObject
        {
            ["bytes"] = bytes,
            ["reward"] = result.Reward,
            ["terminated"] = result.Terminated,
            ["truncated"] = result.Truncated,
        }.ToJsonString(s_plain);
    }

    /// <summary>The answer to a request that failed.</summary>
    public static string Error(string message)
    {
        return new JsonObject { ["error"] = message }.ToJsonString(s_plain);
    }

    /// <summary>Parses a request.</summary>
    /// <exception cref="FormatException">
    /// The line is not a valid request. The message is a verb phrase whose subject is the sender.
    /// </exception>
    public static Request ReadRequest(string line)
    {
        return Read(line, "send each request as one JSON object on a line of its own", request =>
        {
            var action = Text(request, "do");
            return action switch
            {
                "reset" => Member(request, "seed") is { ValueKind: JsonValueKind.Number } seed && seed.TryGetUInt64(out var value)
                    ? new Request(action, value)
                    : throw Wrong("seed", Member(request, "seed"), "must be a whole number from 0 to 2^64 - 1"),
                "step" => Member(request, "action").ValueKind == JsonValueKind.Number
                    ? new Request(action) { Choice = Integer(request, "action", 0, int.MaxValue) }
                    : new Request(action) { Action = Floats(request, "action") },
                "close" => new Request(action),
                _ => throw new FormatException($"sent \"do\" as {OneLine.Of(action)}, which must be reset, step or close"),
            };
        });
    }

    /// <summary>Encodes an observation; <see cref="ReadObservation"/> decodes it.</summary>
    public static byte[] WriteObservation(EnvironmentSpec spec, Observation observation)
    {
        var bytes = new byte[ObservationBytes(spec)];
        var rest = bytes.AsSpan();
        if (spec.Image is { } image)
        {
            observation.Image!.CopyTo(rest);
            rest = rest[image.Bytes..];
        }

        foreach (var state in spec.States)
        {
            foreach (var value in observation.States[state.Name])
            {
                BinaryPrimitives.WriteSingleLittleEndian(rest, value);
                rest = rest[sizeof(float)..];
            }
        }

        return bytes;
    }

    /// <summary>Parses the first line of an environment program.</summary>
    /// <exception cref="FormatException">
    /// The line violates the protocol. The message is a verb phrase whose subject is the sender.
    /// </exception>
    public static EnvironmentSpec ReadHello(string line)
    {
        return Read(line, ProgramRemedy, ReadHello);
    }

    /// <summary>Parses the head of an answer: the number of bytes that follow and, for a step, its reward and flags.</summary>
    /// <exception cref="FormatException">
    /// The line violates the protocol. The message is a verb phrase whose subject is the sender.
    /// </exception>
    public static Answer ReadAnswer(string line, bool step)
    {
        return Read(line, ProgramRemedy, answer => ReadAnswer(answer, step));
    }

    /// <summary>Size of one observation in bytes: the image, then every state as 32-bit floats, little endian.</summary>
    /// <exception cref="FormatException">It is above the limit. The message is a verb phrase whose subject is the sender.</exception>
    public static int ObservationBytes(EnvironmentSpec spec)
    {
        // Thousands of states of the greatest size exceed 32 bits.
        var bytes = (spec.Image?.Bytes ?? 0) + (sizeof(float) * spec.States.Sum(state => (long)state.Size));
        return bytes <= MaxObservationBytes
            ? (int)bytes
            : throw new FormatException(
                $"describes observations of {bytes} bytes, which may have at most {MaxObservationBytes}: describe fewer states");
    }

    /// <summary>The parts of an observation, for messages: "an image of 64x64x3 and 1 state number of 4 bytes".</summary>
    public static string ObservationParts(EnvironmentSpec spec)
    {
        var states = spec.States.Sum(state => (long)state.Size);
        string[] parts =
        [
            .. spec.Image is { } image ? [$"an image of {image.Height}x{image.Width}x{image.Channels}"] : Array.Empty<string>(),
            .. states > 0 ? [$"{states} state number{(states == 1 ? "" : "s")} of 4 bytes"] : Array.Empty<string>(),
        ];
        return string.Join(" and ", parts);
    }

    /// <summary>Decodes an observation.</summary>
    /// <exception cref="FormatException">
    /// A state is not finite, so that it could not be recorded. The message is a verb phrase whose subject is the sender.
    /// </exception>
    public static Observation ReadObservation(EnvironmentSpec spec, ReadOnlySpan<byte> bytes)
    {
        var image = spec.Image is { } size ? bytes[..size.Bytes].ToArray() : null;
        var rest = bytes[(image?.Length ?? 0)..];
        var states = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (var state in spec.States)
        {
            var values = new float[state.Size];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = BinaryPrimitives.ReadSingleLittleEndian(rest[(sizeof(float) * i)..]);
                if (!float.IsFinite(values[i]))
                {
                    throw new FormatException(
                        $"sent {values[i]} as number {i} of the state \"{OneLine.Of(state.Name)}\", which is not finite: "
                        + FiniteRemedy);
                }
            }

            states[state.Name] = values;
            rest = rest[(sizeof(float) * values.Length)..];
        }

        return new Observation(image, states);
    }

    private static JsonArray Numbers(ReadOnlySpan<float> values)
    {
        var array = new JsonArray();
        foreach (var value in values)
        {
            array.Add(JsonValue.Create(value));
        }

        return array;
    }

    private static EnvironmentSpec ReadHello(JsonElement hello)
    {
        ThrowReported(hello);
        var version = Text(hello, "protocol");
        if (version != Version)
        {
            throw new FormatException($"uses protocol {OneLine.Of(version)}, which must be {Version}");
        }

        var action = Actions(Member(hello, "action"));
        var image = hello.TryGetProperty("image", out var size) && size.ValueKind != JsonValueKind.Null
            ? new ImageSpec(
                Integer(size, "height", 1, ImageSpec.LargestSide), Integer(size, "width", 1, ImageSpec.LargestSide), Channels(size))
            : null;
        StateSpec[] states = hello.TryGetProperty("states", out var listed)
            ? [.. Items(listed, "states").Select(state => new StateSpec(Text(state, "name"), Integer(state, "size", 1, MaxStateSize)))]
            : [];
        if (states.DistinctBy(state => state.Name, StringComparer.Ordinal).Count() != states.Length)
        {
            throw new FormatException("sent two states with the same name: names must be unique");
        }

        if (image is null && states.Length == 0)
        {
            throw new FormatException("describes neither an image nor states: at least one of them is required");
        }

        var spec = new EnvironmentSpec(
            Text(hello, "task"), action, image, states, Integer(hello, "control_steps", 1, int.MaxValue))
        {
            ActionRepeat = hello.TryGetProperty("action_repeat", out _) ? Integer(hello, "action_repeat", 1, int.MaxValue) : 1,
            Terminates = hello.TryGetProperty("terminates", out _) && Boolean(hello, "terminates"),
        };
        _ = ObservationBytes(spec);
        return spec;
    }

    private static int Channels(JsonElement image)
    {
        return !image.TryGetProperty("channels", out var channels) ? 3
            : channels.ValueKind == JsonValueKind.Number && channels.TryGetInt32(out var number) && number is 1 or 3 ? number
            : throw Wrong("channels", channels, "must be 3 for red, green and blue, or 1 for grey");
    }

    private static ActionSpec Actions(JsonElement action)
    {
        if (action.ValueKind != JsonValueKind.Object || !action.TryGetProperty("choices", out _))
        {
            return Bounds(action);
        }

        return action.TryGetProperty("low", out _) || action.TryGetProperty("high", out _)
            ? throw new FormatException(
                $"sent \"action\" as {Quote(action)}, which must have either \"choices\" or \"low\" and \"high\"")
            : ActionSpec.Discrete(Integer(action, "choices", ActionSpec.FewestChoices, ActionSpec.LargestSize));
    }

    private static ActionSpec Bounds(JsonElement action)
    {
        float[] low = Floats(action, "low", BoundsRemedy);
        float[] high = Floats(action, "high", BoundsRemedy);
        if (low.Length == 0 || low.Length != high.Length || low.Zip(high).Any(pair => !(pair.First < pair.Second)))
        {
            throw new FormatException(
                $"sent {low.Length} lower and {high.Length} upper action bounds, which must be equally many, at least one of each, "
                + "and every lower below its upper");
        }

        if (low.Length > ActionSpec.LargestSize)
        {
            throw new FormatException($"describes actions of {low.Length} numbers, which may have at most {ActionSpec.LargestSize}");
        }

        // Libraries write the largest float for "no bound".
        var missing = low.Zip(high).FirstOrDefault(pair => pair.First == -float.MaxValue || pair.Second == float.MaxValue);
        return missing == default
            ? new ActionSpec(low, high)
            : throw new FormatException(
                $"sent the action bounds [{missing.First}, {missing.Second}], of which the largest 32-bit float means no bound: {BoundsRemedy}");
    }

    private static Answer ReadAnswer(JsonElement answer, bool step)
    {
        ThrowReported(answer);
        var bytes = Integer(answer, "bytes", 0, int.MaxValue);
        if (!step)
        {
            return new Answer(bytes, 0, Terminated: false, Truncated: false);
        }

        var reward = Member(answer, "reward");
        if (reward.ValueKind != JsonValueKind.Number && !IsNotFinite(reward))
        {
            throw Wrong("reward", reward, "must be a finite number");
        }

        if (IsNotFinite(reward) || !reward.TryGetDouble(out var value) || !double.IsFinite(value))
        {
            throw new FormatException($"sent \"reward\" as {Quote(reward)}: the reward is not a finite number; {FiniteRemedy}");
        }

        // Episodes hold 32-bit floats.
        return float.IsFinite((float)value)
            ? new Answer(bytes, value, Boolean(answer, "terminated"), Boolean(answer, "truncated"))
            : throw new FormatException(
                $"sent \"reward\" as {Quote(reward)}: the reward is outside the range of 32-bit floats, -3.4e38 to 3.4e38; "
                + "scale it in the program");
    }

    private static void ThrowReported(JsonElement message)
    {
        if (message.TryGetProperty("error", out var error))
        {
            // Room for the explanation of another program.
            throw new PassingFormatException($"reports an error: {OneLine.Of(error.ToString(), 1000)}");
        }
    }

    private static T Read<T>(string line, string remedy, Func<JsonElement, T> read)
    {
        try
        {
            return read(Parse(line));
        }
        catch (InvalidOperationException failure)
        {
            // The parser accepts such a text; only reading it throws this.
            throw new FormatException(
                $"sent '{OneLine.Of(line)}', in which a text has half of a surrogate pair: escape both halves", failure);
        }
        catch (JsonException failure)
        {
            throw new PassingFormatException($"sent '{OneLine.Of(line)}' where a JSON object was expected: {remedy}", failure);
        }
    }

    private static JsonElement Parse(string line)
    {
        // .NET writes a byte order mark by default.
        var text = line.TrimStart('\uFEFF');
        try
        {
            using var document = JsonDocument.Parse(text);
            return RequireObject(document);
        }
        catch (JsonException)
        {
            // Python writes NaN and Infinity, which are no JSON. As strings they can be named together with their members.
            var quoted = QuoteNotFinite(text);
            if (quoted == text)
            {
                throw;
            }

            using var document = JsonDocument.Parse(quoted);
            return RequireObject(document);
        }
    }

    private static JsonElement RequireObject(JsonDocument document) => document.RootElement.ValueKind == JsonValueKind.Object
        ? document.RootElement.Clone()
        : throw new JsonException("The value is not an object.");

    private static string QuoteNotFinite(string text)
    {
        var quoted = new StringBuilder();
        var inString = false;
        for (var i = 0; i < text.Length; i++)
        {
            var word = inString ? null : Array.Find(s_notFinite, word => string.CompareOrdinal(text, i, word, 0, word.Length) == 0);
            if (word is not null)
            {
                quoted.Append('"').Append(word).Append('"');
                i += word.Length - 1;
                continue;
            }

            quoted.Append(text[i]);
            if (inString && text[i] == '\\' && i + 1 < text.Length)
            {
                quoted.Append(text[++i]);
            }
            else if (text[i] == '"')
            {
                inString = !inString;
            }
        }

        return quoted.ToString();
    }

    private static bool IsNotFinite(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && Array.Exists(s_notFinite, word => value.ValueEquals(word));

    private static JsonElement Member(JsonElement parent, string name)
    {
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member)
            ? member
            : throw new FormatException($"sent '{OneLine.Of(parent.GetRawText())}', which lacks \"{name}\"");
    }

    private static string Text(JsonElement parent, string name)
    {
        var member = Member(parent, name);
        return member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text
            ? text
            : throw Wrong(name, member, "must be a non-empty string");
    }

    private static int Integer(JsonElement parent, string name, int minimum, int maximum)
    {
        var member = Member(parent, name);
        return member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out var value) && value >= minimum && value <= maximum
            ? value
            : throw Wrong(name, member, $"must be a whole number from {minimum} to {maximum}");
    }

    private static bool Boolean(JsonElement parent, string name)
    {
        var member = Member(parent, name);
        return member.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? member.GetBoolean()
            : throw Wrong(name, member, "must be true or false");
    }

    private static float[] Floats(JsonElement parent, string name, string? remedy = null)
    {
        return
        [
            .. Items(Member(parent, name), name).Select(item =>
                item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out var value) && float.IsFinite(value)
                    ? value
                    : throw new FormatException(
                        $"sent the value {Quote(item)} in \"{name}\", which must hold finite numbers only"
                        + (remedy is null ? "" : $": {remedy}"))),
        ];
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement list, string name)
    {
        return list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw Wrong(name, list, "must be an array");
    }

    private static FormatException Wrong(string name, JsonElement value, string rule) =>
        new($"sent \"{name}\" as {Quote(value)}, which {rule}");

    private static string Quote(JsonElement value) =>
        OneLine.Of(IsNotFinite(value) ? value.ToString() : value.GetRawText());

    /// <summary>A request: "reset" with a seed, "step" with an action or the index of a choice, or "close".</summary>
    public readonly record struct Request(string Do, ulong Seed = 0)
    {
        public float[]? Action { get; init; }

        public int? Choice { get; init; }
    }

    /// <summary>The head of an answer.</summary>
    public readonly record struct Answer(int Bytes, double Reward, bool Terminated, bool Truncated);
}
