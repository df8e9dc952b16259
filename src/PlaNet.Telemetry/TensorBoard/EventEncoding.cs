using System.Globalization;
using Google.Protobuf;

namespace PlaNet.Telemetry.TensorBoard;

/// <summary>
/// The messages of event files: <c>Event</c> and <c>Summary</c> of TensorFlow. They have been the same for years and are few, so their
/// field numbers are written here instead of generated from TensorFlow's files.
/// </summary>
internal static class EventEncoding
{
    private const int FloatType = 1;
    private const int StringType = 7;
    private const int TensorClass = 2;

    /// <summary>The first event of a file: its format.</summary>
    /// <param name="wallTime">Time of the event.</param>
    public static byte[] Version(DateTimeOffset wallTime) => Event(wallTime, 0, output =>
    {
        output.WriteTag(3, WireFormat.WireType.LengthDelimited);
        output.WriteString("brain.Event:2");
    });

    /// <summary>Tells a TensorBoard that shows earlier files of the run to forget what they say of a step and all after it.</summary>
    /// <param name="wallTime">Time of the event.</param>
    /// <param name="step">The first step to forget.</param>
    public static byte[] Restart(DateTimeOffset wallTime, long step) =>
        Event(wallTime, step, output => Nested(output, 7, session => Number(session, 1, 1)));

    /// <summary>An event with values.</summary>
    /// <param name="wallTime">Time of the event.</param>
    /// <param name="step">Step of the values.</param>
    /// <param name="values">At most one for each tag.</param>
    public static byte[] Summary(DateTimeOffset wallTime, long step, IEnumerable<SummaryValue> values) =>
        Event(wallTime, step, output => Nested(output, 5, summary =>
        {
            foreach (var value in values)
            {
                Nested(summary, 1, output => Write(output, value));
            }
        }));

