using PlaNet.Common;
using PlaNet.Replay;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Replay;

public sealed class ChunkSamplerTests
{
    [Fact]
    public void Starts_are_uniform_over_all_that_fit_and_both_ends_are_reachable()
    {
        var sampler = new ChunkSampler(new Source([("a", 30)]), 50, 10, new RandomStream(1), ["a"]);
        var counts = new int[21];
        for (var i = 0; i < 1000; i++)
        {
            foreach (var origin in sampler.Draw())
            {
                counts[origin.Start]++;
            }
        }

        Assert.True(counts[0] > 0 && counts[^1] > 0);
        Assert.True(ChiSquare(counts) < 52.4, "chi-square over 20 degrees of freedom: p below 1e-4");
    }

    [Fact]
    public void Episodes_are_equally_likely_whatever_their_length()
    {
        var sampler = new ChunkSampler(new Source([("a", 10), ("b", 50), ("c", 200)]), 50, 10, new RandomStream(2), ["a", "b", "c"]);
        var counts = Enumerable.Range(0, 1000)
            .SelectMany(_ => sampler.Draw())
            .CountBy(origin => origin.Episode)
            .Select(pair => pair.Value)
            .ToArray();
        Assert.Equal(3, counts.Length);
        Assert.True(ChiSquare(counts) < 18.42, "chi-square over 2 degrees of freedom: p below 1e-4");
    }

    [Fact]
    public void A_flat_selection_gives_every_start_of_every_episode_the_same_chance()
    {
        var sampler = new ChunkSampler(
            new Source([("a", 10), ("b", 12), ("c", 25)]), 50, 10, new RandomStream(2), ["a", "b", "c"], ChunkSelection.Flat);
        var counts = Enumerable.Range(0, 400).SelectMany(_ => sampler.Draw()).CountBy(origin => origin).ToDictionary();
        Assert.Equal(1 + 3 + 16, counts.Count);
        Assert.True(ChiSquare([.. counts.Values]) < 50.8, "chi-square over 19 degrees of freedom: p below 1e-4");
    }

    [Fact]
    public void With_up_to_500_episodes_a_period_visits_all_of_them_in_repeated_random_order()
    {
        string[] names = [.. Enumerable.Range(0, 7).Select(i => $"e{i}")];
        var sampler = new ChunkSampler(
            new Source([.. names.Select(name => (name, 10))]), 50, 10, new RandomStream(3), names, ChunkSelection.Periods(4));
        var drawn = Enumerable.Range(0, 20).SelectMany(batch => sampler.Draw(batch)).Select(origin => origin.Episode).ToArray();
        Assert.All(drawn.Chunk(7).Take(142), walk => Assert.Equal(7, walk.Distinct().Count()));
        Assert.All(drawn.CountBy(name => name), pair => Assert.InRange(pair.Value, 142, 143));
        Assert.True(drawn.Chunk(7).Take(142).Select(walk => string.Join(' ', walk)).Distinct().Count() > 130, "the orders repeat");
    }

    [Fact]
    public void New_episodes_are_used_from_the_next_period_on_and_fill_half_of_it_when_there_are_many_old_ones()
    {
        string[] old = [.. Enumerable.Range(0, 600).Select(i => $"old{i}")];
        string[] fresh = [.. Enumerable.Range(0, 500).Select(i => $"new{i}")];
        var source = new Source([.. old.Concat(fresh).Select(name => (name, 10))]);
        var sampler = new ChunkSampler(source, 50, 10, new RandomStream(5), old, ChunkSelection.Periods(6));
        int New(int period) =>
            Enumerable.Range(period * 20, 20)
                .SelectMany(batch => sampler.Draw(batch))
                .Count(origin => origin.Episode.StartsWith("new", StringComparison.Ordinal));
        Assert.Equal(0, New(0));
        Array.ForEach(fresh, name => sampler.Add(name, batch: 21));
        Assert.Equal(0, New(1));
        Assert.Equal(500, New(2));

        // From then on they are old: 500 of 1,100 are picked.
        Assert.InRange(New(3), 150, 350 + 500);
        Assert.NotEqual(500, New(4));
    }

