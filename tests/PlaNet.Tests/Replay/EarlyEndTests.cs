using PlaNet.Common;
using PlaNet.Replay;

namespace PlaNet.Tests.Replay;

/// <summary>Chunks of episodes that end early.</summary>
public sealed class EarlyEndTests
{
    /// <summary>All selections of chunks.</summary>
    public static TheoryData<ChunkSelection> Selections => [ChunkSelection.Uniform, ChunkSelection.Flat, ChunkSelection.Periods(4)];

    [Theory]
    [MemberData(nameof(Selections))]
    public void Shorter_episodes_are_sampled_and_padded_with_zeros(ChunkSelection selection)
    {
        var sampler = Sampler(selection, ("short", 4, EpisodeEnd.Terminated), ("long", 30, EpisodeEnd.Truncated));
        Assert.Equal((0, true), (sampler.TooShort, sampler.CanSample));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        ChunkBatch? batch = null;
        for (var number = 0; number < 40; number++)
        {
            batch = sampler.Sample(batch, number);
            foreach (var (i, origin) in batch.Origins.Index())
            {
                seen.Add(origin.Episode);
                var rows = origin.Episode == "short" ? 4 : 10;
                Assert.Equal(rows, batch.Lengths![i]);
                var rewards = batch.Rewards[(10 * i)..(10 * (i + 1))];
                var first = origin.Episode == "short" ? 1000 : 2000;
                Assert.Equal(
                    Enumerable.Range(origin.Start, rows).Select(row => row == 0 ? 0 : first + row + 0.5f)
                        .Concat(new float[10 - rows]),
                    rewards);
                Assert.All(batch.Images[(30 * i)..(30 * (i + 1))][(3 * rows)..], value => Assert.Equal(0, value));
                Assert.All(batch.Actions[(10 * i)..(10 * (i + 1))][rows..], value => Assert.Equal(0, value));
            }
        }

        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public void A_terminal_row_is_flagged_wherever_its_chunk_starts_and_a_truncated_end_is_not()
    {
        var sampler = Sampler(
            ChunkSelection.Uniform,
            ("a", 12, EpisodeEnd.Terminated),
            ("b", 12, EpisodeEnd.Truncated),
            ("c", 5, EpisodeEnd.Terminated),
            ("d", 12, null));
        var flagged = 0;
        for (var number = 0; number < 100; number++)
        {
            var batch = sampler.Sample();
            foreach (var (i, origin) in batch.Origins.Index())
            {
                var end = origin.Episode == "c" ? 4 : 11;
                var flags = Enumerable.Range(0, 10).Select(row => origin.Episode is "a" or "c" && origin.Start + row == end).ToArray();
                Assert.Equal(flags, batch.Terminated![(10 * i)..(10 * (i + 1))]);
                flagged += flags.Count(flag => flag);
            }
        }

        Assert.True(flagged > 50);
    }

    // Of 50 rows, each in the middle is in 10 chunks of 10 rows. With starts drawn from the 41 valid ones the last would be in one.
    [Fact]
    public void A_terminal_row_is_as_frequent_as_a_row_in_the_middle_and_a_truncated_last_row_is_not()
    {
        double LastPerMiddle(EpisodeEnd end)
        {
            var sampler = Sampler(ChunkSelection.Uniform, ("a", 50, end));
            var counts = new int[50];
            for (var number = 0; number < 4000; number++)
            {
                foreach (var origin in sampler.Draw())
                {
                    for (var row = origin.Start; row < origin.Start + 10; row++)
                    {
                        counts[row]++;
                    }
                }
            }

            return counts[^1] / counts[20..30].Average();
        }

        Assert.InRange(LastPerMiddle(EpisodeEnd.Terminated), 0.95, 1.05);
        Assert.InRange(LastPerMiddle(EpisodeEnd.Truncated), 0.08, 0.12);
    }

    [Theory]
    [MemberData(nameof(Selections))]
    public void Truncated_episodes_longer_than_a_chunk_give_the_same_draws_as_without_early_ends(ChunkSelection selection)
    {
        (string, int, EpisodeEnd?)[] episodes = [("a", 12, EpisodeEnd.Truncated), ("b", 40, null)];
        var source = new Source(episodes);
        var plain = new ChunkSampler(source, 5, 10, new RandomStream(7), ["a", "b"], selection);
        var early = new ChunkSampler(source, 5, 10, new RandomStream(7), ["a", "b"], selection, earlyEnds: true);
        for (var number = 0; number < 30; number++)
        {
            var (expected, actual) = (plain.Sample(batch: number), early.Sample(batch: number));
            Assert.Equal(expected.Origins, actual.Origins);
            Assert.Equal(expected.Rewards, actual.Rewards);
            Assert.Null(expected.Lengths);
            Assert.Null(expected.Terminated);
            Assert.All(actual.Lengths!, length => Assert.Equal(10, length));
        }
    }

    [Fact]
    public void A_batch_of_the_other_kind_is_not_reused()
    {
        var source = new Source(("a", 50, EpisodeEnd.Truncated));
        var plain = new ChunkSampler(source, 5, 10, new RandomStream(7), ["a"]).Sample();
        var early = new ChunkSampler(source, 5, 10, new RandomStream(7), ["a"], earlyEnds: true);
        var batch = early.Sample(plain);
        Assert.NotSame(plain, batch);
        Assert.Same(batch, early.Sample(batch));
    }

    private static ChunkSampler Sampler(ChunkSelection selection, params (string Name, int Length, EpisodeEnd? End)[] episodes) => new(
        new Source(episodes), 5, 10, new RandomStream(3), episodes.Select(episode => episode.Name), selection, earlyEnds: true);

    private sealed class Source(params (string Name, int Length, EpisodeEnd? End)[] episodes) : IEpisodeSource
    {
        private readonly Dictionary<string, Episode> _episodes = episodes
            .Select((episode, i) => Recordings.Numbered(episode.Name, (byte)(i + 1), episode.Length, episode.End))
            .ToDictionary(episode => episode.Name, StringComparer.Ordinal);

        public EpisodeEntry Describe(string name) =>
            new(name, _episodes[name].Length, _episodes[name].Return, 0) { End = _episodes[name].End };

        public Episode Load(string name) => _episodes[name];
    }
}
