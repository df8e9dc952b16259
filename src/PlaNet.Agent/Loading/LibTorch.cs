using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PlaNet.Common;

namespace PlaNet.Loading;

/// <summary>
/// Loads libtorch and TorchSharp's native library (the wrapper) before any type of this assembly is used. libtorch is loaded from the NuGet
/// package folder, so that build outputs carry no copy of its 480 MB. On Debian 12 a patched copy of the wrapper is loaded.
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

    /// <summary>The folder from which libtorch was loaded; null on platforms where TorchSharp finds it itself.</summary>
    public static string? Folder { get; private set; }

    /// <summary>
    /// The loaded copy of the wrapper in which versions of the C++ library that this system lacks are marked weak, and those versions; null
    /// if no version is missing.
    /// </summary>
    public static (string Versions, string File)? PatchedWrapper { get; private set; }

    /// <summary>Whether the library that overrides MKL's processor check is loaded.</summary>
    public static bool MklOverrideLoaded { get; private set; }

    /// <summary>Whether mallopt accepted all settings.</summary>
    public static bool AllocatorTuned { get; private set; }

    /// <summary>The build of libtorch, <c>cpu</c> or <c>cuda</c>, as set by <c>-p:TorchBackend</c>.</summary>
    public static string Backend => Metadata("TorchBackend") ?? "cpu";

    // A program built for one runtime identifier (-r linux-x64) has its native libraries in its own folder.
    private static string[] ProgramFolders { get; } =
        [Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"), AppContext.BaseDirectory];

    private static string NativeFolder { get; } =
        Array.Find(ProgramFolders, folder => File.Exists(Path.Combine(folder, Wrapper))) ?? ProgramFolders[0];

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Both libraries must be loaded before the first use of TorchSharp.")]
    internal static void Load()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return;
        }

        // By default, blocks of tens of megabytes return to the kernel when freed, and every update pays their page faults again. A single
        // arena lets threads reuse one another's freed memory.
        AllocatorTuned = mallopt(ArenaMax, 1) == 1 & mallopt(MmapThreshold, 1 << 30) == 1 & mallopt(TrimThreshold, int.MaxValue) == 1;

        // By default, waiting OpenMP threads spin so long that two processes on the same cores slow each other down many times over. A
        // short spin costs nothing on an idle machine. A policy set by the user has precedence.
        if (Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            _ = setenv("GOMP_SPINCOUNT", "1000", overwrite: 0);
        }

        MklOverrideLoaded = dlopen(Path.Combine(NativeFolder, "libplanet_mkl.so"), LazyGlobal) != 0;
        string[] folders = [.. SearchFolders().Distinct(StringComparer.Ordinal)];
        if (Array.Find(folders, folder => File.Exists(Path.Combine(folder, "libtorch.so"))) is not { } found)
        {
            throw new DllNotFoundException($"libtorch.so is in none of these folders: {string.Join(", ", folders)}. {Remedy}.");
        }

        NativeLibrary.Load(Path.Combine(found, "libtorch.so"));
        NativeLibrary.Load(MakeLoadable(Path.Combine(NativeFolder, Wrapper)));
        Folder = found;
    }

    /// <summary>Lets MKL use all instruction sets of this processor, whatever its vendor.</summary>
    /// <returns>False if MKL has already checked the processor, because it keeps its first choice.</returns>
    public static bool UseNativeKernels()
    {
        if (!MklOverrideLoaded || planet_mkl_was_asked() != 0)
        {
            return false;
        }

        planet_mkl_use_native_kernels(1);
        return true;
    }

    /// <summary>The versions of a library that a file needs and that the installed library does not define.</summary>
    /// <param name="file">The file that needs them.</param>
    /// <param name="library">The name of the library, as the file refers to it.</param>
    /// <param name="definitions">The versions that the installed library defines.</param>
    /// <exception cref="NotSupportedException">The file uses a symbol of a missing version.</exception>
    internal static IReadOnlyList<VersionNeed> MissingVersions(ElfVersions file, string library, IReadOnlyList<string> definitions)
    {
        var missing = file.Needs.Where(need => need.Library == library && !need.IsWeak && !definitions.Contains(need.Version)).ToArray();
        return Array.Find(missing, need => need.IsUsed) is { } used
            ? throw new NotSupportedException(
                $"{Wrapper} uses {used.Version} of {library}, but this system's {library} is too old and does not define it: " +
                "use Debian 13, Ubuntu 24.04 or newer.")
            : missing;
    }

    /// <summary>
    /// TorchSharp's wrapper is built against a newer C++ library than Debian 12 has. If it uses no symbol of the missing versions, a copy
    /// in which they are weak can be loaded. The copy is written once, beside the program or in the user's cache.
    /// </summary>
    private static string MakeLoadable(string wrapper)
    {
        var system = MappedCppLibrary();
        if (system is null)
        {
            return wrapper;
        }

        var content = File.ReadAllBytes(wrapper);
        var missing = MissingVersions(ElfVersions.Parse(content), CppLibrary, ElfVersions.Parse(File.ReadAllBytes(system)).Definitions);
        if (missing.Count == 0)
        {
            return wrapper;
        }

        var name = $"libLibTorchSharp-{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}.so";
        var copy = WriteCopy(name, ElfVersions.WithWeak(content, missing));
        PatchedWrapper = (string.Join(", ", missing.Select(need => need.Version)), copy);
        return copy;
    }

    private static string WriteCopy(string name, byte[] content)
    {
        var cache = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        Exception? failure = null;
        foreach (var folder in new[] { NativeFolder, Path.Combine(cache, "planet") })
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
                failure = exception;
            }
        }

        throw new DllNotFoundException(
            $"A copy of {Wrapper} that this system can load could not be written to {NativeFolder} or {Path.Combine(cache, "planet")}: " +
            "make one of these folders writable.",
            failure);
    }

    private static string? MappedCppLibrary()
    {
        NativeLibrary.Load(CppLibrary);
        return File.ReadLines("/proc/self/maps")
            .Select(line => line[Math.Max(0, line.IndexOf('/', StringComparison.Ordinal))..])
            .FirstOrDefault(path => Path.GetFileName(path).StartsWith(CppLibrary, StringComparison.Ordinal));
    }

    // The program's own folders, then the NuGet package folders: that of the build, that of the environment, and NuGet's default.
    private static string[] SearchFolders()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        string?[] packages =
        [
            AppContext.GetData("PlaNet.Packages") as string,
            Environment.GetEnvironmentVariable("NUGET_PACKAGES"),
            Path.Combine(home, ".nuget", "packages"),
        ];
        if (Metadata("LibTorchVersion") is not { } version)
        {
            return ProgramFolders;
        }

        return
        [
            .. ProgramFolders,
            .. packages
                .Where(folder => !string.IsNullOrEmpty(folder))
                .Select(folder => Path.Combine(folder!, Package, version, "runtimes", "linux-x64", "native")),
        ];
    }

    private static string Remedy => Metadata("LibTorchVersion") is { } version
        ? $"Download it with 'dotnet package download {Package}@{version} --output ~/.nuget/packages', " +
            "or use a published program (dotnet publish), which includes it"
        : "Use a published program (dotnet publish), which includes it";

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