    [Fact]
    public void Periods_follow_from_the_list_and_the_number_of_the_batch_alone()
    {
        var source = new Source([("a", 12), ("b", 300), ("c", 40)]);
        ChunkSampler Make() => new(source, 5, 10, new RandomStream(7), selection: ChunkSelection.Periods(8));
        var through = Make();
        through.Add("a");
        through.Add("b");
        for (var batch = 0; batch < 250; batch++)
        {
            through.Draw(batch);
        }

        through.Add("c", batch: 250);
        for (var batch = 250; batch < 450; batch++)
        {
            through.Draw(batch);
        }

        var resumed = Make();
        resumed.Add("a", 0);
        resumed.Add("b", 0);
        resumed.Add("c", 250);
        Assert.Equal(
            Enumerable.Range(450, 100).SelectMany(batch => through.Draw(batch)).Select(origin => origin.Episode),
            Enumerable.Range(450, 100).SelectMany(batch => resumed.Draw(batch)).Select(origin => origin.Episode));
    }

    [Fact]
    public void Every_chunk_is_a_contiguous_slice_of_one_episode()
    {
        var source = new Source([("a", 12), ("b", 300), ("c", 10)]);
        var sampler = new ChunkSampler(source, 8, 10, new RandomStream(3), ["a", "b", "c"]);
        ChunkBatch? batch = null;
        for (var draw = 0; draw < 50; draw++)
        {
            batch = sampler.Sample(batch);
            for (var chunk = 0; chunk < 8; chunk++)
            {
                var (name, start) = batch.Origins[chunk];
                var episode = source.Load(name);
                Assert.InRange(start, 0, episode.Length - 10);
                Assert.Equal(episode.Image[(3 * start)..(3 * (start + 10))], batch.Images[(30 * chunk)..(30 * (chunk + 1))]);
                Assert.Equal(episode.Action[start..(start + 10)], batch.Actions[(10 * chunk)..(10 * (chunk + 1))]);
                Assert.Equal(episode.Reward[start..(start + 10)], batch.Rewards[(10 * chunk)..(10 * (chunk + 1))]);
            }
        }
    }

    [Fact]
    public void An_episode_as_long_as_a_chunk_is_taken_whole()
    {
        var batch = new ChunkSampler(new Source([("a", 10)]), 3, 10, new RandomStream(4), ["a"]).Sample();
        Assert.All(batch.Origins, origin => Assert.Equal(0, origin.Start));
    }

    /// <summary>All selections of chunks.</summary>
    public static TheoryData<ChunkSelection> Selections => [ChunkSelection.Uniform, ChunkSelection.Flat, ChunkSelection.Periods(4)];

    [Theory]
    [MemberData(nameof(Selections))]
    public void Episodes_shorter_than_a_chunk_are_listed_and_counted_and_the_draws_are_those_without_them(ChunkSelection selection)
    {
        var source = new Source([("short", 9), ("a", 12), ("one", 1), ("b", 30), ("last", 2)]);
        var sampler = new ChunkSampler(source, 5, 10, new RandomStream(4), ["short", "a", "one", "b"], selection);
        var without = new ChunkSampler(source, 5, 10, new RandomStream(4), ["a", "b"], selection);
        sampler.Add("last", batch: 1);
        Assert.Equal(["short", "a", "one", "b", "last"], sampler.Episodes);
        Assert.Equal((3, 0), (sampler.TooShort, without.TooShort));
        Assert.All(Enumerable.Range(0, 50), batch => Assert.Equal(without.Draw(batch), sampler.Draw(batch)));
        Assert.Throws<ArgumentException>(() => sampler.Add("one"));
    }

    [Fact]
    public void Sampling_from_short_episodes_alone_is_an_error_with_the_longest_and_the_remedy()
    {
        var sampler = new ChunkSampler(new Source([("a", 7), ("b", 9)]), 3, 10, new RandomStream(4), ["b", "a"]);
        Assert.False(sampler.CanSample);
        var message = Assert.Throws<InvalidDataException>(() => sampler.Sample()).Message;
        Assert.Contains("replay.chunk_length is 10, but the longest of the 2 recorded episodes has 9 rows", message);
        Assert.Contains("lower replay.chunk_length to 9", message);
    }

    [Fact]
    public void Sampling_without_episodes_is_an_error_with_the_remedy()
    {
        var sampler = new ChunkSampler(new Source([]), 3, 10, new RandomStream(4));
        Assert.Contains("seed_episodes", Assert.Throws<InvalidOperationException>(() => sampler.Sample()).Message);
    }

