using PlaNet.Common;

namespace PlaNet.Replay;

/// <summary>Which chunks of a list of episodes make a batch (spec 1.7). A value; every way cuts chunks inside one episode.</summary>
public abstract record ChunkSelection
{
    private ChunkSelection()
    {
    }

    /// <summary>The episode uniform with replacement, whatever its length; the start uniform over all that fit.</summary>
    public static ChunkSelection Uniform { get; } = new UniformSelection();

    /// <summary>
    /// Uniform over all starts of all episodes, so that long episodes are drawn more often. Kaixhin's implementation draws from a flat buffer
    /// in the same way, but lets chunks run on into the next episode.
    /// </summary>
    public static ChunkSelection Flat { get; } = new FlatSelection();

    /// <summary>
    /// The loader of the original code: the chunks of a run fall into periods of 1,000; a period picks up to 500 of the episodes that came
    /// since the one before and up to 500 of the older ones, and walks fresh random orders of them. The original also prepares about ten
    /// batches ahead, which is left out.
    /// </summary>
    /// <param name="seed">Seed of the periods: a period's order follows from it, the period's number and the list of episodes.</param>
    public static ChunkSelection Periods(ulong seed) => new PeriodSelection(seed);

    internal sealed record UniformSelection : ChunkSelection;

    internal sealed record FlatSelection : ChunkSelection;

    internal sealed record PeriodSelection(ulong Seed) : ChunkSelection
    {
        public const int Length = 1000;
        public const int MostOfEach = 500;

        /// <summary>The episodes of one period's chunks, by index.</summary>
        /// <param name="period">Number of the period.</param>
        /// <param name="older">Episodes that were there when the period before began: the first of the list.</param>
        /// <param name="all">Episodes that are there when this period begins.</param>
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
            var taken = Math.Min(count, MostOfEach);
            Shuffle(random, indices, taken);
            return indices[..taken];
        }

        // The first few places of a random permutation (Fisher and Yates).
        private static void Shuffle(RandomStream random, int[] items, int places)
        {
            for (var i = 0; i < places; i++)
            {
                var other = i + random.NextInt32(items.Length - i);
                (items[i], items[other]) = (items[other], items[i]);
            }
        }
    }
}
