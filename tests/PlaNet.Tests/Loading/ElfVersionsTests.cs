using System.Buffers.Binary;
using PlaNet.Loading;
using PlaNet.Common;

namespace PlaNet.Tests.Loading;

public sealed class ElfVersionsTests
{
    private const string CppLibrary = "libstdc++.so.6";
    private const string Newer = "GLIBCXX_3.4.32";
    private const ulong NeededTag = 0x6ffffffe;

    private static readonly byte[] s_wrapper = File.ReadAllBytes(
        Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));
    private static readonly ElfVersions s_versions = ElfVersions.Parse(s_wrapper);

    // The copy that this process has loaded; its folder differs between systems.
    private static readonly ElfVersions s_system = ElfVersions.Parse(File.ReadAllBytes(File.ReadLines("/proc/self/maps")
        .Where(line => line.Contains(CppLibrary, StringComparison.Ordinal))
        .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..])
        .First()));

    [Fact]
    public void The_systems_library_defines_its_versions_and_needs_those_of_the_C_library()
    {
        Assert.Contains("GLIBCXX_3.4", s_system.Definitions);
        Assert.Contains("CXXABI_1.3", s_system.Definitions);
        Assert.All(s_system.Definitions, version => Assert.Matches("^[A-Za-z0-9_.+]+$", version));
        Assert.Contains(s_system.Needs, need => need is { Library: "libc.so.6", Version: "GLIBC_2.2.5", IsUsed: true });
    }

    [Fact]
    public void TorchSharps_library_needs_a_version_that_none_of_its_relocations_refers_to()
    {
        var newer = Assert.Single(s_versions.Needs, need => need.Version == Newer);
        Assert.Equal((CppLibrary, false, false), (newer.Library, newer.IsWeak, newer.IsUsed));
        Assert.Contains(s_versions.Needs, need => need is { Library: CppLibrary, Version: "GLIBCXX_3.4", IsUsed: true });
        Assert.Contains(s_versions.Needs, need => need is { Library: "libc.so.6", IsUsed: true });
    }

    [Fact]
    public void Making_a_need_weak_changes_only_the_flags_of_that_need()
    {
        var newer = s_versions.Needs.Single(need => need.Version == Newer);
        var copy = ElfVersions.WithWeak(s_wrapper, [newer]);
        Assert.Equal(s_wrapper.Length, copy.Length);
        Assert.All(
            Enumerable.Range(0, copy.Length).Where(at => copy[at] != s_wrapper[at]),
            at => Assert.InRange(at, newer.FlagsOffset, newer.FlagsOffset + 1));
        Assert.Equal(s_versions.Needs.Select(need => need == newer ? need with { IsWeak = true } : need), ElfVersions.Parse(copy).Needs);
    }

    [Fact]
    public void A_missing_version_is_tolerated_only_if_no_relocation_uses_it()
    {
        var needed = s_versions.Needs.Where(need => need.Library == CppLibrary).Select(need => need.Version).ToArray();
        Assert.Empty(LibTorch.MissingVersions(s_versions, CppLibrary, needed));
        var lacking = Assert.Single(LibTorch.MissingVersions(s_versions, CppLibrary, [.. needed.Where(version => version != Newer)]));
        Assert.Equal(Newer, lacking.Version);
        var weak = ElfVersions.Parse(ElfVersions.WithWeak(s_wrapper, [lacking]));
        Assert.Empty(LibTorch.MissingVersions(weak, CppLibrary, [.. needed.Where(version => version != Newer)]));

        var used = s_versions.Needs.First(need => need is { Library: CppLibrary, IsUsed: true });
        var refused = Assert.Throws<NotSupportedException>(
            () => LibTorch.MissingVersions(s_versions, CppLibrary, [.. needed.Where(version => version != used.Version)]));
        Assert.Contains($"uses {used.Version} of {CppLibrary}", refused.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => LibTorch.MissingVersions(s_versions, CppLibrary, []));
    }

    [Fact]
    public void The_library_is_loaded_from_a_patched_copy_exactly_if_the_system_lacks_a_version()
    {
        var lacking = LibTorch.MissingVersions(s_versions, CppLibrary, s_system.Definitions);
        Assert.Equal(lacking.Count > 0, LibTorch.PatchedWrapper is not null);
        if (LibTorch.PatchedWrapper is { } patched)
        {
            Assert.Equal(string.Join(", ", lacking.Select(need => need.Version)), patched.Versions);
            Assert.Equal(ElfVersions.WithWeak(s_wrapper, lacking), File.ReadAllBytes(patched.File));
        }
    }

    [Fact]
    public void A_file_truncated_anywhere_before_the_end_of_its_tables_is_refused()
    {
        var tables = s_versions.Needs.Max(need => need.FlagsOffset);
        var random = new RandomStream(1);
        for (var i = 0; i < 200; i++)
        {
            var length = i < 70 ? i : random.NextInt32(tables);
            Assert.Throws<InvalidDataException>(() => ElfVersions.Parse(s_wrapper[..length]));
        }
    }

    // Guards against a parser that loops forever over a table with a damaged count.
    [Fact]
    public void A_damaged_file_is_either_parsed_or_refused_as_invalid_data()
    {
        var dynamic = s_wrapper.AsSpan().IndexOf(BitConverter.GetBytes(NeededTag));
        Assert.True(dynamic > 0);
        int[] places = [0, 64, dynamic - 400, dynamic, s_versions.Needs[0].FlagsOffset - 64, s_versions.Needs[^1].FlagsOffset];
        var random = new RandomStream(2);
        var refused = 0;
        for (var i = 0; i < 600; i++)
        {
            var file = (byte[])s_wrapper.Clone();
            for (var change = 0; change <= i % 3; change++)
            {
                var at = places[random.NextInt32(places.Length)] + random.NextInt32(400);
                file[at] = i % 2 == 0 ? (byte)random.NextInt32(256) : byte.MaxValue;
            }

            try
            {
                ElfVersions.Parse(file);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 30, 599);
    }

    [Fact]
    public void A_table_shorter_than_its_count_is_refused()
    {
        var count = s_wrapper.AsSpan().IndexOf(BitConverter.GetBytes(NeededTag + 1)) + sizeof(ulong);
        var file = (byte[])s_wrapper.Clone();
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(count), int.MaxValue);
        Assert.Contains(
            "ends before its count",
            Assert.Throws<InvalidDataException>(() => ElfVersions.Parse(file)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Garbage_is_refused()
    {
        var random = new RandomStream(3);
        for (var i = 0; i < 300; i++)
        {
            var file = new byte[random.NextInt32(4096)];
            for (var at = 0; at < file.Length; at++)
            {
                file[at] = (byte)random.NextInt32(256);
            }

            // Half of the files begin like a library.
            if (i % 2 == 0)
            {
                s_wrapper.AsSpan(0, Math.Min(file.Length, i % 3 == 0 ? 6 : 64)).CopyTo(file);
            }

            Assert.Throws<InvalidDataException>(() => ElfVersions.Parse(file));
        }

        Assert.Throws<InvalidDataException>(() => ElfVersions.Parse([]));
    }
}
