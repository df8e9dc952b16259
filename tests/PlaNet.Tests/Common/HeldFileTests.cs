using PlaNet.Common;

namespace PlaNet.Tests.Common;

public sealed class HeldFileTests
{
    [Fact]
    public void Only_one_can_hold_a_file_and_others_can_query_it()
    {
        using var folder = new TemporaryFolder();
        var file = folder["lock"];
        Assert.False(HeldFile.IsHeld(file));
        Assert.False(HeldFile.IsHeld(folder["none/lock"]));
        Assert.Throws<DirectoryNotFoundException>(() => HeldFile.TryHold(folder["none/lock"]));
        using (HeldFile.TryHold(file))
        {
            Assert.True(HeldFile.IsHeld(file));
            Assert.Null(HeldFile.TryHold(file));
        }

        Assert.True(File.Exists(file));
        Assert.False(HeldFile.IsHeld(file));
        using var again = HeldFile.TryHold(file);
        Assert.NotNull(again);
    }

    [Fact]
    public async Task A_reader_that_closes_the_file_soon_does_not_prevent_a_hold()
    {
        using var folder = new TemporaryFolder();
        var file = folder["lock"];
        File.WriteAllText(file, "");
        var reader = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        Assert.False(HeldFile.IsHeld(file));
        var closed = Task.Delay(TimeSpan.FromMilliseconds(100)).ContinueWith(_ => reader.Dispose(), TaskScheduler.Default);
        using var held = HeldFile.TryHold(file);
        Assert.NotNull(held);
        await closed;
    }
}
