using PlaNet.Torch;
using static PlaNet.Torch.torch;
using static PlaNet.Torch.torch.nn.functional;

namespace PlaNet.Tests.Torch;

public sealed class ConvTranspose2dTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1, 1, 1, 1, 1, 5, 2)]
    [InlineData(2, 3, 4, 3, 2, 3, 1)]
    [InlineData(2, 4, 3, 3, 3, 5, 2)]
    [InlineData(1, 2, 3, 4, 5, 6, 3)]
    public void It_scatters_the_kernel_as_a_scalar_loop_does(int batch, int inputs, int outputs, int height, int width, int kernel, int stride)
    {
        var x = Numbers.Random([batch, inputs, height, width], 1);
        var weight = Numbers.Random([inputs, outputs, kernel, kernel], 2);
        var bias = Numbers.Random([outputs], 3);
        var result = conv_transpose2d(x, weight, bias, strides: [stride, stride]);
        Assert.Equal([batch, outputs, ((height - 1) * stride) + kernel, ((width - 1) * stride) + kernel], result.shape);
        Numbers.Equal(Reference(x, weight, bias, stride), result, 1e-12);
    }

    [Theory]
    [InlineData(3, 6, 2)]
    [InlineData(16, 6, 2)]
    [InlineData(3, 5, 2)]
    [InlineData(3, 4, 1)]
    public void It_agrees_with_libtorchs_own_operator_in_single_precision_and_both_memory_formats(int outputs, int kernel, int stride)
    {
        var native = new PlaNet.Torch.Interop.Operator("conv_transpose2d", "input");
        var x = Numbers.Random([3, 8, 5, 5], 1).to(float32);
        var weight = Numbers.Random([8, outputs, kernel, kernel], 2).to(float32);
        var bias = Numbers.Random([outputs], 3).to(float32);
        var expected = native.Invoke(x, weight, bias, new long[] { stride, stride });
        var plain = conv_transpose2d(x, weight, bias, strides: [stride, stride]);
        var last = conv_transpose2d(x.contiguous(channels_last), weight.contiguous(channels_last), bias, strides: [stride, stride]);
        Assert.True(allclose(expected, plain, 1e-4, 1e-4));
        Assert.True(allclose(expected, last, 1e-4, 1e-4));
        Assert.True(plain.is_contiguous());
        Assert.True(last.is_contiguous(channels_last));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_is_the_adjoint_of_the_convolution(int stride)
    {
        var weight = Numbers.Random([3, 2, 4, 4], 1);
        var x = Numbers.Random([2, 3, 3, 3], 2);
        var up = conv_transpose2d(x, weight, strides: [stride, stride]);
        var y = Numbers.Random(up.shape, 3);
        var left = (up * y).sum().ToDouble();
        var right = (x * conv2d(y, weight, strides: [stride, stride])).sum().ToDouble();
        Assert.Equal(left, right, 1e-10 * Math.Max(1, Math.Abs(left)));
    }

    [Fact]
    public void Its_gradients_agree_with_finite_differences()
    {
        Numbers.AgreeWithDifferences(
            x => conv_transpose2d(x[0], x[1], x[2], strides: [2, 1]),
            [Numbers.Random([2, 2, 3, 2], 1), Numbers.Random([2, 3, 4, 3], 2), Numbers.Random([3], 3)]);
    }

    [Fact]
    public void Its_gradients_can_be_derived_again()
    {
        Numbers.AgreeWithDifferences(
            x =>
            {
                var (input, weight) = (x[0].detach().requires_grad_(), x[1]);
                var watched = x[0].requires_grad ? x[0] : input;
                return autograd.grad([conv_transpose2d(watched, weight, strides: [2, 2]).pow(3).sum()], [watched], create_graph: true)[0]!;
            },
            [Numbers.Random([1, 2, 2, 2], 1), Numbers.Random([2, 1, 3, 3], 2)],
            1e-5);
    }

    [Fact]
    public void Gradients_reach_only_what_asks_for_them()
    {
        var x = Numbers.Random([1, 2, 3, 3], 1);
        var weight = Numbers.Random([2, 2, 3, 3], 2).requires_grad_();
        conv_transpose2d(x, weight, strides: [2, 2]).sum().backward();
        Assert.Null(x.grad);
        Assert.NotNull(weight.grad);
        using (no_grad()) Assert.False(conv_transpose2d(x, weight).requires_grad);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var error = Assert.Throws<TorchException>(() => conv_transpose2d(ones([1, 3, 2, 2]), ones([2, 2, 3, 3])));
        Assert.Contains("3 channels", error.Message, StringComparison.Ordinal);
        Assert.Throws<TorchException>(() => conv_transpose2d(ones([3, 2, 2]), ones([3, 2, 3, 3])));
        Assert.Throws<TorchException>(() => conv_transpose2d(ones([1, 2, 2, 2]), ones([2, 2, 3, 3]), ones(3)));
        Assert.Throws<ArgumentException>(() => conv_transpose2d(ones([1, 2, 2, 2]), ones([2, 2, 3, 3]), strides: [1, 2, 3]));
    }

    private static double[] Reference(Tensor input, Tensor weight, Tensor bias, int stride)
    {
        var x = input.data<double>();
        var w = weight.data<double>();
        var b = bias.data<double>();
        var (n, inputs, h, v) = (input.size(0), input.size(1), input.size(2), input.size(3));
        var (outputs, kernel) = (weight.size(1), weight.size(2));
        var (height, width) = (((h - 1) * stride) + kernel, ((v - 1) * stride) + kernel);
        var result = new double[n * outputs * height * width];
        for (var i = 0; i < result.Length; i++) result[i] = b[i / (height * width) % outputs];
        foreach (var at in Indices(n, inputs, h, v, outputs, kernel, kernel))
        {
            var (image, from, row, column, to, i, j) = (at[0], at[1], at[2], at[3], at[4], at[5], at[6]);
            var target = (((((image * outputs) + to) * height) + (row * stride) + i) * width) + (column * stride) + j;
            result[target] += x[image, from, row, column] * w[from, to, i, j];
        }

        return result;
    }

    private static IEnumerable<long[]> Indices(params long[] sizes)
    {
        for (var at = 0L; at < sizes.Aggregate(1L, (product, size) => product * size); at++)
        {
            var rest = at;
            var index = new long[sizes.Length];
            for (var dim = sizes.Length - 1; dim >= 0; dim--)
            {
                index[dim] = rest % sizes[dim];
                rest /= sizes[dim];
            }

            yield return index;
        }
    }
}
