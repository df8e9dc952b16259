using System.Xml.Linq;

namespace PlaNet.Tests;

/// <summary>Dependencies point one way: every project refers only to the projects listed here.</summary>
public sealed class LayeringTests
{
    private static readonly Dictionary<string, string[]> AllowedReferences = new(StringComparer.Ordinal)
    {
        ["PlaNet.MuJoCo"] = [],
        ["PlaNet.Experiments"] = [],
        ["PlaNet.Common"] = [],
        ["PlaNet.Replay"] = ["PlaNet.Common"],
        ["PlaNet.Environments"] = ["PlaNet.MuJoCo", "PlaNet.Common"],
        ["PlaNet.Agent"] = ["PlaNet.Experiments", "PlaNet.Replay", "PlaNet.Common"],
        ["PlaNet.Telemetry"] = ["PlaNet.Replay", "PlaNet.Experiments", "PlaNet.Common"],
        ["PlaNet.Runs"] =
            ["PlaNet.Environments", "PlaNet.Agent", "PlaNet.Replay", "PlaNet.Telemetry", "PlaNet.Experiments", "PlaNet.Common"],
        ["PlaNet.Cluster"] = ["PlaNet.Runs"],
        ["PlaNet.Cli"] = ["PlaNet.Runs", "PlaNet.Cluster", "PlaNet.Catalog"],
    };

    [Fact]
    public void Projects_refer_only_to_allowed_projects()
    {
        var source = Path.Combine(Repository.Root, "src");
        var projects = Directory.GetFiles(source, "*.csproj", SearchOption.AllDirectories);
        Assert.Equal(
            AllowedReferences.Keys.Order(StringComparer.Ordinal),
            projects.Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!);
        foreach (var project in projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
            Assert.All(references, reference => Assert.Contains(reference, AllowedReferences[name]));
        }
    }
}
