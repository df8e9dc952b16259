using System.Buffers.Binary;
using System.Text;
using PlaNet.Tensors;
using static TorchSharp.torch;

namespace PlaNet.Tests.Tensors;

public sealed class SafetensorsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Every_supported_type_and_shape_is_read_back()
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["f32"] = Numbers.Random([2, 3], 1).to(float32),
            ["f64"] = Numbers.Random([4], 2),
            ["i64"] = tensor([long.MinValue, 0L, long.MaxValue]),
            ["i32"] = tensor([int.MinValue, 7]),
            ["u8"] = tensor(new byte[] { 0, 1, 255 }),
            ["bool"] = tensor([true, false, true]),
            ["bf16"] = Numbers.Random([3], 3).to(bfloat16),
            ["f16"] = Numbers.Random([5], 4).to(float16),
            ["number"] = tensor(3.5f),
            ["nothing"] = zeros([0, 4]),
            ["images"] = Numbers.Random([2, 3, 4, 4], 5).ChannelsLast(),
            ["learned"] = ones([2], requires_grad: true),
        };
        var bytes = Written(tensors, new Dictionary<string, string>(StringComparer.Ordinal) { ["step"] = "12", ["über"] = "\"quoted\"" });
        var (read, metadata) = Safetensors.Read(new MemoryStream(bytes));
        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), read.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, expected) in tensors)
        {
            Assert.Equal(expected.dtype, read[name].dtype);
            Assert.Equal(expected.shape, read[name].shape);
            Assert.True(expected.SameAs(read[name]), name);
        }

        Assert.Equal("12", metadata["step"]);
        Assert.Equal("\"quoted\"", metadata["über"]);
    }

    [Fact]
    public void The_file_is_a_length_a_json_header_and_the_elements()
    {
        var bytes = Written(
            new Dictionary<string, Tensor>(StringComparer.Ordinal)
            {
                ["b"] = tensor(new byte[] { 9, 8 }),
                ["a"] = tensor([1f, 2f, -3f], [1, 3])
            },
            new Dictionary<string, string>(StringComparer.Ordinal) { ["k"] = "v" });
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1,3],"data_offsets":[0,12]},"b":{"dtype":"U8","shape":[2],"data_offsets":[12,14]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal(8 + length + 14, bytes.Length);
        var data = bytes.AsSpan(8 + length);
        Assert.Equal(1f, BinaryPrimitives.ReadSingleLittleEndian(data));
        Assert.Equal(2f, BinaryPrimitives.ReadSingleLittleEndian(data[4..]));
        Assert.Equal(-3f, BinaryPrimitives.ReadSingleLittleEndian(data[8..]));
        Assert.Equal([9, 8], data[12..].ToArray());
    }

    [Fact]
    public void Equal_contents_give_equal_bytes_whatever_the_order_and_layout()
    {
        var x = Numbers.Random([2, 3, 4, 4], 1);
        var one = Written(new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["x"] = x, ["y"] = ones(2) });
        var two = Written(new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["y"] = ones(2), ["x"] = x.ChannelsLast() });
        Assert.Equal(one, two);
    }

    [Fact]
    public void Content_in_memory_is_read_without_a_copy()
    {
        var values = Numbers.Random([1000, 100], 1);
        using var written = new MemoryStream();
        written.Write([1, 2, 3]);
        Safetensors.Write(written, new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["values"] = values });
        written.Write([4, 5]);
        var content = written.GetBuffer().AsMemory(3, (int)written.Length - 5);
        using (var first = Safetensors.Read(content))
        {
            Assert.True(values.SameAs(first.Tensors["values"]));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Safetensors.Read(content).Dispose();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, content.Length / 10);
        var cut = Assert.Throws<InvalidDataException>(() => Safetensors.Read(content[..^1]));
        Assert.Contains("it is cut off", cut.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Safetensors.Read(ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        var bytes = Written(new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["x"] = ones([3]), ["y"] = zeros([2], int64) });
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Safetensors.Read(new MemoryStream(bytes, 0, length)));
        }

        Assert.Throws<InvalidDataException>(() => Safetensors.Read(new MemoryStream([.. bytes, 0])));
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "takes 8")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "0 is expected")]
    [InlineData("""{"x":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", "C64")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "sizes must be 0 or more")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", "cannot be read")]
    [InlineData("""{"x":{"dtype":"F32","data_offsets":[0,4]}}""", "cannot be read")]
    [InlineData(
        """{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""",
        "'y' starts at byte 2")]
    [InlineData("""[1,2,3]""", "cannot be read")]
    [InlineData("""{"x":""", "cannot be read")]
    public void An_invalid_header_is_refused(string header, string reason)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + text.Length + 8];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        var refused = Assert.Throws<InvalidDataException>(() => Safetensors.Read(new MemoryStream(file)));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_foreign_file_is_refused_with_its_name()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(path, "This is a text of more than eight bytes.");
        try
        {
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Safetensors.Read(path)).Message, StringComparison.Ordinal);
            Safetensors.Write(path, new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["x"] = ones(2) });
            using var content = Safetensors.Read(path);
            Numbers.Equal([1, 1], content.Tensors["x"]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_type_without_a_name_in_the_format_is_refused()
    {
        Assert.Throws<ArgumentException>(
            () => Written(new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["x"] = zeros([1], int16) }));
        Assert.Throws<ArgumentException>(
            () => Written(new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["__metadata__"] = zeros(1) }));
    }

    private static byte[] Written(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
