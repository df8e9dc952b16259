using PlaNet.Tensors;

namespace PlaNet.Inspection;

/// <summary>
/// A histogram of numbers, counted on their device. Its bins are TensorBoard's: limits grow by a tenth from bin to bin, away from zero on
/// both sides, so that small and large numbers are resolved alike.
/// </summary>
/// <param name="Name">What the numbers are.</param>
/// <param name="Min">The smallest number.</param>
/// <param name="Max">The largest number.</param>
/// <param name="Sum">Sum of all numbers.</param>
/// <param name="SumOfSquares">Sum of their squares.</param>
/// <param name="Limits">
/// Upper limit of each bin, ascending and exclusive. The last is the largest double. Neighbouring empty bins are one.
/// </param>
/// <param name="Counts">Numbers in each bin.</param>
public sealed record TensorHistogram(
    string Name,
    double Min,
    double Max,
    double Sum,
    double SumOfSquares,
    IReadOnlyList<double> Limits,
    IReadOnlyList<long> Counts)
{
    private const double Smallest = 1e-12;
    private const double Largest = 1e6;
    private const double Growth = 1.1;

    private static readonly float[] s_limits = AllLimits();

    /// <summary>Counts the numbers of tensors.</summary>
    /// <param name="name">What the numbers are.</param>
    /// <param name="tensors">At least one number in tensors of any shapes, of one floating type and on one device.</param>
    public static TensorHistogram Of(string name, IEnumerable<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var values = cat([.. tensors.Select(values => values.detach().reshape(-1))]).to(ScalarType.Float32);
        var bins = bucketize(values, tensor(s_limits, device: values.device), true, true);
        var moments = stack(
        [
            values.min().to(ScalarType.Float64),
            values.max().to(ScalarType.Float64),
            values.sum(ScalarType.Float64),
            values.Squared().sum(ScalarType.Float64),
        ]);

        // One transfer for all numbers: on a GPU each transfer waits for the device.
        var counts = bincount(bins, null, s_limits.Length + 1).to(ScalarType.Float64);
        var numbers = cat([moments, counts]).cpu().data<double>().ToArray();
        var (limits, counted) = WithoutEmptyRuns(numbers.AsSpan(4));
        return new TensorHistogram(name, numbers[0], numbers[1], numbers[2], numbers[3], limits, counted);
    }

    private static (IReadOnlyList<double> Limits, IReadOnlyList<long> Counts) WithoutEmptyRuns(ReadOnlySpan<double> all)
    {
        var (limits, counts) = (new List<double>(), new List<long>());
        for (var bin = 0; bin < all.Length; bin++)
        {
            var limit = bin < s_limits.Length ? s_limits[bin] : double.MaxValue;
            if (all[bin] == 0 && counts is [.., 0])
            {
                limits[^1] = limit;
            }
            else
            {
                limits.Add(limit);
                counts.Add((long)all[bin]);
            }
        }

        return (limits, counts);
    }

    private static float[] AllLimits()
    {
        var positive = new List<float>();
        for (var limit = Smallest; limit < Largest; limit *= Growth)
        {
            positive.Add((float)limit);
        }

        return [.. positive.AsEnumerable().Reverse().Select(limit => -limit), 0, .. positive];
    }
}
