using PlaNet.Common;

namespace PlaNet.Tests.Common;

public sealed class HeldFileTests
{
    [Fact]
    public void One_holds_a_file_and_everybody_sees_it()
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
    public async Task Whoever_only_looks_keeps_nobody_out()
    {
        using var folder = new TemporaryFolder();
        var file = folder["lock"];
        File.WriteAllText(file, "");
        var look = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        Assert.False(HeldFile.IsHeld(file));
        var looked = Task.Delay(TimeSpan.FromMilliseconds(100)).ContinueWith(_ => look.Dispose(), TaskScheduler.Default);
        using var held = HeldFile.TryHold(file);
        Assert.NotNull(held);
        await looked;
    }
}
