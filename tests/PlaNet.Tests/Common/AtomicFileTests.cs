using PlaNet.Common;

namespace PlaNet.Tests.Common;

public sealed class AtomicFileTests
{
    [Fact]
    public void A_file_is_written_and_replaced_whole()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["state"], "first, and long");
        AtomicFile.WriteText(folder["state"], "second");
        Assert.Equal("second", File.ReadAllText(folder["state"]));
        Assert.Equal(["state"], folder.Names());
    }

    [Fact]
    public void A_writer_that_fails_half_way_leaves_the_earlier_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["state"], "earlier");
        var exception = Assert.Throws<StorageException>(() => AtomicFile.Write(folder["state"], stream =>
        {
            stream.Write(new byte[100_000]);
            throw new IOException("No space left on device");
        }));
        Assert.Contains(folder["state"], exception.Message);
        Assert.Contains("No space left on device", exception.Message);
        Assert.Equal("earlier", File.ReadAllText(folder["state"]));
        Assert.Equal(["state"], folder.Names());
    }

    [Fact]
    public void A_bug_in_the_writer_is_not_mistaken_for_a_full_disk()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder["state"], _ => throw new InvalidOperationException("bug")));
        Assert.Empty(folder.Names());
    }

    [Fact]
    public void A_rename_that_fails_leaves_no_temporary_file()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["state"]);
        Assert.Contains(folder["state"], Assert.Throws<StorageException>(() => AtomicFile.WriteText(folder["state"], "text")).Message);
        Assert.Equal(["state"], folder.Names());
    }

    [Fact]
    public void A_missing_folder_is_named_in_the_error()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder["missing"], "state");
        Assert.Contains(path, Assert.Throws<StorageException>(() => AtomicFile.WriteText(path, "text")).Message);
        Assert.Contains("missing", Assert.Throws<IOException>(() => AtomicFile.FlushFolder(folder["missing"])).Message);
    }

    [Fact]
    public void Readers_see_the_earlier_file_until_the_new_one_is_complete()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["state"], "earlier");
        AtomicFile.Write(folder["state"], stream =>
        {
            stream.Write("later"u8);
            stream.Flush();
            Assert.Equal("earlier", File.ReadAllText(folder["state"]));
        });
        Assert.Equal("later", File.ReadAllText(folder["state"]));
    }
}
