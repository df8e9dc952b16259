using System.Text.Json.Nodes;
using PlaNet.Environments.Verification;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Environments;

/// <summary>Some of the recorded figures, laid out as a user has them, to be spoilt by a test.</summary>
internal sealed class ReferenceCopy : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public ReferenceFolder Folder => new(_folder.Path);

    public ReferenceCopy Add(string source, string target)
    {
        var path = _folder[target];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.Copy(System.IO.Path.Combine(Reference.Folder, source), path);
        return this;
    }

    /// <summary>One rollout, and an index of it alone.</summary>
    public ReferenceCopy AddRollout(string file)
    {
        Add($"rollouts/{file}", $"physics/rollouts/{file}");
        var all = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(Reference.Folder, "rollouts/index.json")))!.AsArray();
        var entry = all.Single(entry => (string)entry!["file"]! == $"rollouts/{file}")!.DeepClone();
        File.WriteAllText(_folder["physics/rollouts/index.json"], new JsonArray(entry).ToJsonString());
        return this;
    }

    public ReferenceCopy AddTransitions(string domain)
    {
        return Add($"transitions/{domain}.csv", $"physics/transitions/{domain}.csv");
    }

    public ReferenceCopy AddStarts(string set)
    {
        return Add($"initial_states/{set}.csv", $"physics/initial_states/{set}.csv");
    }

    public ReferenceCopy AddFrames(string set)
    {
        return Add($"frames/{set}/frames.npy", $"frames/{set}/frames.npy").Add($"frames/{set}/states.json", $"frames/{set}/states.json");
    }

    public ReferenceCopy AddRewards()
    {
        return Add("tolerance_cases.csv", "rewards/tolerance_cases.csv");
    }

    public ReferenceCopy AddModel(string domain)
    {
        return Add($"models/{domain}.json", $"models/{domain}.json");
    }

    /// <summary>Changes one value of a CSV file.</summary>
    public void Spoil(string file, int row, string column, Func<string, string> change)
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

    public void SpoilByte(string file, Index place)
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
