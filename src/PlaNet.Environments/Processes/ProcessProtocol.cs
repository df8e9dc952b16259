using System.Buffers.Binary;
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

    /// <summary>Largest observation that a program may announce: 256 MiB.</summary>
    public const int MaxObservationBytes = 1 << 28;

    private const int MaxImageSide = 4096;
    private const int MaxStateSize = 1 << 20;

    // Room for the explanation of another program.
    private const int MaxErrorCharacters = 1000;

    public static string Reset(ulong seed)
    {
        return new JsonObject { ["do"] = "reset", ["seed"] = seed }.ToJsonString();
    }

    public static string Step(ReadOnlySpan<float> action)
    {
        return new JsonObject { ["do"] = "step", ["action"] = Numbers(action) }.ToJsonString();
    }

    public static string Close()
    {
        return new JsonObject { ["do"] = "close" }.ToJsonString();
    }

    /// <summary>The first line of an environment program, which describes the environment.</summary>
    public static string Hello(EnvironmentSpec spec)
    {
        var hello = new JsonObject
        {
            ["protocol"] = Version,
            ["task"] = spec.Task,
            ["action"] = new JsonObject { ["low"] = Numbers([.. spec.Action.Low]), ["high"] = Numbers([.. spec.Action.High]) },
            ["image"] = spec.Image is { } image ? new JsonObject { ["height"] = image.Height, ["width"] = image.Width } : null,
            ["states"] = new JsonArray([.. spec.States.Select(state => new JsonObject { ["name"] = state.Name, ["size"] = state.Size })]),
            ["control_steps"] = spec.ControlSteps,
            ["action_repeat"] = spec.ActionRepeat,
        };
        return hello.ToJsonString();
    }

    /// <summary>Head of the answer to a reset.</summary>
    public static string ResetAnswer(int bytes)
    {
        return new JsonObject { ["bytes"] = bytes }.ToJsonString();
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
        }.ToJsonString();
    }

    /// <summary>The answer to a request that failed.</summary>
    public static string Error(string message)
    {
        return new JsonObject { ["error"] = message }.ToJsonString();
    }

    /// <summary>Parses a request.</summary>
    /// <exception cref="FormatException">
    /// The line is not a valid request. The message is a verb phrase whose subject is the sender.
    /// </exception>
    public static Request ReadRequest(string line)
    {
        return Read(line, request => Text(request, "do") switch
        {
            "reset" => Member(request, "seed") is var seed && seed.ValueKind == JsonValueKind.Number && seed.TryGetUInt64(out var value)
                ? new Request("reset", value, [])
                : throw Unexpected("seed", seed, "a whole number from 0 to 2^64 - 1"),
            "step" => new Request("step", 0, Floats(request, "action")),
            "close" => new Request("close", 0, []),
            _ => throw Unexpected("do", Member(request, "do"), "reset, step or close"),
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
        return Read(line, ReadHello);
    }

    private static EnvironmentSpec ReadHello(JsonElement hello)
    {
        CheckNoError(hello);
        var version = Text(hello, "protocol");
        if (version != Version)
        {
            throw new FormatException($"uses protocol {OneLine.Of(version)}, which must be {Version}");
        }

        var action = Member(hello, "action");
        float[] low = Floats(action, "low");
        float[] high = Floats(action, "high");
        if (low.Length == 0 || low.Length != high.Length || low.Zip(high).Any(pair => !(pair.First < pair.Second)))
        {
            throw new FormatException(
                $"sent {low.Length} lower and {high.Length} upper action bounds, which must be equally many, at least one of each, "
                + "and every lower below its upper");
        }

        var image = hello.TryGetProperty("image", out var size) && size.ValueKind != JsonValueKind.Null
            ? new ImageSpec(Integer(size, "height", 1, MaxImageSide), Integer(size, "width", 1, MaxImageSide))
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

        var bytes = (image?.Bytes ?? 0) + (sizeof(float) * states.Sum(state => (long)state.Size));
        if (bytes > MaxObservationBytes)
        {
            throw new FormatException($"describes observations of {bytes} bytes, which must be at most {MaxObservationBytes}");
        }

        return new EnvironmentSpec(
            Text(hello, "task"), new ActionSpec(low, high), image, states, Integer(hello, "control_steps", 1, int.MaxValue))
        {
            ActionRepeat = hello.TryGetProperty("action_repeat", out _) ? Integer(hello, "action_repeat", 1, int.MaxValue) : 1,
        };
    }

    /// <summary>Parses the head of an answer: the number of bytes that follow and, for a step, its reward and flags.</summary>
    /// <exception cref="FormatException">
    /// The line violates the protocol. The message is a verb phrase whose subject is the sender.
    /// </exception>
    public static Answer ReadAnswer(string line, bool step)
    {
        return Read(line, answer => ReadAnswer(answer, step));
    }

    private static Answer ReadAnswer(JsonElement answer, bool step)
    {
        CheckNoError(answer);
        var bytes = Integer(answer, "bytes", 0, int.MaxValue);
        if (!step)
        {
            return new Answer(bytes, 0, Terminated: false, Truncated: false);
        }

        var reward = Member(answer, "reward");
        return reward.ValueKind == JsonValueKind.Number && reward.TryGetDouble(out var value) && double.IsFinite(value)
            ? new Answer(bytes, value, Boolean(answer, "terminated"), Boolean(answer, "truncated"))
            : throw Unexpected("reward", reward, "a finite number");
    }

    /// <summary>Size of one observation in bytes: the image, then every state as 32-bit floats, little endian.</summary>
    public static int ObservationBytes(EnvironmentSpec spec)
    {
        return checked((spec.Image?.Bytes ?? 0) + (sizeof(float) * spec.States.Sum(state => state.Size)));
    }

    /// <summary>Decodes an observation.</summary>
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

    private static T Read<T>(string line, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(document.RootElement)
                : throw new FormatException($"sent '{OneLine.Of(line)}' where a JSON object was expected");
        }
        catch (JsonException failure)
        {
            throw new FormatException(
                $"sent '{OneLine.Of(line)}' where a JSON object was expected: write only protocol messages to standard output, "
                + "and logs to standard error",
                failure);
        }
        catch (InvalidOperationException failure)
        {
            // The parser accepts such a text; only reading it throws this.
            throw new FormatException($"sent '{OneLine.Of(line)}', in which a text has half of a surrogate pair: escape both halves", failure);
        }
    }

    private static void CheckNoError(JsonElement message)
    {
        if (message.TryGetProperty("error", out var error))
        {
            throw new FormatException($"reports an error: {OneLine.Of(error.ToString(), MaxErrorCharacters)}");
        }
    }

    private static FormatException Unexpected(string name, JsonElement value, string expected) =>
        new($"sent \"{name}\" as {OneLine.Of(value.GetRawText())}, which must be {expected}");

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
            : throw Unexpected(name, member, "a non-empty string");
    }

    private static int Integer(JsonElement parent, string name, int minimum, int maximum)
    {
        var member = Member(parent, name);
        return member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out var value) && value >= minimum && value <= maximum
            ? value
            : throw Unexpected(name, member, $"a whole number from {minimum} to {maximum}");
    }

    private static bool Boolean(JsonElement parent, string name)
    {
        var member = Member(parent, name);
        return member.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? member.GetBoolean()
            : throw Unexpected(name, member, "true or false");
    }

    private static float[] Floats(JsonElement parent, string name)
    {
        return
        [
            .. Items(Member(parent, name), name).Select(item =>
                item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out var value) && float.IsFinite(value)
                    ? value
                    : throw new FormatException($"sent the value {OneLine.Of(item.GetRawText())} in \"{name}\", which must hold finite numbers only")),
        ];
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement list, string name)
    {
        return list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : throw Unexpected(name, list, "an array");
    }

    /// <summary>A request: "reset" with a seed, "step" with an action, or "close".</summary>
    public readonly record struct Request(string Do, ulong Seed, float[] Action);

    /// <summary>The head of an answer.</summary>
    public readonly record struct Answer(int Bytes, double Reward, bool Terminated, bool Truncated);
}
