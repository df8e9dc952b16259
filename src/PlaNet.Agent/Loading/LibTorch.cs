using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PlaNet.Common;

namespace PlaNet.Loading;

/// <summary>
/// Loads libtorch and TorchSharp's native part before anything of this room is used: libtorch from the package folder it was restored to, so
/// that no program carries a copy of its 480 MB, and both in a form that Debian 12 can load.
/// </summary>
internal static partial class LibTorch
{
    private const string CppLibrary = "libstdc++.so.6";
    private const string Wrapper = "libLibTorchSharp.so";
    private const string Package = "libtorch-cpu-linux-x64";
    private const int LazyGlobal = 0x101;

    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    /// <summary>The folder from which libtorch was loaded; null where TorchSharp finds it by itself.</summary>
    public static string? Folder { get; private set; }

    /// <summary>Versions of the C++ library that this system lacks and that were marked as dispensable, and the file in which they were; null where none is lacking.</summary>
    public static (string Versions, string File)? Remedied { get; private set; }

    /// <summary>Whether the library that answers MKL is in place.</summary>
    public static bool AnswersMkl { get; private set; }

    /// <summary>Whether the allocator took its thresholds.</summary>
    public static bool AllocatorTuned { get; private set; }

    /// <summary>libtorch's build, <c>cpu</c> or <c>cuda</c>: what <c>-p:TorchBackend</c> chose.</summary>
    public static string Backend => Metadata("TorchBackend") ?? "cpu";

    // A program that is built for one system only (-r linux-x64) has its native libraries right beside it.
    private static string[] Beside { get; } = [Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"), AppContext.BaseDirectory];

    private static string Native { get; } = Array.Find(Beside, folder => File.Exists(Path.Combine(folder, Wrapper))) ?? Beside[0];

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "TorchSharp loads its native part at its first use, wherever that is, and finds only what is loaded before.")]
    internal static void Load()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return;
        }

        // Activations of tens of megabytes would otherwise go back to the kernel and be faulted in again at every update, and a thread's own
        // arena would keep what another thread could use.
        AllocatorTuned = mallopt(ArenaMax, 1) == 1 & mallopt(MmapThreshold, 1 << 30) == 1 & mallopt(TrimThreshold, int.MaxValue) == 1;

        // Threads of libtorch that wait for each other burn their cores for a while, by default so long that a second process slows both many
        // times over. A short while costs nothing where nobody else computes; who chose a policy keeps it.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            _ = setenv("GOMP_SPINCOUNT", "1000", overwrite: 0);
        }

        AnswersMkl = dlopen(Path.Combine(Native, "libplanet_mkl.so"), LazyGlobal) != 0;
        string[] places = [.. Places().Distinct(StringComparer.Ordinal)];
        if (Array.Find(places, folder => File.Exists(Path.Combine(folder, "libtorch.so"))) is not { } found)
        {
            throw new DllNotFoundException($"libtorch is in none of {string.Join(", ", places)}: {Remedy}.");
        }

        NativeLibrary.Load(Path.Combine(found, "libtorch.so"));
        NativeLibrary.Load(Loadable(Path.Combine(Native, Wrapper)));
        Folder = found;
    }

    /// <summary>Lets MKL use the kernels that this processor has, whoever made it.</summary>
    /// <returns>False when MKL has its answer already, so that nothing changes any more.</returns>
    public static bool UseNativeKernels()
    {
        if (!AnswersMkl || planet_mkl_was_asked() != 0)
        {
            return false;
        }

        planet_mkl_use_native_kernels(1);
        return true;
    }

    /// <summary>The versions of one library that a file needs and that the library, as it is on this system, does not define.</summary>
    /// <param name="file">The file that needs them.</param>
    /// <param name="library">The library, as its name stands in the file.</param>
    /// <param name="definitions">What the library defines.</param>
    /// <exception cref="NotSupportedException">The file uses a symbol of such a version.</exception>
    internal static IReadOnlyList<VersionNeed> Lacking(ElfVersions file, string library, IReadOnlyList<string> definitions)
    {
        var lacking = file.Needs.Where(need => need.Library == library && !need.IsWeak && !definitions.Contains(need.Version)).ToArray();
        return Array.Find(lacking, need => need.IsUsed) is { } used
            ? throw new NotSupportedException(
                $"{Wrapper} uses {used.Version} of {library}, which this system's is too old for: use Debian 13, Ubuntu 24.04 or newer.")
            : lacking;
    }

    /// <summary>
    /// TorchSharp is built against a newer C++ library than Debian 12 has. Where nothing in it refers to the newer part, a copy in which that
    /// need is weak loads; the copy is made once, beside the program or in the user's cache.
    /// </summary>
    private static string Loadable(string wrapper)
    {
        var system = MappedCppLibrary();
        if (system is null)
        {
            return wrapper;
        }

        var content = File.ReadAllBytes(wrapper);
        var lacking = Lacking(ElfVersions.Parse(content), CppLibrary, ElfVersions.Parse(File.ReadAllBytes(system)).Definitions);
        if (lacking.Count == 0)
        {
            return wrapper;
        }

        var name = $"libLibTorchSharp-{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}.so";
        var copy = Place(name, ElfVersions.WithWeak(content, lacking));
        Remedied = (string.Join(", ", lacking.Select(need => need.Version)), copy);
        return copy;
    }

    private static string Place(string name, byte[] content)
    {
        var cache = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        Exception? refused = null;
        foreach (var folder in new[] { Native, Path.Combine(cache, "planet") })
        {
            var path = Path.Combine(folder, name);
            try
            {
                if (!File.Exists(path) || new FileInfo(path).Length != content.Length)
                {
                    Directory.CreateDirectory(folder);
                    AtomicFile.Write(path, content);
                }

                return path;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or StorageException)
            {
                refused = exception;
            }
        }

        throw new DllNotFoundException(
            $"A copy of {Wrapper} that this system can load could be written neither beside the program nor to {cache}: make one of them writable.", refused);
    }

    private static string? MappedCppLibrary()
    {
        NativeLibrary.Load(CppLibrary);
        return File.ReadLines("/proc/self/maps")
            .Select(line => line[Math.Max(0, line.IndexOf('/', StringComparison.Ordinal))..])
            .FirstOrDefault(path => Path.GetFileName(path).StartsWith(CppLibrary, StringComparison.Ordinal));
    }

    // The folders of packages: the one that the program was built with, and those in which NuGet keeps them without other settings.
    private static string[] Places()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        string?[] packages =
        [
            AppContext.GetData("PlaNet.Packages") as string,
            Environment.GetEnvironmentVariable("NUGET_PACKAGES"),
            Path.Combine(home, ".nuget", "packages"),
        ];
        return Metadata("LibTorchVersion") is { } version
            ? [.. Beside, .. packages.Where(folder => !string.IsNullOrEmpty(folder)).Select(folder => Path.Combine(folder!, Package, version, "runtimes", "linux-x64", "native"))]
            : Beside;
    }

    private static string Remedy => Metadata("LibTorchVersion") is { } version
        ? $"get it with 'dotnet package download {Package}@{version} --output ~/.nuget/packages', or publish the program, which puts it beside it"
        : "publish the program, which puts it beside it";

    private static string? Metadata(string key) => typeof(LibTorch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(attribute => attribute.Key == key)?.Value;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint dlopen(string path, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("planet_mkl")]
    private static partial void planet_mkl_use_native_kernels(int use);

    [LibraryImport("planet_mkl")]
    private static partial int planet_mkl_was_asked();
}
