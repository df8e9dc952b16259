using System.Buffers.Binary;

namespace PlaNet.Telemetry.TensorBoard;

/// <summary>A value that TensorBoard shows.</summary>
/// <param name="Tag">Name of the value; the part before the first slash is the group in which it is shown.</param>
public abstract record SummaryValue(string Tag);

/// <summary>A point of a curve.</summary>
/// <param name="Tag">Name of the curve.</param>
/// <param name="Value">Any number; TensorBoard stores single precision.</param>
public sealed record ScalarValue(string Tag, double Value) : SummaryValue(Tag);

/// <summary>A histogram.</summary>
/// <param name="Tag">Name of the histogram.</param>
/// <param name="Min">The smallest number.</param>
/// <param name="Max">The largest number.</param>
/// <param name="Sum">Sum of all numbers.</param>
/// <param name="SumOfSquares">Sum of their squares.</param>
/// <param name="Limits">Upper limit of each bin, ascending and exclusive. The lower limit of the first is the lowest double.</param>
/// <param name="Counts">Numbers in each bin.</param>
public sealed record HistogramValue(
    string Tag, double Min, double Max, double Sum, double SumOfSquares, IReadOnlyList<double> Limits, IReadOnlyList<long> Counts)
    : SummaryValue(Tag);

/// <summary>A picture or an animation.</summary>
/// <param name="Tag">Name of the series of pictures.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Content">A PNG or GIF file.</param>
public sealed record ImageValue(string Tag, int Width, int Height, ReadOnlyMemory<byte> Content) : SummaryValue(Tag)
{
    /// <summary>The picture in a file's content.</summary>
    /// <param name="tag">Name of the series of pictures.</param>
    /// <param name="content">A PNG or GIF file.</param>
    /// <exception cref="FormatException">The content is neither.</exception>
    public static ImageValue Of(string tag, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (content.AsSpan().StartsWith("GIF8"u8) && content.Length >= 10)
        {
            return new ImageValue(
                tag,
                BinaryPrimitives.ReadUInt16LittleEndian(content.AsSpan(6)),
                BinaryPrimitives.ReadUInt16LittleEndian(content.AsSpan(8)),
                content);
        }

        // The first chunk of a PNG file begins after a signature of 8 bytes, its length and its name.
        if (content is not [0x89, (byte)'P', (byte)'N', (byte)'G', ..] || content.Length < 24)
        {
            throw new FormatException($"The picture {tag} is neither a GIF nor a PNG file.");
        }

        return new ImageValue(
            tag,
            BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(16)),
            BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(20)),
            content);
    }
}

/// <summary>A text.</summary>
/// <param name="Tag">Name of the text.</param>
/// <param name="Markdown">The text, in Markdown.</param>
public sealed record TextValue(string Tag, string Markdown) : SummaryValue(Tag);

/// <summary>The hyper-parameters of a run, which TensorBoard's page HPARAMS compares between runs.</summary>
/// <param name="Group">Runs of one group are repetitions with other seeds.</param>
/// <param name="Started">Start of the run.</param>
/// <param name="Parameters">Values by name: a number, a text or a truth value.</param>
public sealed record HyperParameters(string Group, DateTimeOffset Started, IReadOnlyList<KeyValuePair<string, object>> Parameters)
    : SummaryValue("_hparams_/session_start_info");
