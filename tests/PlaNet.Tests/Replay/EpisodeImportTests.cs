using PlaNet.Replay;

namespace PlaNet.Tests.Replay;

/// <summary>Episodes from recordings of other programs, with the arrays and types that these write.</summary>
public sealed class EpisodeImportTests
{
    private const int Rows = 4;

    // As the original PlaNet writes them: the row of the reset has a zero action and reward.
    private static Dictionary<string, NpyArray> PlaNet => new(StringComparer.Ordinal)
    {
        ["image"] = NpyArray.From(Pixels(Rows), Rows, 2, 2, 3),
        ["action"] = NpyArray.From([0.0, 0, 0.25, -1, 1, 0.5, 0, -0.125], Rows, 2),
        ["reward"] = NpyArray.From([0.0, 0.5, 1, 0.25], Rows),
        ["discount"] = NpyArray.From([1.0, 1, 1, 1], Rows),
        ["position"] = NpyArray.From([1.0, 2, 3, 4, 5, 6, 7, 8], Rows, 2),
    };

    [Fact]
    public void A_recording_of_planet_becomes_an_episode_of_singles()
    {
        var (episode, dropped) = Convert(PlaNet);
        Assert.Empty(dropped);
        Assert.Equal(new ImageShape(2, 2), episode.ImageShape);
        Assert.Equal(Pixels(Rows), episode.Image);
        Assert.Equal([0, 0, 0.25f, -1, 1, 0.5f, 0, -0.125f], episode.Action);
        Assert.Equal([0, 0.5f, 1, 0.25f], episode.Reward);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], episode.States["position"]);
        Assert.Equal(EpisodeEnd.Truncated, episode.End);

        // It is one of ours.
        Recordings.Equal(episode, EpisodeFile.FromBytes("a", EpisodeFile.ToBytes(episode)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Grey_images_keep_their_one_channel(bool written)
    {
        var arrays = PlaNet;
        var pixels = Pixels(Rows)[..(Rows * 2 * 3)];
        arrays["image"] = written ? NpyArray.From(pixels, Rows, 2, 3, 1) : NpyArray.From(pixels, Rows, 2, 3);
        var (episode, dropped) = Convert(arrays);
        Assert.Empty(dropped);
        Assert.Equal(new ImageShape(2, 3, 1), episode.ImageShape);
        Assert.Equal(pixels, episode.Image);
        Recordings.Equal(episode, EpisodeFile.FromBytes("a", EpisodeFile.ToBytes(episode)));
    }

    [Fact]
    public void A_recording_of_dreamer_keeps_its_end_and_names_what_was_dropped()
    {
        var arrays = PlaNet;
        arrays["discount"] = NpyArray.From([(Half)1, (Half)1, (Half)1, (Half)0], Rows);
        arrays["is_terminal"] = NpyArray.From([false, false, false, true], Rows);
        arrays["is_first"] = NpyArray.From([true, false, false, false], Rows);
        arrays["is_last"] = NpyArray.From([false, false, false, true], Rows);
        arrays["log/success"] = NpyArray.From(new float[Rows], Rows);
        arrays["second_camera"] = NpyArray.From(Pixels(Rows), Rows, 2, 2, 3);
        arrays["goal"] = NpyArray.From([1f, 2], 2);
        arrays["speed"] = NpyArray.From([0, 1, float.NaN, 1], Rows);
        arrays["seed"] = NpyArray.From([7L]);
        arrays["height"] = NpyArray.From([(sbyte)1, (sbyte)-2, (sbyte)3, (sbyte)4], Rows);
        var (episode, dropped) = Convert(arrays);
        Assert.Equal(EpisodeEnd.Terminated, episode.End);
        Assert.Equal([1, -2, 3, 4], episode.States["height"]);
        Assert.Equal(["height", "position"], episode.States.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["array goal", "array is_first", "array is_last", "array log/success", "array second_camera", "array seed", "array speed"],
            dropped.Select(part => part.What));
        Assert.Contains("is (2), but a state must have 4 rows", dropped[0].Reason);
        Assert.Contains("speed holds NaN", dropped[^1].Reason);
        Assert.Null(episode.Seed);
    }

    [Fact]
    public void Actions_that_are_one_less_than_the_images_follow_the_reset()
    {
        var arrays = PlaNet;
        arrays["action"] = NpyArray.From([0.25f, -1, 1, 0.5f, 0, -0.125f], Rows - 1, 2);
        arrays["reward"] = NpyArray.From([0.5f, 1, 0.25f], Rows - 1, 1);
        arrays["discount"] = NpyArray.From([1f, 1, 0], Rows - 1);
        var (episode, dropped) = Convert(arrays);
        Assert.Empty(dropped);
        Assert.Equal([0, 0, 0.25f, -1, 1, 0.5f, 0, -0.125f], episode.Action);
        Assert.Equal([0, 0.5f, 1, 0.25f], episode.Reward);
        Assert.Equal(EpisodeEnd.Terminated, episode.End);
    }

    [Fact]
    public void Actions_at_their_image_are_moved_only_if_the_user_says_so()
    {
        var arrays = PlaNet;
        arrays["action"] = NpyArray.From([0.25f, -1, 1, 0.5f, 0, -0.125f, 0.75f, 0.75f], Rows, 2);
        arrays["reward"] = NpyArray.From([0.5f, 1, 0.25f, 9], Rows);
        arrays["is_terminal"] = NpyArray.From([false, false, false, true], Rows);
        Assert.Contains("give --rows=out_of", Refusal(arrays));
        var (episode, dropped) = Convert(arrays, new ImportOptions { Rows = ImportedRows.OutOf });
        Assert.Equal([0, 0, 0.25f, -1, 1, 0.5f, 0, -0.125f], episode.Action);
        Assert.Equal([0, 0.5f, 1, 0.25f], episode.Reward);
        Assert.Null(episode.End);
        Assert.Equal(["the last action and reward", "array is_terminal", "array discount"], dropped.Select(part => part.What));
    }

    [Fact]
    public void Other_names_are_given_by_the_user()
    {
        var arrays = PlaNet;
        (arrays["pixels"], arrays["act"]) = (arrays["image"], arrays["action"]);
        arrays.Remove("image");
        arrays.Remove("action");
        Assert.Contains("it has no array 'image', but reward (4)", Refusal(arrays));
        var (episode, _) = Convert(arrays, new ImportOptions { Image = "pixels", Action = "act" });
        Assert.Equal(["position"], episode.States.Keys);
    }

    [Fact]
    public void What_has_more_than_one_reading_or_none_is_refused()
    {
        Refused("image", NpyArray.From(new float[Rows * 12], Rows, 2, 2, 3), "must be (rows, height, width, 3) of |u1");
        Refused("image", NpyArray.From(Pixels(Rows), Rows, 3, 2, 2), "must be (rows, height, width, 3) of |u1");
        Refused("action", NpyArray.From(new long[Rows], Rows), "Store categories one-hot.");
        Refused("action", NpyArray.From(new float[6 * 2], 6, 2), "4 images, 6 actions and 4 rewards");
        Refused("action", NpyArray.From([0f, 0, 3, 0, 0, 0, 0, 0], Rows, 2), "is 3, but actions must lie in [-1, 1]");
        Refused("reward", NpyArray.From([0, 0, double.MaxValue, 0], Rows), "reward holds");
        Refused("reward", NpyArray.From(new float[2 * Rows], Rows, 2), "reward is (4, 2), but must be (rows).");
        Refused("discount", NpyArray.From([1f, 0, 1, 1], Rows), "is true in row 1");
        Refused("is_terminal", NpyArray.From([false, false, false, true], Rows), "is_terminal and discount contradict each other");
        Refused("is_first", NpyArray.From([true, false, true, false], Rows), "is_first is true in row 2 of 4");
        Refused("is_last", NpyArray.From([false, true, false, true], Rows), "is_last is true in row 1 of 4");
        Assert.Throws<EpisodeFileException>(() => EpisodeImport.Convert("a", Bytes(PlaNet)[..^30], new ImportOptions()));

        // Neither 0 nor 1: nothing is known of the end.
        var arrays = PlaNet;
        arrays["discount"] = NpyArray.From([0.99f, 0.99f, 0.99f, 0.99f], Rows);
        var (episode, dropped) = Convert(arrays);
        Assert.Null(episode.End);
        Assert.Equal("array discount", Assert.Single(dropped).What);

        static void Refused(string field, NpyArray array, string reason)
        {
            var arrays = PlaNet;
            arrays[field] = array;
            Assert.Contains(reason, Refusal(arrays));
        }
    }

    [Fact]
    public void An_array_of_a_type_that_cannot_be_read_is_dropped_unless_it_is_needed()
    {
        // Text in place of the position: the header's '<f8' becomes '<U2', of the same length.
        Assert.Contains("position", Dropped("position"));
        Assert.Contains("action: ", Assert.Throws<EpisodeFileException>(() => Dropped("action")).Reason);

        static string Dropped(string field)
        {
            using var stream = new MemoryStream();
            using (var archive = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
            {
                foreach (var (name, array) in PlaNet)
                {
                    using var content = new MemoryStream();
                    NpyFormat.Write(content, array);
                    var bytes = content.ToArray();
                    if (name == field)
                    {
                        var at = bytes.AsSpan().IndexOf("<f8"u8);
                        "<U2"u8.CopyTo(bytes.AsSpan(at));
                    }

                    using var entry = archive.CreateEntry(name + ".npy").Open();
                    entry.Write(bytes);
                }
            }

            return Assert.Single(EpisodeImport.Convert("a", stream.ToArray(), new ImportOptions()).Dropped).What;
        }
    }

    private static byte[] Pixels(int rows) => [.. Enumerable.Range(0, rows * 12).Select(pixel => (byte)(pixel * 5))];

    private static ImportedEpisode Convert(Dictionary<string, NpyArray> arrays, ImportOptions? options = null) =>
        EpisodeImport.Convert("a", Bytes(arrays), options ?? new ImportOptions());

    private static string Refusal(Dictionary<string, NpyArray> arrays) =>
        Assert.Throws<EpisodeFileException>(() => Convert(arrays)).Reason;

    private static byte[] Bytes(Dictionary<string, NpyArray> arrays)
    {
        using var stream = new MemoryStream();
        NpzFile.Write(stream, arrays);
        return stream.ToArray();
    }
}
