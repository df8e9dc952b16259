using System.IO.Compression;
using System.Text.Json;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Packages;

/// <summary>Packs the built checkout and uses only the packages: the command, both templates and the agent.</summary>
public sealed class PackTests
{
    private const long LargestOutput = 80_000_000;

    private static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    [Fact]
    public async Task The_templates_work_from_packages_alone()
    {
        using var folder = new TemporaryFolder();

        // A unique version: the test uses the user's package cache, so that libtorch is not downloaded again, and must not find older
        // packages there.
        var version = $"0.0.0-test.g{Guid.NewGuid():N}";
        try
        {
            await Dotnet(
                Repository.Root, "pack", "PlaNet.sln", "--configuration", Configuration, "--no-build", "--output", folder["packages"],
                "-nodeReuse:false", $"-p:Version={version}", "-p:PublishLibTorch=false");
            EveryPackageHasItsMetadata(folder["packages"]);

            // Added to the package sources that this machine has configured.
            File.WriteAllText(
                folder["NuGet.config"],
                """<configuration><packageSources><add key="packed" value="packages" /></packageSources></configuration>""");
            await Dotnet(
                folder.Path,
                "new",
                "install",
                Path.Combine("packages", $"PlaNet.Templates.{version}.nupkg"),
                "--debug:custom-hive",
                folder["hive"]);
            await Dotnet(folder.Path, "new", "planet-experiments", "--name", "Mine", "--debug:custom-hive", folder["hive"]);
            await Dotnet(folder.Path, "new", "planet-properties", "--name", "Laws", "--debug:custom-hive", folder["hive"]);

            await TrainsAnExperiment(folder["Mine"]);
            await ChecksLaws(folder["Laws"]);
            await RunsTheReadme(folder["Sample"], version);
        }
        finally
        {
            RemoveFromCache(version);
        }
    }

    private static async Task TrainsAnExperiment(string project)
    {
        await Build(project);
        var assembly = Path.Combine("bin", "Release", "net10.0", "Mine.dll");

        // The command provides the assemblies that the experiments refer to, so no copies are needed.
        Assert.Equal(
            ["Mine.dll"],
            Directory.GetFiles(Path.Combine(project, Path.GetDirectoryName(assembly)!), "*.dll").Select(Path.GetFileName));
        await Dotnet(project, "tool", "restore");
        Assert.Contains("MyGrid", await Dotnet(project, "planet", "grids", "--experiments", assembly), StringComparison.Ordinal);
        await Dotnet(
            project,
            ["planet", "train", "--experiment", "my_wider", "--experiments", assembly, "--out", "run", .. SmallRun.Words[2..]]);
        Assert.StartsWith("DONE", File.ReadAllText(Path.Combine(project, "run", "state")), StringComparison.Ordinal);
    }

    private static async Task ChecksLaws(string project)
    {
        await Build(project);
        var output = Path.Combine(project, "bin", "Release", "net10.0");
        var files = new DirectoryInfo(output).GetFiles("*", SearchOption.AllDirectories);
        Assert.DoesNotContain(files, file => file.Name.StartsWith("libtorch", StringComparison.Ordinal));
        Assert.InRange(files.Sum(file => file.Length), 0, LargestOutput);

        // libtorch is loaded from the package cache, whose path the build records.
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "Laws.runtimeconfig.json")));
        var packages = config.RootElement
            .GetProperty("runtimeOptions")
            .GetProperty("configProperties")
            .GetProperty("PlaNet.Packages")
            .GetString()!;
        Assert.True(Directory.Exists(Path.Combine(packages, "libtorch-cpu-linux-x64")), packages);
        Assert.Contains("2 passed", await Dotnet(project, Path.Combine(output, "Laws.dll"), "--colours", "0"), StringComparison.Ordinal);
    }

    // A new process shows that the sample works without an earlier use of tensors. It is cancelled at once: quickstart takes 15 minutes.
    private static async Task RunsTheReadme(string project, string version)
    {
        var sample = File.ReadAllText(Path.Combine(Repository.Root, "README.md")).Split("```csharp")[1].Split("```")[0];
        const string Stop = "using var stop = new CancellationTokenSource();";
        Assert.Contains(Stop, sample, StringComparison.Ordinal);
        Directory.CreateDirectory(project);
        File.WriteAllText(
            Path.Combine(project, "Sample.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="PlaNet.Catalog" Version="{version}" />
                <PackageReference Include="PlaNet.Runs" Version="{version}" />
                <Using Include="PlaNet.Catalog;PlaNet.Loading;PlaNet.Runs;PlaNet.Runs.Results;TorchSharp" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(
            Path.Combine(project, "Program.cs"),
            sample.Replace(Stop, Stop + " stop.Cancel();", StringComparison.Ordinal) + """Console.WriteLine($"complete: {complete}");""");
        await Build(project);
        Assert.Contains(
            "complete: False",
            await Dotnet(project, Path.Combine("bin", "Release", "net10.0", "Sample.dll")),
            StringComparison.Ordinal);
        Assert.StartsWith("INTERRUPTED", File.ReadAllText(Path.Combine(project, "runs", "mine", "state")), StringComparison.Ordinal);
    }

    private static void EveryPackageHasItsMetadata(string folder)
    {
        var packages = Directory.GetFiles(folder, "*.nupkg");
        Assert.Equal(12, packages.Length);
        Assert.All(packages, package =>
        {
            using var archive = ZipFile.OpenRead(package);
            using var reader = new StreamReader(
                archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
            var nuspec = reader.ReadToEnd();
            Assert.Contains("<license type=\"expression\">Apache-2.0</license>", nuspec, StringComparison.Ordinal);
            Assert.Contains("<readme>README.md</readme>", nuspec, StringComparison.Ordinal);
            Assert.DoesNotContain("<description>Package Description</description>", nuspec, StringComparison.Ordinal);
            Assert.NotNull(archive.GetEntry("README.md"));
        });
    }

    private static Task<string> Build(string project) =>
        Dotnet(project, "build", "--configuration", "Release", "-nodeReuse:false", "-p:UseSharedCompilation=false");

    // Otherwise the user's package cache would grow with every test run.
    private static void RemoveFromCache(string version)
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } chosen
            ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        if (Directory.Exists(packages))
        {
            foreach (var own in Directory.GetDirectories(packages, "planet.*")
                .Select(package => Path.Combine(package, version))
                .Where(Directory.Exists))
            {
                Directory.Delete(own, recursive: true);
            }
        }
    }

    private static async Task<string> Dotnet(string folder, params string[] words)
    {
        var (code, output, error) = await DotnetProcess.Run(folder, words);
        Assert.True(code == 0, $"dotnet {string.Join(' ', words)} ended with {code}: {output}{error}");
        return output + error;
    }
}
