using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>How the chunks of a batch are selected from a list of episodes. A chunk always lies within one episode.</summary>
public abstract record ChunkSelection
{
    private ChunkSelection()
    {
    }

    /// <summary>
    /// The episode uniformly with replacement, independent of its length; then the start uniformly over all valid starts.
    /// </summary>
    public static ChunkSelection Uniform { get; } = new UniformSelection();

    /// <summary>
    /// Uniformly over all valid starts of all episodes, so long episodes are sampled more often. Kaixhin's implementation samples from a
    /// flat buffer in the same way, but its chunks may cross into the next episode.
    /// </summary>
    public static ChunkSelection Flat { get; } = new FlatSelection();

    /// <summary>
    /// The loader of the original code. The chunks of a run are divided into periods of 1,000. A period takes up to 500 of the episodes
    /// collected since the previous period started and up to 500 older ones, and iterates over them in random order, reshuffled after each
    /// pass. The original code also prepares about ten batches ahead; this implementation does not.
    /// </summary>
    /// <param name="seed">Seed; a period's order depends only on it, the period's number and the list of episodes.</param>
    public static ChunkSelection Periods(ulong seed) => new PeriodSelection(seed);

    internal sealed record UniformSelection : ChunkSelection;

    internal sealed record FlatSelection : ChunkSelection;

    internal sealed record PeriodSelection(ulong Seed) : ChunkSelection
    {
        public const int Length = 1000;
        public const int MaxOfEach = 500;

        /// <summary>The episode of each chunk of a period, as an index into the list of episodes.</summary>
        /// <param name="period">Number of the period, from 0.</param>
        /// <param name="older">Number of episodes when the previous period started; they are the first of the list.</param>
        /// <param name="all">Number of episodes when this period started.</param>
        public int[] Order(long period, int older, int all)
        {
            var random = RandomStream.Fork(Seed, "period", (ulong)period);
            int[] picked = [.. Sample(random, older, all - older), .. Sample(random, 0, older)];
            var order = new int[Length];
            for (var filled = 0; filled < Length; filled += picked.Length)
            {
                Shuffle(random, picked, picked.Length);
                picked.AsSpan(0, Math.Min(picked.Length, Length - filled)).CopyTo(order.AsSpan(filled));
            }

            return order;
        }

        private static int[] Sample(RandomStream random, int first, int count)
        {
            var indices = Enumerable.Range(first, count).ToArray();
            var taken = Math.Min(count, MaxOfEach);
            Shuffle(random, indices, taken);
            return indices[..taken];
        }

        // Fisher-Yates, stopped after the first `count` items.
        private static void Shuffle(RandomStream random, int[] items, int count)
        {
            for (var i = 0; i < count; i++)
            {
                var other = i + random.NextInt32(items.Length - i);
                (items[i], items[other]) = (items[other], items[i]);
            }
        }
    }
}
