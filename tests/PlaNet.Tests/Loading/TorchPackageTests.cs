using System.Text.Json;
using PlaNet.Loading;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Loading;

/// <summary><c>-p:TorchBackend</c> selects one build of libtorch; the CPU build is not copied into the folders of programs.</summary>
public sealed class TorchPackageTests
{
    private const long LargestOutput = 80_000_000;

    [Theory]
    [InlineData("cpu", "libtorch-cpu-linux-x64")]
    [InlineData("cuda", "libtorch-cuda-12.8-linux-x64")]
    public async Task Each_backend_refers_to_one_build_of_libtorch(string backend, string package)
    {
        var (code, output, _) = await Build("-getItem:PackageReference", $"-p:TorchBackend={backend}");
        Assert.True(code == 0, output);
        using var items = JsonDocument.Parse(output);
        var packages = items.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString()!)
            .ToList();
        Assert.Equal([package], packages.Where(name => name.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase)));
        Assert.Contains("TorchSharp", packages);
    }

    [Fact]
    public async Task An_unknown_backend_is_refused_with_the_known_ones()
    {
        var (code, output, _) = await Build("-t:CollectPackageReferences", "-p:TorchBackend=rocm");
        Assert.NotEqual(0, code);
        Assert.Contains(
            "TorchBackend 'rocm' is unknown: give -p:TorchBackend=cpu or -p:TorchBackend=cuda.",
            output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_commands_folder_holds_no_copy_of_libtorch()
    {
        Assert.SkipWhen(LibTorch.Backend == "cuda", "the package for NVIDIA GPUs copies itself");
        var built = Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "PlaNet.Tests"), AppContext.BaseDirectory);
        var files = new DirectoryInfo(Path.Combine(Repository.Root, "src", "PlaNet.Cli", built)).GetFiles("*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.Name == "planet.dll");
        Assert.DoesNotContain(files, file => file.Name.StartsWith("libtorch", StringComparison.Ordinal));
        Assert.InRange(files.Sum(file => file.Length), 0, LargestOutput);
    }

    private static Task<(int Code, string Output, string Error)> Build(params string[] words) => DotnetProcess.Run(
        Repository.Root, ["msbuild", Path.Combine("src", "PlaNet.Agent", "PlaNet.Agent.csproj"), "-nologo", "-nodeReuse:false", .. words]);
}
