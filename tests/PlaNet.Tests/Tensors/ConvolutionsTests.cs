using PlaNet.Tensors;
using static TorchSharp.torch;

namespace PlaNet.Tests.Tensors;

public sealed class ConvolutionsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1, 1, 1, 1, 1, 5)]
    [InlineData(2, 3, 4, 3, 2, 4)]
    [InlineData(2, 4, 3, 3, 3, 5)]
    [InlineData(1, 2, 9, 4, 5, 6)]
    [InlineData(1, 2, 9, 2, 1, 3)]
    public void The_transposed_convolution_equals_a_scalar_loop(int batch, int inputs, int outputs, int height, int width, int kernel)
    {
        var x = Numbers.Random([batch, inputs, height, width], 1);
        var weight = Numbers.Random([inputs, outputs, kernel, kernel], 2);
        var bias = Numbers.Random([outputs], 3);
        var result = Convolutions.Transposed(x, weight, bias);
        Assert.Equal([batch, outputs, ((height - 1) * 2) + kernel, ((width - 1) * 2) + kernel], result.shape);
        Numbers.Equal(Reference(x, weight, bias), result, 1e-12);
    }

    // The four layers of the paper's decoder, then few and many channels with even and odd kernels.
    [Theory]
    [InlineData(1024, 128, 1, 5)]
    [InlineData(128, 64, 5, 5)]
    [InlineData(64, 32, 13, 6)]
    [InlineData(32, 3, 30, 6)]
    [InlineData(1, 1, 1, 2)]
    [InlineData(4, 8, 3, 4)]
    [InlineData(4, 8, 3, 5)]
    [InlineData(4, 9, 3, 4)]
    [InlineData(5, 24, 4, 3)]
    [InlineData(3, 2, 6, 1)]
    public void The_transposed_convolution_and_its_gradients_equal_libtorchs(int inputs, int outputs, int side, int kernel)
    {
        var grown = (2 * (side - 1)) + kernel;
        Agree(
            (input, weight, bias) => nn.functional.conv_transpose2d(input, weight, bias, strides: [2, 2]),
            Convolutions.Transposed,
            (_, weight, cotangent) => nn.functional.conv2d(cotangent, weight, strides: [2, 2]),
            [2, inputs, side, side],
            [inputs, outputs, kernel, kernel],
            [2, outputs, grown, grown]);
    }

    // The paper's encoder without its first layer, then inputs that the kernels cover fully, or of which they miss the last row or column.
    [Theory]
    [InlineData(32, 64, 31, 31, 4)]
    [InlineData(64, 128, 14, 14, 4)]
    [InlineData(128, 256, 6, 6, 4)]
    [InlineData(3, 2, 64, 64, 4)]
    [InlineData(2, 3, 9, 10, 4)]
    [InlineData(2, 3, 10, 9, 4)]
    [InlineData(2, 3, 10, 9, 5)]
    [InlineData(2, 3, 9, 10, 5)]
    [InlineData(1, 5, 4, 4, 4)]
    [InlineData(2, 2, 7, 8, 1)]
    [InlineData(2, 2, 7, 8, 2)]
    public void The_convolution_and_its_gradients_equal_libtorchs(int inputs, int outputs, int height, int width, int kernel)
    {
        Agree(
            (input, weight, bias) => nn.functional.conv2d(input, weight, bias, strides: [2, 2]),
            Convolutions.Strided,
            (input, weight, _) => nn.functional.conv2d(input, weight, strides: [2, 2]),
            [2, inputs, height, width],
            [outputs, inputs, kernel, kernel],
            [2, outputs, ((height - kernel) / 2) + 1, ((width - kernel) / 2) + 1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_tensors_that_require_gradients_get_them(bool transposed)
    {
        var apply = transposed ? Convolutions.Transposed : (Func<Tensor, Tensor, Tensor, Tensor>)Convolutions.Strided;
        var bias = zeros([2], float64);
        foreach (var chosen in new[] { 0, 1 })
        {
            Tensor[] tensors = [Numbers.Random([1, 2, 5, 5], 1), Numbers.Random([2, 2, 4, 4], 2)];
            tensors[chosen].requires_grad_();
            apply(tensors[0], tensors[1], bias).sum().backward();
            Assert.NotNull(tensors[chosen].grad);
            Assert.Null(tensors[1 - chosen].grad);
            Assert.Null(bias.grad);
            using (no_grad()) Assert.False(apply(tensors[0], tensors[1], bias).requires_grad);
        }
    }

    // A wrong shape in the backward pass of a custom function ends the process, so it must be refused before.
    [Fact]
    public void Shapes_that_do_not_fit_are_refused_with_what_was_given()
    {
        static void Refused(string named, long[] input, long[] weight, long[] bias)
        {
            foreach (var apply in new Func<Tensor, Tensor, Tensor, Tensor>[] { Convolutions.Transposed, Convolutions.Strided })
            {
                var refused = Assert.Throws<ArgumentException>(
                    () => apply(ones(input).requires_grad_(), ones(weight), ones(bias)).sum().backward());
                Assert.Contains(named, refused.Message, StringComparison.Ordinal);
            }
        }

        Refused("[1, 3, 6, 6]", [1, 3, 6, 6], [2, 2, 4, 4], [2]);
        Refused("[2, 6, 6]", [2, 6, 6], [2, 2, 4, 4], [2]);
        Refused("[1, 2, 6, 6]", [1, 2, 6, 6], [2, 2, 4], [2]);
        Refused("[3]", [1, 2, 6, 6], [2, 2, 4, 4], [3]);
        Refused("[2, 1]", [1, 2, 6, 6], [2, 2, 4, 4], [2, 1]);
    }

    private static void Agree(
        Func<Tensor, Tensor, Tensor, Tensor> native,
        Func<Tensor, Tensor, Tensor, Tensor> custom,
        Func<Tensor, Tensor, Tensor, Tensor> plain,
        long[] inputShape,
        long[] weightShape,
        long[] resultShape)
    {
        var (input, weight, cotangent) = (Numbers.Random(inputShape, 1), Numbers.Random(weightShape, 2), Numbers.Random(resultShape, 3));
        var bias = Numbers.Random([resultShape[1]], 4);

        // In double precision: on some processors libtorch's operators are wrong in single precision for small images and few channels, its
        // strided data gradients for more sizes than the plain convolution that ours consist of (docs/torch.md).
        var expected = WithGradients(native, input, weight, bias, cotangent);
        var (exact, single) = (plain(input, weight, cotangent), plain(input.to(float32), weight.to(float32), cotangent.to(float32)));
        var wrong = ((single - exact).abs().max() / exact.abs().max()).ToDouble();
        Assert.SkipWhen(wrong is > 1e-3 or double.NaN, $"libtorch's own convolution is wrong here on this processor: relative error {wrong}");
        foreach (var (type, tolerance) in new[] { (float64, 1e-12), (float32, 1e-5) })
        {
            foreach (var channelsLast in new[] { false, true })
            {
                Tensor As(Tensor tensor) => channelsLast ? tensor.to(type).ChannelsLast() : tensor.to(type);
                var actual = WithGradients(custom, As(input), As(weight), bias.to(type), As(cotangent));
                foreach (var (what, one, other) in new[] { "result", "input", "weight", "bias" }.Zip(expected, actual))
                {
                    Assert.Equal(one.shape, other.shape);
                    var (largest, error) = (one.abs().max().ToDouble(), (one - other).abs().max().ToDouble());
                    Assert.True(
                        error <= tolerance * Math.Max(1, largest),
                        $"{what}: error {error}, largest {largest}, {type}, channels last: {channelsLast}");
                }
            }
        }
    }

    private static Tensor[] WithGradients(
        Func<Tensor, Tensor, Tensor, Tensor> function, Tensor input, Tensor weight, Tensor bias, Tensor cotangent)
    {
        Tensor[] leaves = [.. new[] { input, weight, bias }.Select(tensor => tensor.detach().requires_grad_())];
        var result = function(leaves[0], leaves[1], leaves[2]);
        (result * cotangent).sum().backward();
        return [result.detach(), .. leaves.Select(leaf => leaf.grad!)];
    }

    private static double[] Reference(Tensor input, Tensor weight, Tensor bias)
    {
        var (x, w, b) = (Numbers.Of(input), Numbers.Of(weight), Numbers.Of(bias));
        var (inputs, h, v) = ((int)input.shape[1], (int)input.shape[2], (int)input.shape[3]);
        var (outputs, kernel) = ((int)weight.shape[1], (int)weight.shape[2]);
        var (height, width) = ((2 * (h - 1)) + kernel, (2 * (v - 1)) + kernel);
        var result = new double[input.shape[0] * outputs * height * width];
        for (var i = 0; i < result.Length; i++) result[i] = b[i / (height * width) % outputs];
        for (var at = 0; at < x.Length; at++)
        {
            var (column, row, from, image) = (at % v, at / v % h, at / (v * h) % inputs, at / (v * h * inputs));
            for (var tap = 0; tap < outputs * kernel * kernel; tap++)
            {
                var (j, i, to) = (tap % kernel, tap / kernel % kernel, tap / (kernel * kernel));
                result[(((((image * outputs) + to) * height) + (2 * row) + i) * width) + (2 * column) + j] +=
                    x[at] * w[(from * outputs * kernel * kernel) + tap];
            }
        }

        return result;
    }
}
