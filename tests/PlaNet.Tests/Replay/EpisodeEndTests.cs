using PlaNet.Replay;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Replay;

/// <summary>The flags of terminal and last rows in the files of episodes.</summary>
public sealed class EpisodeEndTests
{
    [Theory]
    [InlineData(EpisodeEnd.Terminated)]
    [InlineData(EpisodeEnd.Truncated)]
    public void The_end_comes_back_from_disk_and_is_a_flag_of_the_last_row_for_other_programs(EpisodeEnd end)
    {
        using var folder = new TemporaryFolder();
        var episode = Recordings.Random("a", 3, end: end);
        var added = EpisodeStore.Open(folder.Path, 0).Add(episode);
        var store = EpisodeStore.Open(folder.Path, 0);
        Recordings.Equal(episode, store.Load("a"));
        Assert.Equal(end, added.End);
        Assert.Equal(added, Assert.Single(store.List()));
        using var file = File.OpenRead(folder["a.npz"]);
        var arrays = NpzFile.Read(file);
        var terminated = end == EpisodeEnd.Terminated;
        Assert.Equal([false, false, false, terminated], (bool[])arrays["terminated"].Data);
        Assert.Equal([false, false, false, !terminated], (bool[])arrays["truncated"].Data);
    }

    [Fact]
    public void An_episode_without_an_end_has_the_file_that_it_had_before_there_were_flags()
    {
        using var stream = new MemoryStream(EpisodeFile.ToBytes(Recordings.Random("a", 3)));
        Assert.Equal(["image", "action", "reward", "position", "seed", "weights_version"], NpzFile.Read(stream).Keys);
        Assert.Null(EpisodeFile.FromBytes("a", stream.ToArray()).End);
    }

    [Fact]
    public void One_of_the_two_flags_is_enough_and_a_recording_without_an_end_counts_as_truncated()
    {
        bool[] none = [false, false], last = [false, true];
        Assert.Equal(EpisodeEnd.Terminated, Read(("terminated", NpyArray.From(last, 2))).End);
        Assert.Equal(EpisodeEnd.Truncated, Read(("truncated", NpyArray.From(last, 2))).End);
        Assert.Equal(EpisodeEnd.Truncated, Read(("terminated", NpyArray.From(none, 2)), ("truncated", NpyArray.From(none, 2))).End);
    }

    [Fact]
    public void Flags_that_contradict_the_episode_are_refused_with_the_rule()
    {
        bool[] first = [true, false], last = [false, true];
        Refused("terminated is true in row 0, but only the last row, 1", ("terminated", NpyArray.From(first, 2)));
        Refused("truncated is true in row 0", ("truncated", NpyArray.From(first, 2)));
        Refused("both true in the last row", ("terminated", NpyArray.From(last, 2)), ("truncated", NpyArray.From(last, 2)));
        Refused("terminated has the shape (3), but must have (2)", ("terminated", NpyArray.From(new bool[3], 3)));
        Refused("truncated has the shape (2, 1), but must have (2)", ("truncated", NpyArray.From(last, 2, 1)));
        Refused("terminated has the type |u1, but must have |b1 (bool)", ("terminated", NpyArray.From(new byte[2], 2)));
        Refused("terminated has the type <f4", ("terminated", NpyArray.From(new float[2], 2)));
    }

    // NumPy writes 0 and 1 only, but any byte can be in a file.
    [Fact]
    public void A_bool_that_is_neither_0_nor_1_is_refused()
    {
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, NpyArray.From(new bool[] { false, true }, 2));
        var bytes = stream.ToArray();
        bytes[^1] = 2;
        Assert.Contains(
            "holds the byte 2 at position 1",
            Assert.Throws<InvalidDataException>(() => NpyFormat.Read(new MemoryStream(bytes), bytes.Length)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("terminated")]
    [InlineData("truncated")]
    public void A_state_cannot_have_the_name_of_a_flag(string name)
    {
        var refusal = Assert.Throws<ArgumentException>(() => new EpisodeBuilder(new ImageShape(1, 1), 1, [name]));
        Assert.Contains($"'{name}' is not a valid name of a state", refusal.Message, StringComparison.Ordinal);
    }

    private static void Refused(string reason, params (string Name, NpyArray Flags)[] flags)
    {
        Assert.Contains(reason, Assert.Throws<EpisodeFileException>(() => Read(flags)).Reason, StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.npz"], Bytes(flags));
        Assert.Contains(reason, Assert.Single(EpisodeStore.Open(folder.Path, 0).Skipped).Reason, StringComparison.Ordinal);
    }

    private static Episode Read(params (string Name, NpyArray Flags)[] flags) => EpisodeFile.FromBytes("a", Bytes(flags));

    private static byte[] Bytes((string Name, NpyArray Flags)[] flags)
    {
        using var stream = new MemoryStream();
        NpzFile.Write(stream,
        [
            new("image", NpyArray.From(new byte[6], 2, 1, 1, 3)), new("action", NpyArray.From(new float[2], 2, 1)),
            new("reward", NpyArray.From(new float[2], 2)),
            .. flags.Select(flag => new KeyValuePair<string, NpyArray>(flag.Name, flag.Flags)),
        ]);
        return stream.ToArray();
    }
}
