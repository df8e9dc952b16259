using System.Reflection;
using PlaNet.Torch;
using PlaNet.Torch.Interop;
using static PlaNet.Torch.torch;

namespace PlaNet.Tests.Torch;

public sealed class OperatorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Every_operator_in_use_exists_in_this_libtorch()
    {
        var operators = typeof(Ops).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Select(field => (Operator)field.GetValue(null)!).ToList();
        Assert.NotEmpty(operators);
        Assert.All(operators, op => op.Resolve());
    }

    [Fact]
    public void Arithmetic_works_between_tensors_and_numbers_on_both_sides()
    {
        var a = tensor([1.0, 2.0, 4.0]);
        var b = tensor([2.0, 8.0, -1.0]);
        Numbers.Equal([3, 10, 3], a + b);
        Numbers.Equal([-1, -6, 5], a - b);
        Numbers.Equal([2, 16, -4], a * b);
        Numbers.Equal([0.5, 0.25, -4], a / b);
        Numbers.Equal([3, 4, 6], a + 2);
        Numbers.Equal([3, 4, 6], 2 + a);
        Numbers.Equal([-1, 0, 2], a - 2);
        Numbers.Equal([1, 0, -2], 2 - a);
        Numbers.Equal([0.5, 1, 2], a * 0.5);
        Numbers.Equal([0.5, 1, 2], 0.5 * a);
        Numbers.Equal([0.5, 1, 2], a / 2);
        Numbers.Equal([8, 4, 2], 8 / a);
        Numbers.Equal([-1, -2, -4], -a);
        Numbers.Equal([2, 6, 3.5], a.add(b, alpha: 0.5).add(tensor([0.0, 0.0, 0.0])));
        Numbers.Equal([0, -2, 4.5], a.sub(b, 0.5));
    }

    [Fact]
    public void In_place_operators_change_the_tensor_and_return_it()
    {
        var a = tensor([1.0, 2.0, 3.0]);
        Assert.Same(a, a.mul_(2).add_(tensor([1.0, 1.0, 1.0])).sub_(1).div_(2));
        Numbers.Equal([1, 2, 3], a);
        Numbers.Equal([2, 4, 6], a.add_(a.clone(), 1));
        Numbers.Equal([5, 10, 17], a.addcmul_(tensor([1.0, 2.0, 3.0]), tensor([3.0, 3.0, 11.0 / 3]), 1));
        Numbers.Equal([5.5, 9, 17], a.addcdiv_(tensor([1.0, -4.0, 0.0]), tensor([1.0, 2.0, 1.0]), 0.5));
        Numbers.Equal([6, 9, 10], a.clamp_(6, 10));
        Numbers.Equal([7, 7, 7], a.fill_(7));
        Numbers.Equal([0, 0, 0], a.zero_());
        Numbers.Equal([4, 5, 6], a.copy_(tensor([4, 5, 6])));
        Numbers.Equal([2, 5, 8], a.lerp_(tensor([0.0, 5.0, 10.0]), 0.5));
    }

    [Fact]
    public void Elementwise_functions_have_their_values()
    {
        var x = tensor([-2.0, -0.5, 0.0, 1.5]);
        void Check(Func<double, double> expected, Tensor actual) => Numbers.Equal([.. Numbers.Of(x).Select(expected)], actual, 1e-12);
        Check(Math.Exp, x.exp());
        Check(Math.Abs, x.abs());
        Check(value => -value, x.neg());
        Check(Math.Floor, x.floor());
        Check(Math.Ceiling, x.ceil());
        Check(value => Math.Round(value, MidpointRounding.ToEven), x.round());
        Check(value => Math.Sign(value), x.sign());
        Check(Math.Tanh, x.tanh());
        Check(value => 1 / (1 + Math.Exp(-value)), x.sigmoid());
        Check(value => Math.Max(0, value), x.relu());
        Check(value => value > 0 ? value : Math.Exp(value) - 1, x.elu());
        Check(value => value / (1 + Math.Exp(-value)), x.silu());
        Check(value => Math.Log(1 + Math.Exp(value)), x.softplus());
        Check(Math.Sin, x.sin());
        Check(Math.Cos, x.cos());
        Check(value => value * value, x.square());
        Check(value => value * value * value, x.pow(3));
        Check(value => Math.Exp(value) - 1, x.expm1());
        Numbers.Equal([0, Math.Log(3)], tensor([1.0, 3.0]).log());
        Numbers.Equal([Math.Log(2), Math.Log(4)], tensor([1.0, 3.0]).log1p());
        Numbers.Equal([2, 3], tensor([4.0, 9.0]).sqrt());
        Numbers.Equal([0.5, 0.25], tensor([4.0, 16.0]).rsqrt());
        Numbers.Equal([0.5, 0.25], tensor([2.0, 4.0]).reciprocal());
        Numbers.Equal([0.8427007929497149, -0.8427007929497149], tensor([1.0, -1.0]).erf(), 1e-12);
        Numbers.Equal([8, 9], tensor([2.0, 3.0]).pow(tensor([3.0, 2.0])));
    }

    [Fact]
    public void Softplus_stays_finite_far_from_zero()
    {
        Numbers.Equal([0, 1e4, 100], nn.functional.softplus(tensor([-1e4f, 1e4f, 100f])), 1e-5);
    }

    [Fact]
    public void Comparisons_and_conditions()
    {
        var a = tensor([1f, 2f, 3f]);
        var b = tensor([2f, 2f, 2f]);
        Numbers.Equal([0, 1, 0], a.eq(b));
        Numbers.Equal([1, 0, 1], a.ne(2));
        Numbers.Equal([1, 0, 0], a < b);
        Numbers.Equal([1, 1, 0], a <= 2);
        Numbers.Equal([0, 0, 1], a > 2);
        Numbers.Equal([0, 1, 1], a >= b);
        Numbers.Equal([0, 1, 0], (a >= b).logical_and(a <= b));
        Numbers.Equal([1, 0, 1], (a > b).logical_or(a < b));
        Numbers.Equal([1, 0, 1], a.eq(b).logical_not());
        Numbers.Equal([1, 20, 3], where(a.eq(b), b * 10, a));
        Numbers.Equal([1, 9, 3], a.masked_fill(a.eq(b), 9));
        Numbers.Equal([2, 2, 3], a.maximum(b));
        Numbers.Equal([1, 2, 2], minimum(a, b));
        Numbers.Equal([1.5, 2, 2.5], a.clamp(1.5, 2.5));
        Numbers.Equal([2, 2, 3], a.clamp_min(2));
        Numbers.Equal([1, 2, 2], a.clamp_max(2));
        var odd = tensor([1.0, double.NaN, double.PositiveInfinity]);
        Numbers.Equal([1, 0, 0], odd.isfinite());
        Numbers.Equal([0, 1, 0], odd.isnan());
        Numbers.Equal([0, 0, 1], odd.isinf());
        Assert.True(a.eq(b).any().ToBoolean());
        Assert.False(a.eq(b).all().ToBoolean());
        Assert.True(equal(a, a.clone()));
        Assert.False(allclose(a, b));
    }

    [Fact]
    public void Reductions_over_all_elements_and_over_dimensions()
    {
        var x = tensor<double>([1.0, 2, 3, 4, 5, 9], [2, 3]);
        Assert.Equal(24, x.sum().ToDouble());
        Numbers.Equal([5, 7, 12], x.sum(0));
        Numbers.Equal([6, 18], x.sum(-1, keepdim: true));
        Assert.Equal([2, 1], x.sum([1L], keepdim: true).shape);
        Numbers.Equal([24], x.sum([0, 1]));
        Assert.Equal(4, x.mean().ToDouble());
        Numbers.Equal([2, 6], x.mean([1L]));
        Numbers.Equal([1, 7], x.var(1));
        Numbers.Equal([2.0 / 3, 14.0 / 3], x.var(1, unbiased: false));
        Numbers.Equal([1, Math.Sqrt(7)], x.std(1));
        Numbers.Equal([4, 5, 9], x.amax([0L]));
        Numbers.Equal([1, 4], x.amin([1L]));
        Assert.Equal(9, x.max().ToDouble());
        var (values, indexes) = x.max(1);
        Numbers.Equal([3, 9], values);
        Numbers.Equal([2, 2], indexes);
        Numbers.Equal([1, 4], x.min(1).values);
        Assert.Equal(5, x.argmax().ToInt64());
        Numbers.Equal([1, 1, 1], x.argmax(0));
        Assert.Equal(Math.Sqrt(1 + 4 + 9 + 16 + 25 + 81), x.norm().ToDouble(), 1e-12);
        Numbers.Equal([Math.Sqrt(17), Math.Sqrt(29), Math.Sqrt(90)], x.norm(0));
        Numbers.Equal([1, 3, 6, 4, 9, 18], x.cumsum(1));
        Numbers.Equal([6, 180], x.prod(1));
        Assert.Equal(1080, x.prod().ToDouble());
        Numbers.Equal([Math.Log(Math.Exp(1) + Math.Exp(2) + Math.Exp(3))], x.narrow(0, 0, 1).logsumexp(1));
        Numbers.Equal([1], x.select(0, 0).softmax(0).sum());
    }

    [Fact]
    public void Sorting_and_picking()
    {
        var x = tensor([3f, 1f, 2f, 5f]);
        var (values, indexes) = x.topk(2);
        Numbers.Equal([5, 3], values);
        Numbers.Equal([3, 0], indexes);
        Numbers.Equal([1, 2], x.topk(2, largest: false).values);
        var (sorted, order) = x.sort(descending: true);
        Numbers.Equal([5, 3, 2, 1], sorted);
        Numbers.Equal([3, 0, 2, 1], order);
        Numbers.Equal([1, 2, 0, 3], x.argsort());
        Numbers.Equal([2, 2, 3], x.gather(0, tensor([2L, 2L, 0L])));
        Numbers.Equal([1, 5], x.index_select(0, tensor([1L, 3L])));
        Numbers.Equal([3, 9, 2, 5], x.scatter(0, tensor([1L]), tensor([9f])));
        Numbers.Equal([3, 5], x.masked_select(x > 2));
        Numbers.Equal([0, 3], (x > 2).nonzero());
    }

    [Fact]
    public void Matrix_products()
    {
        var a = tensor<float>([1f, 2, 3, 4], [2, 2]);
        var b = tensor<float>([0f, 1, 1, 0], [2, 2]);
        Numbers.Equal([2, 1, 4, 3], a.matmul(b));
        Numbers.Equal([2, 1, 4, 3], a.mm(b));
        Numbers.Equal([2, 1, 4, 3], a.unsqueeze(0).bmm(b.unsqueeze(0)));
        Numbers.Equal([3, 5, 11, 10], a.addmm(a, b).add_(tensor<float>([0f, 2, 4, 3], [2, 2])));
        Numbers.Equal([1, 3, 2, 4], a.t());
        Numbers.Equal([3, 7], a.mv(tensor([1f, 1f])));
        Assert.Equal(11, tensor([1f, 2f]).dot(tensor([3f, 4f])).ToSingle());
        Numbers.Equal([3, 4, 6, 8], tensor([1f, 2f]).outer(tensor([3f, 4f])));
        Numbers.Equal([5, 11], nn.functional.linear(tensor([1f, 2f]), a));
        Numbers.Equal([6, 12], nn.functional.linear(tensor([1f, 2f]), a, tensor([1f, 1f])));
    }

    [Fact]
    public void Shapes_and_views()
    {
        var x = arange(6).reshape(2, 3);
        Assert.Equal([2, 3], x.shape);
        Assert.Equal(6, x.numel());
        Assert.Equal(2, x.dim());
        Assert.Equal(3, x.size(-1));
        Assert.Equal([3, 1], x.stride());
        Assert.Equal(int64, x.dtype);
        Assert.Equal(CPU, x.device);
        Numbers.Equal([1, 2, 4, 5], x.narrow(1, 1, 2));
        Numbers.Equal([1, 4], x.select(1, 1));
        Numbers.Equal([0, 2, 3, 5], x.slice(1, 0, 3, 2));
        Assert.Equal([2, 1, 3], x.unsqueeze(1).shape);
        Assert.Equal([2, 3], x.unsqueeze(1).squeeze(1).shape);
        Assert.Equal([6], x.flatten().shape);
        Assert.Equal([2, 3, 1], x.unflatten(-1, 3, 1).shape);
        Numbers.Equal([0, 3, 1, 4, 2, 5], x.permute(1, 0));
        Numbers.Equal([0, 3, 1, 4, 2, 5], x.transpose(0, 1).contiguous());
        Assert.False(x.transpose(0, 1).is_contiguous());
        Assert.Equal([4, 2, 3], x.expand(4, -1, -1).shape);
        Assert.Equal([2, 3], tensor([1L, 2L, 3L]).expand_as(x).shape);
        Assert.Equal([4, 3], x.repeat(2, 1).shape);
        Numbers.Equal([0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5], x.repeat_interleave(2, 0));
        Numbers.Equal([5, 4, 3, 2, 1, 0], x.flip(0, 1));
        Numbers.Equal([2, 0, 1, 5, 3, 4], x.roll(1, 1));
        Assert.Equal([[2, 2], [2, 1]], x.split(2, 1).Select(part => part.shape));
        Assert.Equal([[2, 1], [2, 2]], x.split([1, 2], 1).Select(part => part.shape));
        Assert.Equal(2, x.chunk(2).Length);
        Assert.Equal([[2], [2], [2]], x.unbind(1).Select(part => part.shape));
        Numbers.Equal([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5], cat([x, x]));
        Assert.Equal([2, 2, 3], stack([x, x], 1).shape);
        Assert.Equal(float32, x.to(float32).dtype);
        Assert.Equal(float64, x.type_as(tensor(1.0)).dtype);
        Numbers.Equal([1, 0, 1, 1], ones([2, 2]).tril());
    }

    [Fact]
    public void Results_beyond_the_first_few_of_a_list_arrive_in_order()
    {
        var parts = arange(100).split(1);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), parts.Select(part => part.ToInt64()));
    }

    [Fact]
    public void Indexing_follows_ranges_numbers_new_dimensions_and_tensors()
    {
        var x = arange(24).reshape(2, 3, 4);
        Numbers.Equal([23], x[1, 2, 3]);
        Numbers.Equal([23], x[-1, -1, -1]);
        Assert.Equal([3, 4], x[0].shape);
        Numbers.Equal([0, 1, 4, 5], x[0, 0..2, 0..2]);
        Numbers.Equal([3, 7, 11], x[0, .., 3]);
        Numbers.Equal([10, 11], x[0, ^1, 2..]);
        Numbers.Equal([8, 9], x[0, 2, ..^2]);
        Assert.Equal([2, 3, 1], x[TensorIndex.Ellipsis, 0..1].shape);
        Assert.Equal([2, 1, 3, 4], x[.., TensorIndex.Null].shape);
        Numbers.Equal([0, 2], x[0, 0, TensorIndex.Slice(step: 2)]);
        Numbers.Equal([3, 0], x[0, 0, tensor([3L, 0L])]);
        Numbers.Equal([22, 23], x[x > 21]);
        x[0, 0] = tensor([9L, 9L, 9L, 9L]);
        Numbers.Equal([9, 9, 9, 9], x[0, 0]);
        x[x > 20] = tensor(0L);
        Assert.Equal(20, x.max().ToInt64());
    }

    [Fact]
    public void Factories_make_what_they_say()
    {
        Numbers.Equal([0, 0], zeros(2));
        Numbers.Equal([1, 1, 1], ones([3], float64));
        Numbers.Equal([2.5, 2.5], full([2], 2.5));
        Numbers.Equal([0, 0.5, 1], linspace(0, 1, 3));
        Numbers.Equal([1, 0, 0, 1], eye(2));
        Numbers.Equal([1, 3], arange(1, 5, 2));
        Assert.Equal(int64, arange(3).dtype);
        Assert.Equal(float32, arange(0.0, 1.0, 0.5).dtype);
        Assert.Equal([2, 3], empty([2, 3]).shape);
        Assert.Equal(float64, zeros_like(ones([2], float64)).dtype);
        Numbers.Equal([1, 1], ones_like(zeros(2)));
        Numbers.Equal([4, 4], full_like(zeros(2), 4));
        Assert.True(ones([1], requires_grad: true).requires_grad);
        Assert.Empty(tensor(3.0).shape);
        var grid = from_array(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Assert.Equal([2, 3], grid.shape);
        Numbers.Equal([1, 2, 3, 4, 5, 6], grid);
    }

    [Fact]
    public void Pixel_shuffle_turns_groups_of_channels_into_blocks()
    {
        var x = arange(8).reshape(1, 4, 1, 2).to(float32);
        Numbers.Equal([0, 2, 1, 3, 4, 6, 5, 7], nn.functional.pixel_shuffle(x, 2));
        Assert.True(equal(x, nn.functional.pixel_unshuffle(nn.functional.pixel_shuffle(x, 2), 2)));
    }

    [Fact]
    public void Convolution_slides_its_kernel()
    {
        var x = arange(16).reshape(1, 1, 4, 4).to(float32);
        var kernel = tensor<float>([1f, 0, 0, 1], [1, 1, 2, 2]);
        Numbers.Equal([5 + 1, 9 + 1, 21 + 1, 25 + 1], nn.functional.conv2d(x, kernel, tensor([1f]), strides: [2, 2]));
        Assert.Equal([1, 1, 5, 5], nn.functional.conv2d(x, kernel, padding: [1, 1]).shape);
    }

    [Fact]
    public void Memory_formats_change_strides_and_nothing_else()
    {
        var x = Numbers.Random([2, 3, 4, 5], 1);
        var last = x.contiguous(channels_last);
        Assert.True(last.is_contiguous(channels_last));
        Assert.False(last.is_contiguous());
        Assert.Equal([60, 1, 15, 3], last.stride());
        Assert.True(equal(x, last));
        Assert.Equal(Numbers.Of(x), Numbers.Of(last));
    }

    [Fact]
    public void Elements_go_in_and_out_by_spans_of_their_type()
    {
        byte[] pixels = [1, 2, 3, 250, 251, 252];
        var x = tensor<byte>(pixels, [2, 3]);
        Assert.Equal(uint8, x.dtype);
        var back = new byte[6];
        x.CopyTo(back.AsSpan());
        Assert.Equal(pixels, back);
        x.t().CopyTo(back.AsSpan());
        Assert.Equal([1, 250, 2, 251, 3, 252], back);
        x.t().CopyFrom<byte>([9, 8, 7, 6, 5, 4]);
        Numbers.Equal([9, 7, 5, 8, 6, 4], x);
        x.bytes[0] = 77;
        Assert.Equal(77, x[0, 0].item<byte>());
        Assert.Equal(8, x.data<byte>()[1, 0]);
        Assert.Throws<ArgumentException>(() => x.data<float>());
        Assert.Throws<ArgumentException>(() => tensor<byte>(pixels, [2, 2]));
        Assert.Throws<ArgumentException>(() => x.CopyTo(new byte[5].AsSpan()));
        Assert.Throws<InvalidOperationException>(() => x.t().bytes.Length);
    }

    [Fact]
    public void An_error_of_libtorch_keeps_its_message_and_kind()
    {
        var shapes = Assert.Throws<TorchException>(() => ones([2, 3]).matmul(ones([2, 3])));
        Assert.Contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", shapes.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", shapes.Message, StringComparison.Ordinal);
        Assert.Equal(TorchErrorKind.Torch, shapes.Kind);
        Assert.Equal(TorchErrorKind.Index, Assert.Throws<TorchException>(() => ones(2).select(0, 5)).Kind);
        Assert.Contains("item()", Assert.Throws<TorchException>(() => ones(2).item()).Message, StringComparison.Ordinal);
        var missing = Assert.Throws<TorchException>(() => new Operator("no_such_operator").Resolve());
        Assert.Contains("no_such_operator", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_are_read_from_their_names()
    {
        Assert.Equal("cuda:1", new Device("cuda:1").ToString());
        Assert.Equal(CPU, new Device("cpu"));
        Assert.Equal(new Device(DeviceType.CUDA), device("cuda"));
        Assert.Throws<ArgumentException>(() => new Device("gpu"));
        Assert.Throws<ArgumentException>(() => new Device("cuda:x"));
    }
}
