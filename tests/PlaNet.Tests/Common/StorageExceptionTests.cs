using PlaNet.Common;

namespace PlaNet.Tests.Common;

public sealed class StorageExceptionTests
{
    public static TheoryData<Exception, StorageProblem, string> Cases => new()
    {
        { new IOException("No space left on device", 28), StorageProblem.Full, "Free some space" },
        { new IOException("Disk quota exceeded", OperatingSystem.IsMacOS() ? 69 : 122), StorageProblem.Full, "raise the quota" },
        { new IOException("Read-only file system", 30), StorageProblem.ReadOnly, "Mount it for writing" },
        { new UnauthorizedAccessException("Access denied"), StorageProblem.Denied, "Change the permissions" },
        { new IOException("Input/output error", 5), StorageProblem.Other, "Check that the folder exists" },
    };

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void Each_cause_is_reported_with_its_problem_path_and_remedy(Exception cause, StorageProblem problem, string remedy)
    {
        var failure = StorageException.Of("/data/run/state", cause);
        Assert.Equal(problem, failure.Problem);
        Assert.Contains("/data/run/state", failure.Message);
        Assert.Contains(cause.Message, failure.Message);
        Assert.Contains(remedy, failure.Message);
        Assert.Same(failure, StorageException.Of("/elsewhere", failure));
    }

    [Fact]
    public void A_full_disk_leaves_the_earlier_file_and_nothing_else()
    {
        using var disk = new SmallDisk(kibibytes: 256);
        AtomicFile.WriteText(disk["file"], "before");
        disk.Fill(leave: 8192);
        var failure = Assert.Throws<StorageException>(() => AtomicFile.Write(disk["file"], new byte[65536]));
        Assert.Equal(StorageProblem.Full, failure.Problem);
        Assert.Equal("before", File.ReadAllText(disk["file"]));
        Assert.Equal([disk["ballast"], disk["file"]], Directory.GetFiles(disk.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_read_only_file_system_is_named()
    {
        using var disk = new SmallDisk(kibibytes: 64);
        disk.MakeReadOnly();
        Assert.Equal(StorageProblem.ReadOnly, Assert.Throws<StorageException>(() => AtomicFile.WriteText(disk["file"], "text")).Problem);
    }
}
