using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using PlaNet.MuJoCo;

namespace PlaNet.Tests.Environments;

/// <summary>The models of the control suite compile to the recorded arrays of the original models, bit for bit.</summary>
public sealed class ReferenceModelTests
{
    public static TheoryData<string> Domains => [.. Reference.Domains];

    [Theory]
    [MemberData(nameof(Domains))]
    public void Every_array_of_the_compiled_model_is_the_recorded_one(string domain)
    {
        using var environment = Reference.Bare(Reference.TasksOf(domain).First().Name);
        var model = environment.Physics.Model;
        var differences = new List<string>();
        foreach (var array in Reference.Json($"models/{domain}.json").GetProperty("arrays").EnumerateObject())
        {
            if (array.Value.TryGetProperty("data", out var data))
            {
                var expected = Flatten(data).ToArray();
                var actual = Read(model, array.Name);
                if (!expected.SequenceEqual(actual))
                {
                    differences.Add($"{array.Name}: expected {Show(expected)} but was {Show(actual)}");
                }
            }
            else
            {
                // Texels, including the random stars of the sky, are recorded as one digest per texture.
                var offset = 0;
                foreach (var texture in array.Value.GetProperty("textures").EnumerateArray())
                {
                    var size = texture.GetProperty("bytes").GetInt32();
                    var digest = Convert.ToHexStringLower(SHA256.HashData(model.Bytes(array.Name).Span.Slice(offset, size)));
                    if (digest != texture.GetProperty("sha256").GetString())
                    {
                        differences.Add($"{array.Name} of {texture.GetProperty("name")}: {digest}");
                    }

                    offset += size;
                }
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Theory]
    [MemberData(nameof(Domains))]
    public void Every_size_option_statistic_and_visual_setting_is_the_recorded_one(string domain)
    {
        using var environment = Reference.Bare(Reference.TasksOf(domain).First().Name);
        var model = environment.Physics.Model;
        var recorded = Reference.Json($"models/{domain}.json");
        foreach (var size in recorded.GetProperty("sizes").EnumerateObject())
        {
            Assert.True(size.Value.GetInt32() == model.Size(size.Name), $"{size.Name}: {size.Value} but was {model.Size(size.Name)}");
        }

        foreach (var section in new[] { "opt", "stat", "vis" })
        {
            foreach (var (name, value) in Leaves(section, recorded.GetProperty(section)))
            {
                // Floats of the visual settings were recorded with nine digits.
                var expected = Flatten(value).ToArray();
                Assert.Equal(section == "vis" ? expected.Select(x => (double)(float)x) : expected, Read(model, name));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Domains))]
    public void Every_object_has_the_recorded_name_and_place(string domain)
    {
        using var environment = Reference.Bare(Reference.TasksOf(domain).First().Name);
        foreach (var kind in Reference.Json($"models/{domain}.json").GetProperty("names").EnumerateObject())
        {
            var names = kind.Value.EnumerateArray().Select(name => name.GetString() ?? string.Empty);
            Assert.Equal(names, environment.Physics.Model.Names(Enum.Parse<MjObject>(kind.Name, ignoreCase: true)));
        }
    }

    private static IEnumerable<(string Name, JsonElement Value)> Leaves(string name, JsonElement value)
    {
        return value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().SelectMany(member => Leaves($"{name}.{member.Name}", member.Value))
            : [(name, value)];
    }

    private static IEnumerable<double> Flatten(JsonElement data)
    {
        return data.ValueKind switch
        {
            JsonValueKind.Array => data.EnumerateArray().SelectMany(Flatten),
            JsonValueKind.Number => [data.GetDouble()],
            JsonValueKind.String => [double.Parse(data.GetString()!, CultureInfo.InvariantCulture)],
            _ => throw new InvalidDataException($"{data.ValueKind} in a recorded array"),
        };
    }

    private static double[] Read(MjModel model, string name)
    {
        var readers = new Func<double[]>[]
        {
            () => model.Doubles(name).Span.ToArray(),
            () => [.. model.Ints(name).Span.ToArray().Select(value => (double)value)],
            () => [.. model.Floats(name).Span.ToArray().Select(value => (double)value)],
            () => [.. model.Bytes(name).Span.ToArray().Select(value => (double)value)],
        };
        foreach (var reader in readers)
        {
            try
            {
                return reader();
            }
            catch (MuJoCoException wrongType) when (wrongType.Message.Contains("holds elements", StringComparison.Ordinal))
            {
                continue;
            }
        }

        throw new InvalidDataException($"{name} cannot be read");
    }

    private static string Show(double[] values)
    {
        return $"[{string.Join(' ', values.Take(40))}]";
    }
}