    [Fact]
    public void A_saved_list_and_generator_state_continue_with_the_same_batches()
    {
        var source = new Source([("a", 12), ("b", 300), ("c", 40)]);
        var sampler = new ChunkSampler(source, 5, 10, new RandomStream(5), ["b", "a"]);
        sampler.Sample();
        sampler.Add("c");
        sampler.Sample();
        var resumed = new ChunkSampler(source, 5, 10, new RandomStream(sampler.RandomState), sampler.Episodes);
        for (var i = 0; i < 10; i++)
        {
            var (expected, actual) = (sampler.Sample(), resumed.Sample());
            Assert.Equal(expected.Origins, actual.Origins);
            Assert.Equal(expected.Images, actual.Images);
        }
    }

    [Fact]
    public void The_order_of_the_list_decides_and_the_order_on_disk_does_not()
    {
        var (one, two) = (new Source([("a", 50), ("b", 50)]), new Source([("b", 50), ("a", 50)]));
        var expected = new ChunkSampler(one, 20, 10, new RandomStream(6), ["a", "b"]).Draw();
        Assert.Equal(expected, new ChunkSampler(two, 20, 10, new RandomStream(6), ["a", "b"]).Draw());
        Assert.NotEqual(expected, new ChunkSampler(two, 20, 10, new RandomStream(6), ["b", "a"]).Draw());
    }

    [Fact]
    public void Gathering_later_gives_the_batch_that_sampling_gives()
    {
        var source = new Source([("a", 12), ("b", 300)]);
        var (ahead, plain) = (
            new ChunkSampler(source, 5, 10, new RandomStream(7), ["a", "b"]),
            new ChunkSampler(source, 5, 10, new RandomStream(7), ["a", "b"]));
        var drawn = Enumerable.Range(0, 5).Select(_ => ahead.Draw()).ToArray();
        Assert.All(drawn, origins => Assert.Equal(plain.Sample().Rewards, ahead.Gather(origins).Rewards));
    }

    [Fact]
    public void A_batch_to_reuse_keeps_its_arrays_and_one_of_another_size_is_replaced()
    {
        var source = new Source([("a", 50)]);
        var sampler = new ChunkSampler(source, 5, 10, new RandomStream(7), ["a"]);
        var batch = sampler.Sample();
        Assert.Same(batch, sampler.Sample(batch));
        var other = new ChunkSampler(source, 4, 10, new RandomStream(7), ["a"]).Sample(batch);
        Assert.NotSame(batch, other);
        Assert.Equal(4, other.Origins.Length);
    }

    [Fact]
    public void Chunks_come_from_a_store_on_disk_as_from_memory()
    {
        using var folder = new TemporaryFolder();
        var store = EpisodeStore.Open(folder.Path, 0);
        var source = new Source([("a", 12), ("b", 300)]);
        store.Add(source.Load("a"));
        store.Add(source.Load("b"));
        var fromDisk = new ChunkSampler(store, 5, 10, new RandomStream(8), ["a", "b"]).Sample();
        var fromMemory = new ChunkSampler(source, 5, 10, new RandomStream(8), ["a", "b"]).Sample();
        Assert.Equal(fromMemory.Images, fromDisk.Images);
        Assert.Equal(fromMemory.Actions, fromDisk.Actions);
        Assert.Equal(fromMemory.Rewards, fromDisk.Rewards);
    }

    private static double ChiSquare(int[] counts)
    {
        var expected = counts.Sum() / (double)counts.Length;
        return counts.Sum(count => Math.Pow(count - expected, 2) / expected);
    }

    private sealed class Source((string Name, int Length)[] episodes) : IEpisodeSource
    {
        private readonly Dictionary<string, Episode> _episodes =
            episodes.Select((episode, i) => Recordings.Numbered(episode.Name, (byte)(i + 1), episode.Length))
                .ToDictionary(episode => episode.Name);

        public EpisodeEntry Describe(string name)
        {
            return new EpisodeEntry(name, _episodes[name].Length, _episodes[name].Return, 0);
        }

        public Episode Load(string name)
        {
            return _episodes[name];
        }
    }
}
