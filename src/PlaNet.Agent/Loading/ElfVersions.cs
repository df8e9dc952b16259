using System.Buffers.Binary;
using System.Text;

namespace PlaNet.Loading;

/// <summary>A symbol version that a shared library needs from another library.</summary>
/// <param name="Library">The other library, for example <c>libstdc++.so.6</c>.</param>
/// <param name="Version">The version, for example <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="IsWeak">Whether the loader accepts that the version is missing.</param>
/// <param name="IsUsed">Whether a relocation refers to a symbol of this version; if so, the library does not work without it.</param>
/// <param name="FlagsOffset">File offset of the two bytes of flags.</param>
internal sealed record VersionNeed(string Library, string Version, bool IsWeak, bool IsUsed, int FlagsOffset);

/// <summary>
/// The symbol versions that a 64-bit little-endian ELF shared library needs from other libraries, and those it defines (gABI and GNU
/// extensions).
/// </summary>
internal sealed class ElfVersions
{
    private const int DynamicSegment = 2;
    private const int LoadSegment = 1;
    private const ushort WeakFlag = 2;

    // Tags of the dynamic section.
    private const long StringTable = 5, SymbolTable = 6, Relocations = 7, RelocationsSize = 8, PltRelocations = 23, PltRelocationsSize = 2;
    private const long SymbolVersions = 0x6ffffff0;
    private const long Needed = 0x6ffffffe, NeededCount = 0x6fffffff, Defined = 0x6ffffffc, DefinedCount = 0x6ffffffd;

    private readonly byte[] _file;
    private readonly List<(ulong Address, ulong Offset, ulong Size)> _segments = [];
    private readonly Dictionary<long, ulong> _dynamic = [];

    private ElfVersions(byte[] file)
    {
        _file = file;
        if (file.Length < 64 || !file.AsSpan(0, 4).SequenceEqual("\u007fELF"u8) || file[4] != 2 || file[5] != 1)
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        }

        ReadSegments();
        Needs = [.. ReadNeeds(UsedVersions())];
        Definitions = [.. ReadDefinitions()];
    }

    /// <summary>The versions that the library needs.</summary>
    public IReadOnlyList<VersionNeed> Needs { get; }

    /// <summary>The versions that the library defines.</summary>
    public IReadOnlyList<string> Definitions { get; }

    /// <summary>Reads the versions of a file.</summary>
    /// <param name="file">The content of the file.</param>
    /// <exception cref="InvalidDataException">The file is not such a shared library, or it is damaged.</exception>
    public static ElfVersions Parse(byte[] file)
    {
        try
        {
            return new ElfVersions(file);
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("an ELF table points outside the file", exception);
        }
    }

    /// <summary>A copy of a file in which some needed versions are weak, so that the loader accepts that they are missing.</summary>
    /// <param name="file">The content of the file.</param>
    /// <param name="needs">Needed versions of that file.</param>
    public static byte[] WithWeak(byte[] file, IEnumerable<VersionNeed> needs)
    {
        var copy = (byte[])file.Clone();
        foreach (var need in needs)
        {
            var flags = copy.AsSpan(need.FlagsOffset, sizeof(ushort));
            BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | WeakFlag));
        }

        return copy;
    }

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan(at, 2));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_file.AsSpan(at, 4));

    private ulong U64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_file.AsSpan(at, 8));

    private void ReadSegments()
    {
        var (table, size, count) = (checked((int)U64(32)), U16(54), U16(56));
        var dynamic = (Offset: 0, Size: 0);
        for (var i = 0; i < count; i++)
        {
            var at = table + (i * size);
            if (U32(at) == LoadSegment)
            {
                _segments.Add((U64(at + 16), U64(at + 8), U64(at + 32)));
            }
            else if (U32(at) == DynamicSegment)
            {
                dynamic = checked(((int)U64(at + 8), (int)U64(at + 32)));
            }
        }

        for (var at = dynamic.Offset; at < dynamic.Offset + dynamic.Size && U64(at) != 0; at += 16)
        {
            _dynamic[(long)U64(at)] = U64(at + 8);
        }

        if (_dynamic.Count == 0)
        {
            throw new InvalidDataException("not a shared library: it has no dynamic section");
        }
    }

    // The dynamic section holds memory addresses; the segments map them to file offsets.
    private int? TableOffset(long tag)
    {
        if (!_dynamic.TryGetValue(tag, out var address))
        {
            return null;
        }

        foreach (var (start, offset, size) in _segments)
        {
            if (address >= start && address < start + size)
            {
                return checked((int)(address - start + offset));
            }
        }

        throw new InvalidDataException("an ELF table lies outside all segments");
    }

    private string StringAt(uint offset)
    {
        var table = TableOffset(StringTable) ?? throw new InvalidDataException("the ELF string table is missing");
        var from = _file.AsSpan(checked(table + (int)offset));
        return Encoding.UTF8.GetString(from[..from.IndexOf((byte)0)]);
    }

    // Indices of the versions whose symbols relocations refer to.
    private HashSet<int> UsedVersions()
    {
        var used = new HashSet<int>();
        if (TableOffset(SymbolVersions) is not { } versions || TableOffset(SymbolTable) is null)
        {
            return used;
        }

        foreach (var (tag, sizeTag) in new[] { (Relocations, RelocationsSize), (PltRelocations, PltRelocationsSize) })
        {
            if (TableOffset(tag) is not { } table)
            {
                continue;
            }

            for (var at = table; at < table + (int)_dynamic.GetValueOrDefault(sizeTag); at += 24)
            {
                var symbol = (int)(U64(at + 8) >> 32);
                used.Add(U16(versions + (2 * symbol)) & 0x7fff);
            }
        }

        return used;
    }

    private IEnumerable<VersionNeed> ReadNeeds(HashSet<int> used)
    {
        var at = TableOffset(Needed) ?? 0;
        for (var left = (int)_dynamic.GetValueOrDefault(NeededCount); left > 0; left--)
        {
            var library = StringAt(U32(at + 4));
            var version = at + (int)U32(at + 8);
            for (var more = U16(at + 2); more > 0; more--)
            {
                var flags = version + 4;
                yield return new VersionNeed(
                    library, StringAt(U32(version + 8)), (U16(flags) & WeakFlag) != 0, used.Contains(U16(version + 6) & 0x7fff), flags);
                version = NextEntry(version, U32(version + 12), last: more == 1);
            }

            at = NextEntry(at, U32(at + 12), last: left == 1);
        }
    }

    private IEnumerable<string> ReadDefinitions()
    {
        var at = TableOffset(Defined) ?? 0;
        for (var left = (int)_dynamic.GetValueOrDefault(DefinedCount); left > 0; left--)
        {
            yield return StringAt(U32(at + (int)U32(at + 12)));
            at = NextEntry(at, U32(at + 16), last: left == 1);
        }
    }

    // A damaged distance must not cause an endless loop, so it must be at least the size of an entry.
    private static int NextEntry(int at, uint distance, bool last) => last ? at
        : distance >= 16 ? checked(at + (int)distance)
        : throw new InvalidDataException("an ELF table ends before its count");
}
