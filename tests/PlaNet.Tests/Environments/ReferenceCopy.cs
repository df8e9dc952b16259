using System.Text.Json.Nodes;
using PlaNet.Environments.Verification;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Environments;

/// <summary>A copy of some recorded data in the layout of a user's folder, which a test may change.</summary>
internal sealed class ReferenceCopy : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public ReferenceFolder Folder => new(_folder.Path);

    public ReferenceCopy Add(string file)
    {
        var path = _folder[file];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.Copy(System.IO.Path.Combine(Reference.Folder, file), path);
        return this;
    }

    /// <summary>Adds one rollout, and an index that lists only it.</summary>
    public ReferenceCopy AddRollout(string file)
    {
        Add($"physics/rollouts/{file}");
        const string Index = "physics/rollouts/index.json";
        var all = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(Reference.Folder, Index)))!.AsArray();
        var entry = all.Single(entry => (string)entry!["file"]! == $"rollouts/{file}")!.DeepClone();
        File.WriteAllText(_folder[Index], new JsonArray(entry).ToJsonString());
        return this;
    }

    public ReferenceCopy AddTransitions(string domain) => Add($"physics/transitions/{domain}.csv");

    public ReferenceCopy AddStarts(string set) => Add($"physics/initial_states/{set}.csv");

    public ReferenceCopy AddFrames(string set) => Add($"frames/{set}/frames.npy").Add($"frames/{set}/states.json");

    public ReferenceCopy AddRewards() => Add("rewards/tolerance_cases.csv");

    public ReferenceCopy AddModel(string domain) => Add($"models/{domain}.json");

    /// <summary>Changes one value of a CSV file.</summary>
    public void ChangeValue(string file, int row, string column, Func<string, string> change)
    {
        var lines = File.ReadAllLines(_folder[file]);
        var index = Array.IndexOf(lines[0].Split(','), column);
        var values = lines[row + 1].Split(',');
        values[index] = change(values[index]);
        lines[row + 1] = string.Join(',', values);
        File.WriteAllLines(_folder[file], lines);
    }

    public void Rewrite(string file, Func<string, string> change)
    {
        File.WriteAllText(_folder[file], change(File.ReadAllText(_folder[file])));
    }

    public void FlipBit(string file, Index place)
    {
        var bytes = File.ReadAllBytes(_folder[file]);
        bytes[place] ^= 0x40;
        File.WriteAllBytes(_folder[file], bytes);
    }

    public void Dispose()
    {
        _folder.Dispose();
    }
}