    /// <summary>Step and scalars of an event. Other values have no number.</summary>
    /// <param name="record">An event.</param>
    /// <exception cref="InvalidProtocolBufferException">The record is not an event.</exception>
    public static (long Step, IReadOnlyList<(string Tag, float? Scalar)> Values) Read(ReadOnlyMemory<byte> record)
    {
        var step = 0L;
        var values = new List<(string, float?)>();
        Fields(record.ToArray(), (input, field) =>
        {
            switch (field)
            {
                case 2:
                    step = input.ReadInt64();
                    break;
                case 5:
                    Fields(input.ReadBytes(), (summary, _) => values.Add(Value(summary.ReadBytes())));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        });
        return (step, values);
    }

    private static (string Tag, float? Scalar) Value(ByteString value)
    {
        var tag = "";
        float? scalar = null;
        Fields(value, (input, field) =>
        {
            switch (field)
            {
                case 1:
                    tag = input.ReadString();
                    break;
                case 2:
                    scalar = input.ReadFloat();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        });
        return (tag, scalar);
    }

    private static byte[] Event(DateTimeOffset wallTime, long step, Action<CodedOutputStream> content) => Message(output =>
    {
        Number(output, 1, (wallTime - DateTimeOffset.UnixEpoch).TotalSeconds);
        Number(output, 2, step);
        content(output);
    });

    private static void Write(CodedOutputStream output, SummaryValue value)
    {
        Text(output, 1, value.Tag);
        switch (value)
        {
            case ScalarValue scalar:
                output.WriteTag(2, WireFormat.WireType.Fixed32);
                output.WriteFloat((float)scalar.Value);
                break;
            case ImageValue image:
                Nested(output, 4, picture =>
                {
                    Number(picture, 1, image.Height);
                    Number(picture, 2, image.Width);
                    Number(picture, 3, 3);
                    Bytes(picture, 4, UnsafeByteOperations.UnsafeWrap(image.Content));
                });
                break;
            case HistogramValue histogram:
                Nested(output, 5, bins => Write(bins, histogram));
                break;
            case TextValue text:
                Nested(output, 8, tensor =>
                {
                    Number(tensor, 1, StringType);
                    Nested(tensor, 2, OneElement);
                    Text(tensor, 8, text.Markdown);
                });
                Nested(output, 9, metadata => Metadata(metadata, "text", ByteString.Empty));
                break;
            case HyperParameters session:
                Nested(output, 8, tensor =>
                {
                    Number(tensor, 1, FloatType);
                    Nested(tensor, 2, OneElement);
                    Packed(tensor, 5, [0f], (packed, number) => packed.WriteFloat(number));
                });
                var content = UnsafeByteOperations.UnsafeWrap(Message(data => Nested(data, 3, start => Write(start, session))));
                Nested(output, 9, metadata => Metadata(metadata, "hparams", content));
                break;
            default:
                throw new NotSupportedException($"{value.GetType().Name} cannot be written to an event file.");
        }
    }

    private static void Write(CodedOutputStream output, HistogramValue histogram)
    {
        Number(output, 1, histogram.Min);
        Number(output, 2, histogram.Max);
        Number(output, 3, (double)histogram.Counts.Sum());
        Number(output, 4, histogram.Sum);
        Number(output, 5, histogram.SumOfSquares);
        Packed(output, 6, histogram.Limits, (packed, limit) => packed.WriteDouble(limit));
        Packed(output, 7, histogram.Counts, (packed, count) => packed.WriteDouble(count));
    }

    private static void Write(CodedOutputStream output, HyperParameters session)
    {
        foreach (var (name, value) in session.Parameters)
        {
            Nested(output, 1, entry =>
            {
                Text(entry, 1, name);
                Nested(entry, 2, parameter => Parameter(parameter, value));
            });
        }

        Text(output, 4, session.Group);
        Number(output, 5, (session.Started - DateTimeOffset.UnixEpoch).TotalSeconds);
    }

    // google.protobuf.Value: a number, a text or a truth value.
    private static void Parameter(CodedOutputStream output, object value)
    {
        switch (value)
        {
            case bool flag:
                output.WriteTag(4, WireFormat.WireType.Varint);
                output.WriteBool(flag);
                break;
            case string text:
                Text(output, 3, text);
                break;
            default:
                Number(output, 2, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void Metadata(CodedOutputStream output, string plugin, ByteString content)
    {
        Nested(output, 1, data =>
        {
            Text(data, 1, plugin);
            Bytes(data, 2, content);
        });
        Number(output, 4, TensorClass);
    }

    // A tensor's shape of one dimension of size 1.
    private static void OneElement(CodedOutputStream shape) => Nested(shape, 2, dimension => Number(dimension, 1, 1));

    private static void Number(CodedOutputStream output, int field, double value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed64);
        output.WriteDouble(value);
    }

    private static void Number(CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    private static void Text(CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    private static void Bytes(CodedOutputStream output, int field, ByteString value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(value);
    }

    private static void Packed<T>(CodedOutputStream output, int field, IEnumerable<T> values, Action<CodedOutputStream, T> write) =>
        Nested(output, field, packed =>
        {
            foreach (var value in values)
            {
                write(packed, value);
            }
        });

    private static void Nested(CodedOutputStream output, int field, Action<CodedOutputStream> content) =>
        Bytes(output, field, UnsafeByteOperations.UnsafeWrap(Message(content)));

    private static byte[] Message(Action<CodedOutputStream> content)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            content(output);
        }

        return buffer.ToArray();
    }

    private static void Fields(ByteString message, Action<CodedInputStream, int> read) => Fields(message.CreateCodedInput(), read);

    private static void Fields(byte[] message, Action<CodedInputStream, int> read) => Fields(new CodedInputStream(message), read);

    private static void Fields(CodedInputStream input, Action<CodedInputStream, int> read)
    {
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            read(input, WireFormat.GetTagFieldNumber(tag));
        }
    }
}
