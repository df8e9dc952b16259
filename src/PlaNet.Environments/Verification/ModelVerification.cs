using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using PlaNet.MuJoCo;

namespace PlaNet.Environments.Verification;

/// <summary>
/// Compares compiled models: every size, name, option, statistic, visual setting and array must equal the recorded one, bit for bit.
/// </summary>
internal static class ModelVerification
{
    public static IEnumerable<FileComparison> Run(ReferenceFolder folder)
    {
        foreach (var domain in folder.Names("models", "*.json"))
        {
            using var environment = RecordedTasks.Make(RecordedTasks.Of(domain, $"models/{domain}.json")[0]);
            yield return Compare($"models/{domain}.json", folder.Json($"models/{domain}.json"), environment.Physics.Model);
        }
    }

    private static FileComparison Compare(string file, JsonElement recorded, MjModel model)
    {
        var (sizes, names, settings) = (new DifferenceMeter("sizes"), new DifferenceMeter("names"), new DifferenceMeter("settings"));
        var (arrays, texels) = (new DifferenceMeter("arrays"), new DifferenceMeter("texels"));
        var records = 0;
        foreach (var size in recorded.GetProperty("sizes").EnumerateObject())
        {
            sizes.Add(size.Value.GetInt32(), model.Size(size.Name), 0, size.Name);
            records++;
        }

        foreach (var kind in recorded.GetProperty("names").EnumerateObject())
        {
            var found = model.Names(Enum.Parse<MjObject>(kind.Name, ignoreCase: true));
            var equal = kind.Value.EnumerateArray().Select(name => name.GetString() ?? "").SequenceEqual(found, StringComparer.Ordinal);
            names.Add(0, equal ? 0 : 1, 0, kind.Name);
            records++;
        }

        foreach (var section in new[] { "opt", "stat", "vis" })
        {
            foreach (var (name, value) in Leaves(section, recorded.GetProperty(section)))
            {
                // Visual settings are floats and were recorded with nine digits.
                double[] expected = section == "vis" ? [.. Flatten(value).Select(x => (double)(float)x)] : Flatten(value);
                settings.Add(expected, Read(model, name), 0, name);
                records++;
            }
        }

        foreach (var array in recorded.GetProperty("arrays").EnumerateObject())
        {
            if (array.Value.TryGetProperty("data", out var data))
            {
                arrays.Add(Flatten(data), Read(model, array.Name), 0, array.Name);
            }
            else
            {
                Textures(array, model, texels);
            }

            records++;
        }

        return new FileComparison(file, records, [sizes.Result, names.Result, settings.Result, arrays.Result, texels.Result]);
    }

    // Texels are recorded as one SHA-256 per texture.
    private static void Textures(JsonProperty array, MjModel model, DifferenceMeter texels)
    {
        var found = model.Bytes(array.Name).Span;
        var offset = 0;
        foreach (var texture in array.Value.GetProperty("textures").EnumerateArray())
        {
            var size = texture.GetProperty("bytes").GetInt32();
            var equal = offset + size <= found.Length
                && Convert.ToHexStringLower(SHA256.HashData(found.Slice(offset, size))) == texture.GetProperty("sha256").GetString();
            texels.Add(0, equal ? 0 : 1, 0, texture.GetProperty("name").GetString() ?? array.Name);
            offset += size;
        }
    }

    private static IEnumerable<(string Name, JsonElement Value)> Leaves(string name, JsonElement value)
    {
        return value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().SelectMany(member => Leaves($"{name}.{member.Name}", member.Value))
            : [(name, value)];
    }

    private static double[] Flatten(JsonElement data)
    {
        return data.ValueKind switch
        {
            JsonValueKind.Array => [.. data.EnumerateArray().SelectMany(Flatten)],
            JsonValueKind.Number => [data.GetDouble()],
            JsonValueKind.String when double.TryParse(data.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) =>
                [value],
            _ => throw new ReferenceDataException(
                $"A recorded model holds '{data}' where a number was expected: restore the recorded files of models/."),
        };
    }

    private static double[] Read(MjModel model, string name)
    {
        return model.ElementType(name) switch
        {
            MjElement.Double => model.Doubles(name).Span.ToArray(),
            MjElement.Float => [.. model.Floats(name).Span.ToArray().Select(value => (double)value)],
            MjElement.Int => [.. model.Ints(name).Span.ToArray().Select(value => (double)value)],
            _ => [.. model.Bytes(name).Span.ToArray().Select(value => (double)value)],
        };
    }
}
