using PlaNet.Models;
using PlaNet.Tensors;

namespace PlaNet.Objectives;

/// <summary>
/// Marks the padding in a batch of sequences: the steps after the end of each sequence. Null stands for a batch without padding.
/// </summary>
/// <remarks>The tensors belong to the dispose scope in which the padding was made.</remarks>
public sealed class Padding
{
    private readonly Tensor _padded;
    private readonly Tensor _lengths;

    private Padding(Tensor padded, Tensor lengths)
    {
        _padded = padded;
        _lengths = lengths;
    }

    /// <summary>Whether a step is padding, [batch, time] of bool.</summary>
    public Tensor Padded => _padded;

    /// <summary>Steps of each sequence without padding, [batch] of int64.</summary>
    public Tensor Lengths => _lengths;

    /// <summary>The padding of sequences of given lengths.</summary>
    /// <param name="lengths">Length of each sequence in steps, from 1 to <paramref name="time"/>.</param>
    /// <param name="time">Steps of the padded batch.</param>
    /// <param name="device">Device of the batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1 or above <paramref name="time"/>.</exception>
    public static Padding Of(IReadOnlyList<int> lengths, long time, Device device)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        foreach (var length in lengths)
        {
            if (length < 1 || length > time)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(lengths),
                    length,
                    $"The length of a sequence must be from 1 to {time}, the steps of the padded batch: correct it or extend the batch.");
            }
        }

        var steps = tensor([.. lengths.Select(length => (long)length)], device: device);
        return new Padding(Arithmetic.Indices(time, device).unsqueeze(0) >= steps.unsqueeze(1), steps);
    }

    /// <summary>
    /// The padding of the same sequences without their first <paramref name="offset"/> steps. A sequence may then have no step.
    /// </summary>
    /// <param name="offset">Steps to leave out, from 0 to the number of steps minus 1.</param>
    public Padding From(long offset)
    {
        return offset == 0 ? this : new Padding(
            _padded.narrow(1, offset, _padded.shape[1] - offset), (_lengths - Scalars.Of(offset)).clamp_min(Scalars.Of(0)));
    }

    /// <summary>The padding of every n-th step of the same sequences. A sequence may then have no step.</summary>
    /// <param name="offset">The first step, from 0 to <paramref name="stride"/> minus 1.</param>
    /// <param name="stride">Steps from one to the next, at least 1.</param>
    public Padding Every(long offset, long stride)
    {
        return stride == 1
            ? this
            : new Padding(
                _padded.slice(1, offset, _padded.shape[1], stride),
                _lengths.Plus(Scalars.Of(stride - offset - 1)).clamp_min(Scalars.Of(0)).floor_divide(Scalars.Of(stride)));
    }

    /// <summary>The steps of all sequences without their padding, one after the other.</summary>
    /// <param name="values">[batch, time, ...].</param>
    /// <returns>[steps, ...].</returns>
    public Tensor Steps(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values[_padded.logical_not()];
    }

    /// <summary>A copy with overwritten padding; no gradient reaches the padded values.</summary>
    /// <param name="values">[batch, time, ...].</param>
    /// <param name="value">The value of padded steps.</param>
    public Tensor Fill(Tensor values, double value)
    {
        ArgumentNullException.ThrowIfNull(values);
        var shape = values.shape;
        return values.masked_fill(_padded.reshape([shape[0], shape[1], .. shape.Skip(2).Select(_ => 1L)]), Scalars.Of(value));
    }

    /// <summary>A copy with standard normal padding, which prevents divisions by a padded standard deviation of 0.</summary>
    /// <param name="distribution">[batch, time, features].</param>
    public DiagonalGaussian Fill(DiagonalGaussian distribution)
    {
        ArgumentNullException.ThrowIfNull(distribution);
        return new DiagonalGaussian(Fill(distribution.Mean, 0), Fill(distribution.Stddev, 1));
    }

    /// <summary>The mean of each sequence over its own length; 0 for a sequence without steps.</summary>
    /// <param name="values">[batch, time].</param>
    /// <returns>[batch].</returns>
    public Tensor MeanOverTime(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Fill(values, 0).sum(1) / _lengths.clamp_min(Scalars.Of(1)).to(values.dtype);
    }

    /// <summary>The mean over batch and time: first over the length of each sequence, then over the batch.</summary>
    /// <param name="values">[batch, time].</param>
    /// <param name="padding">The padding; null for none.</param>
    public static Tensor Mean(Tensor values, Padding? padding)
    {
        ArgumentNullException.ThrowIfNull(values);
        return padding is null ? values.mean() : padding.MeanOverTime(values).mean();
    }

    /// <summary>The divergence of every step, in nats; 0 for padded steps.</summary>
    /// <param name="q">The posterior, [batch, time, features].</param>
    /// <param name="p">The prior, the same shape.</param>
    /// <param name="padding">The padding; null for none.</param>
    /// <returns>[batch, time].</returns>
    public static Tensor Divergence(DiagonalGaussian q, DiagonalGaussian p, Padding? padding)
    {
        return padding is null ? DiagonalGaussian.Divergence(q, p) : DiagonalGaussian.Divergence(padding.Fill(q), padding.Fill(p));
    }
}
