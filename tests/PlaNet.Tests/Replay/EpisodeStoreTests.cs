using System.Security.Cryptography;
using PlaNet.Common;
using PlaNet.Replay;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Replay;

public sealed class EpisodeStoreTests
{
    [Fact]
    public void An_episode_comes_back_from_disk_as_it_was_recorded()
    {
        using var folder = new TemporaryFolder();
        var episode = Recordings.Random("a", 9);
        var added = EpisodeStore.Open(folder.Path, 0).Add(episode);
        var store = EpisodeStore.Open(folder.Path, 0);
        Recordings.Equal(episode, store.Load("a"));
        Assert.Equal(added, Assert.Single(store.List()));
        Assert.Equal(new EpisodeEntry("a", 10, episode.Return, new FileInfo(folder["a.npz"]).Length), added);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder["a.npz"]))), store.Sha256("a"));
        Assert.Empty(store.Skipped);
    }

    [Fact]
    public void Arrays_of_wider_numbers_are_read_as_32_bit()
    {
        using var folder = new TemporaryFolder();
        using (var file = File.Create(folder["wide.npz"]))
        {
            NpzFile.Write(file,
            [
                new("image", NpyArray.From(new byte[6], 2, 1, 1, 3)), new("action", NpyArray.From([0.0, 0.25], 2, 1)),
                new("reward", NpyArray.From([0.0, 0.5], 2)), new("count", NpyArray.From([3L, 4L], 2)),
                new("grid", NpyArray.From(new double[8], 2, 2, 2)),
            ]);
        }

        var episode = EpisodeStore.Open(folder.Path, 0).Load("wide");
        Assert.Equal([0f, 0.25f], episode.Action);
        Assert.Equal([0f, 0.5f], episode.Reward);
        Assert.Equal([3f, 4f], episode.States["count"]);
        Assert.Equal(8, episode.States["grid"].Length);
        Assert.Null(episode.Seed);
        Assert.Null(episode.WeightsVersion);
    }

    [Fact]
    public void A_file_torn_at_any_byte_is_skipped_by_name_and_left_where_it_is()
    {
        using var folder = new TemporaryFolder();
        var whole = EpisodeFile.ToBytes(Recordings.Random("torn", 1, side: 1, actionSize: 1));
        EpisodeStore.Open(folder.Path, 0).Add(Recordings.Random("good", 3));
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder["torn.npz"], whole[..length]);
            var store = EpisodeStore.Open(folder.Path, 0);
            Assert.Equal("good", Assert.Single(store.List()).Name);
            var skipped = Assert.Single(store.Skipped);
            Assert.Equal("torn.npz", skipped.FileName);
            Assert.NotEmpty(skipped.Reason);
            Assert.Throws<KeyNotFoundException>(() => store.Load("torn"));
            Assert.True(File.Exists(folder["torn.npz"]));
        }

        File.WriteAllBytes(folder["torn.npz"], whole);
        Assert.Equal(2, EpisodeStore.Open(folder.Path, 0).Count);
    }

    [Fact]
    public void A_flipped_byte_never_changes_images_actions_or_rewards_unnoticed()
    {
        var episode = Recordings.Random("flip", 1, side: 2, actionSize: 1);
        var bytes = EpisodeFile.ToBytes(episode);
        var refused = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x15;
            try
            {
                var back = EpisodeFile.FromBytes("flip", bytes);
                Assert.Equal(episode.Image, back.Image);
                Assert.Equal(episode.Action, back.Action);
                Assert.Equal(episode.Reward, back.Reward);
            }
            catch (EpisodeFileException)
            {
                refused++;
            }

            bytes[i] ^= 0x15;
        }

        Assert.True(refused > bytes.Length / 2, $"only {refused} of {bytes.Length} damaged files were refused");
        Recordings.Equal(episode, EpisodeFile.FromBytes("flip", bytes));
    }

    [Fact]
    public void Foreign_files_are_skipped_with_a_reason_and_never_fatal()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["notes.txt"], "hello");
        File.WriteAllText(folder["text.npz"], "hello");
        File.WriteAllText(folder["bad name.npz"], "hello");
        using (var file = File.Create(folder["weights.npz"]))
        {
            NpzFile.Write(file, [new("w", NpyArray.From(new float[4], 2, 2))]);
        }

        using (var file = File.Create(folder["lengths.npz"]))
        {
            NpzFile.Write(file,
            [
                new("image", NpyArray.From(new byte[6], 2, 1, 1, 3)), new("action", NpyArray.From(new float[3], 3, 1)),
                new("reward", NpyArray.From(new float[2], 2)),
            ]);
        }

        Directory.CreateDirectory(folder["folder.npz"]);
        var store = EpisodeStore.Open(folder.Path, 0);
        store.Add(Recordings.Random("good", 3));
        Assert.Equal(
            ["bad name.npz", "lengths.npz", "notes.txt", "text.npz", "weights.npz"],
            store.Skipped.Select(skipped => skipped.FileName));
        Assert.Contains("image", store.Skipped.Single(skipped => skipped.FileName == "weights.npz").Reason);
        Assert.Contains("action", store.Skipped.Single(skipped => skipped.FileName == "lengths.npz").Reason);
        Assert.Equal(1, store.Count);
    }

    [Fact]
    public void Temporary_files_of_a_killed_writer_are_deleted_when_the_owner_opens_the_folder_and_kept_by_readers()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[".a.npz.x1y2.tmp"], "half an episode");
        var reader = EpisodeStore.Open(folder.Path, 0, readOnly: true);
        Assert.Equal([".a.npz.x1y2.tmp"], folder.Names());
        Assert.Throws<InvalidOperationException>(() => reader.Add(Recordings.Random("a", 1)));
        Assert.Empty(EpisodeStore.Open(folder.Path, 0).Skipped);
        Assert.Empty(folder.Names());
    }

    [Fact]
    public void Adding_the_same_episode_again_changes_nothing_and_a_different_one_needs_replace()
    {
        using var folder = new TemporaryFolder();
        var store = EpisodeStore.Open(folder.Path, 1 << 20);
        var (first, other) = (Recordings.Random("a", 5, seed: 1), Recordings.Random("a", 7, seed: 2));
        Assert.Equal(store.Add(first), store.Add(Recordings.Random("a", 5, seed: 1)));
        Assert.Contains("a.npz", Assert.Throws<InvalidOperationException>(() => store.Add(other)).Message);
        Recordings.Equal(first, store.Load("a"));
        store.Add(other, replace: true);
        Recordings.Equal(other, store.Load("a"));
        Assert.Equal(8, store.Describe("a").Length);
        Recordings.Equal(other, EpisodeStore.Open(folder.Path, 0).Load("a"));
        Assert.Equal(EpisodeStore.Open(folder.Path, 0).Sha256("a"), store.Sha256("a"));
    }

    [Fact]
    public void A_failed_write_is_an_error_that_names_the_file_and_the_episode_is_not_listed()
    {
        using var folder = new TemporaryFolder();
        var store = EpisodeStore.Open(folder.Path, 1 << 20);
        Directory.CreateDirectory(folder["a.npz"]);
        Assert.Contains("a.npz", Assert.Throws<StorageException>(() => store.Add(Recordings.Random("a", 1))).Message);
        Assert.Equal(0, store.Count);
        Assert.Equal(["a.npz"], folder.Names());
    }

    [Fact]
    public void Memory_stays_within_its_budget_whatever_the_number_of_episodes()
    {
        using var folder = new TemporaryFolder();
        var one = Recordings.Random("size", 20).Bytes;
        var store = EpisodeStore.Open(folder.Path, (3 * one) + 10);
        var episodes = Enumerable.Range(0, 40).Select(i => Recordings.Random($"e{i:00}", 20)).ToArray();
        foreach (var episode in episodes)
        {
            store.Add(episode);
            Assert.InRange(store.CachedBytes, one, 3 * one);
        }

        foreach (var i in Enumerable.Range(0, 200).Select(i => i * 7 % 40))
        {
            Recordings.Equal(episodes[i], store.Load(episodes[i].Name));
            Assert.Equal(3 * one, store.CachedBytes);
        }
    }

    [Fact]
    public void The_least_recently_used_episode_goes_first()
    {
        using var folder = new TemporaryFolder();
        var store = EpisodeStore.Open(folder.Path, 2 * Recordings.Random("size", 20).Bytes);
        store.Add(Recordings.Random("a", 20));
        store.Add(Recordings.Random("b", 20));
        var (a, b) = (store.Load("a"), store.Load("b"));
        Assert.Same(a, store.Load("a"));
        store.Add(Recordings.Random("c", 20));
        Assert.Same(a, store.Load("a"));
        Assert.NotSame(b, store.Load("b"));
    }

    [Fact]
    public void An_episode_larger_than_the_budget_is_read_from_disk_every_time()
    {
        using var folder = new TemporaryFolder();
        var store = EpisodeStore.Open(folder.Path, 10);
        var episode = Recordings.Random("a", 20);
        store.Add(episode);
        Recordings.Equal(episode, store.Load("a"));
        Assert.Equal(0, store.CachedBytes);
    }

    [Fact]
    public void Damaged_images_are_noticed_when_the_episode_is_loaded()
    {
        using var folder = new TemporaryFolder();
        EpisodeStore.Open(folder.Path, 0).Add(Recordings.Random("a", 50));
        var bytes = File.ReadAllBytes(folder["a.npz"]);
        bytes[1000] ^= 1;
        File.WriteAllBytes(folder["a.npz"], bytes);
        var store = EpisodeStore.Open(folder.Path, 1 << 20);
        Assert.StartsWith("a is not a readable episode", Assert.Throws<EpisodeFileException>(() => store.Load("a")).Message);
    }

    [Fact]
    public async Task Many_threads_may_add_and_load_at_once()
    {
        using var folder = new TemporaryFolder();
        var store = EpisodeStore.Open(folder.Path, 3 * Recordings.Random("size", 10).Bytes);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                var episode = Recordings.Random($"t{thread}-{i}", 10);
                store.Add(episode);
                Recordings.Equal(episode, store.Load(episode.Name));
                foreach (var entry in store.List())
                {
                    Assert.Equal(entry.Length, store.Load(entry.Name).Length);
                }
            }
        })));
        Assert.Equal(80, store.Count);
        Assert.InRange(store.CachedBytes, 1, 3 * Recordings.Random("size", 10).Bytes);
    }
}
