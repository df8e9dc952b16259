using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PlaNet.Environments.Processes;

/// <summary>
/// The words of the protocol between an environment and its child process, version 1: docs/environments.md. Requests and the heads of answers
/// are single lines of JSON; observations follow a head as raw bytes.
/// </summary>
internal static class ProcessProtocol
{
    public const string Version = "planet-environment/1";

    private const int LargestSide = 4096;
    private const int LargestVector = 1 << 20;

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

    /// <summary>The first line of a program that plays an environment.</summary>
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

    /// <summary>Instead of an answer: what went wrong.</summary>
    public static string Error(string message)
    {
        return new JsonObject { ["error"] = message }.ToJsonString();
    }

    /// <summary>What a program that plays an environment is asked.</summary>
    /// <exception cref="FormatException">The line is no request; the message says why.</exception>
    public static Request ReadRequest(string line)
    {
        var request = Parse(line);
        var action = Text(request, "do");
        return action switch
        {
            "reset" => Member(request, "seed") is { ValueKind: JsonValueKind.Number } seed && seed.TryGetUInt64(out var value)
                ? new Request(action, value, [])
                : throw new FormatException("gives \"seed\" a value that is no whole number from 0 to 2^64 - 1"),
            "step" => new Request(action, 0, Floats(request, "action")),
            "close" => new Request(action, 0, []),
            _ => throw new FormatException($"asks to {ChildProcess.Cut(action)}: ask for reset, step or close"),
        };
    }

    /// <summary>The bytes of an observation, as <see cref="ReadObservation"/> reads them.</summary>
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

    /// <summary>What the child's first line says of its environment.</summary>
    /// <exception cref="FormatException">The line is not what the protocol asks for; the message says how.</exception>
    public static EnvironmentSpec ReadHello(string line)
    {
        var hello = Parse(line);
        if (hello.TryGetProperty("error", out var error))
        {
            throw new FormatException($"reports an error: {error}");
        }

        var version = Text(hello, "protocol");
        if (version != Version)
        {
            throw new FormatException($"speaks protocol {version}, not {Version}");
        }

        var action = Member(hello, "action");
        float[] low = Floats(action, "low");
        float[] high = Floats(action, "high");
        if (low.Length == 0 || low.Length != high.Length || low.Zip(high).Any(pair => !(pair.First < pair.Second)))
        {
            throw new FormatException($"gives actions {low.Length} lower and {high.Length} upper bounds: give as many of each, at least one, every lower below its upper");
        }

        var image = hello.TryGetProperty("image", out var size) && size.ValueKind != JsonValueKind.Null
            ? new ImageSpec(Whole(size, "height", 1, LargestSide), Whole(size, "width", 1, LargestSide))
            : null;
        StateSpec[] states = hello.TryGetProperty("states", out var listed)
            ? [.. Items(listed, "states").Select(state => new StateSpec(Text(state, "name"), Whole(state, "size", 1, LargestVector)))]
            : [];
        if (states.DistinctBy(state => state.Name, StringComparer.Ordinal).Count() != states.Length)
        {
            throw new FormatException("gives two states the same name");
        }

        if (image is null && states.Length == 0)
        {
            throw new FormatException("shows neither an image nor states");
        }

        return new EnvironmentSpec(Text(hello, "task"), new ActionSpec(low, high), image, states, Whole(hello, "control_steps", 1, int.MaxValue))
        {
            ActionRepeat = hello.TryGetProperty("action_repeat", out _) ? Whole(hello, "action_repeat", 1, int.MaxValue) : 1,
        };
    }

    /// <summary>The head of an answer: how many bytes follow, and for a step what it earned.</summary>
    /// <exception cref="FormatException">The line is not what the protocol asks for; the message says how.</exception>
    public static Answer ReadAnswer(string line, bool step)
    {
        var answer = Parse(line);
        if (answer.TryGetProperty("error", out var error))
        {
            throw new FormatException($"reports an error: {error}");
        }

        var bytes = Whole(answer, "bytes", 0, int.MaxValue);
        if (!step)
        {
            return new Answer(bytes, 0, Terminated: false, Truncated: false);
        }

        var reward = Member(answer, "reward");
        return reward.ValueKind == JsonValueKind.Number && reward.TryGetDouble(out var value) && double.IsFinite(value)
            ? new Answer(bytes, value, Flag(answer, "terminated"), Flag(answer, "truncated"))
            : throw new FormatException($"gives the reward {reward}, which is no finite number");
    }

    /// <summary>Bytes of one observation: the image, then every state as 32-bit floats, little endian.</summary>
    public static int ObservationBytes(EnvironmentSpec spec)
    {
        return checked((spec.Image?.Bytes ?? 0) + (sizeof(float) * spec.States.Sum(state => state.Size)));
    }

    /// <summary>An observation out of its bytes.</summary>
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

    private static JsonElement Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new FormatException($"wrote '{ChildProcess.Cut(line)}' where a JSON object was due");
        }
        catch (JsonException failure)
        {
            throw new FormatException(
                $"wrote '{ChildProcess.Cut(line)}' where a JSON object was due: only the protocol belongs on standard output, the rest on standard error",
                failure);
        }
    }

    private static JsonElement Member(JsonElement parent, string name)
    {
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member)
            ? member
            : throw new FormatException($"wrote '{ChildProcess.Cut(parent.GetRawText())}', which lacks \"{name}\"");
    }

    private static string Text(JsonElement parent, string name)
    {
        var member = Member(parent, name);
        return member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text
            ? text
            : throw new FormatException($"gives \"{name}\" as {member}, which must be a text");
    }

    private static int Whole(JsonElement parent, string name, int least, int most)
    {
        var member = Member(parent, name);
        return member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out var value) && value >= least && value <= most
            ? value
            : throw new FormatException($"gives \"{name}\" as {member}, which must be a whole number from {least} to {most}");
    }

    private static bool Flag(JsonElement parent, string name)
    {
        var member = Member(parent, name);
        return member.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? member.GetBoolean()
            : throw new FormatException($"gives \"{name}\" as {member}, which must be true or false");
    }

    private static float[] Floats(JsonElement parent, string name)
    {
        return
        [
            .. Items(Member(parent, name), name).Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out var value) && float.IsFinite(value)
                ? value
                : throw new FormatException($"gives \"{name}\" the value {item}, which is no finite number")),
        ];
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement list, string name)
    {
        return list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw new FormatException($"gives \"{name}\" as {list}, which must be a list");
    }

    /// <summary>What is asked for: "reset" with a seed, "step" with an action, or "close".</summary>
    public readonly record struct Request(string Do, ulong Seed, float[] Action);

    /// <summary>The head of an answer.</summary>
    public readonly record struct Answer(int Bytes, double Reward, bool Terminated, bool Truncated);
}
