using PlaNet.Torch;
using static PlaNet.Torch.torch;

namespace PlaNet.Tests.Torch;

public sealed class AutogradTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Functions => new(s_functions.Keys);

    private static readonly Dictionary<string, Func<Tensor[], Tensor>> s_functions = new(StringComparer.Ordinal)
    {
        ["exp, log and square root"] = x => (x[0].square() + 1).log() + x[0].exp() + (x[1].square() + 1).sqrt(),
        ["activations"] = x => x[0].tanh() + x[0].sigmoid() + nn.functional.softplus(x[1]) + nn.functional.elu(x[1]) + nn.functional.silu(x[0]),
        ["matrix product"] = x => x[0].matmul(x[1].t()),
        ["linear"] = x => nn.functional.linear(x[0], x[1], x[1].sum(1)),
        ["reductions"] = x => x[0].sum(0) * x[1].mean([1L]).sum() + x[0].var(0) + x[1].logsumexp(0),
        ["shapes"] = x => cat([x[0], x[1]]).permute(1, 0).reshape(2, -1).narrow(1, 1, 4) * x[0].flatten()[0..4],
        ["gathering"] = x => x[0].gather(1, tensor<long>([0L, 2, 1, 1, 2, 2], [3, 2])) * x[1].index_select(1, tensor([1L, 0L])),
        ["quotient"] = x => x[0] / (x[1].square() + 1) - 2 / (x[1].square() + 2),
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Functions))]
    public void Gradients_agree_with_finite_differences(string function)
    {
        Numbers.AgreeWithDifferences(s_functions[function], [Numbers.Random([3, 3], 1), Numbers.Random([3, 3], 2)]);
    }

    [Fact]
    public void Convolution_gradients_agree_with_finite_differences()
    {
        Numbers.AgreeWithDifferences(
            x => nn.functional.conv2d(x[0], x[1], x[2], strides: [2, 2]),
            [Numbers.Random([2, 2, 5, 6], 1), Numbers.Random([3, 2, 3, 2], 2), Numbers.Random([3], 3)]);
    }

    [Fact]
    public void Backward_adds_to_the_gradients_of_leaves()
    {
        var a = tensor([1f, 2f, 3f], requires_grad: true);
        Assert.Null(a.grad);
        Assert.True(a.is_leaf);
        var loss = ((a * 2) + 1).square().sum();
        Assert.False(loss.is_leaf);
        loss.backward(retain_graph: true);
        Numbers.Equal([12, 20, 28], a.grad!);
        loss.backward();
        Numbers.Equal([24, 40, 56], a.grad!);
        a.grad = null;
        Assert.Null(a.grad);
    }

    [Fact]
    public void Backward_of_more_than_one_number_takes_a_start()
    {
        var a = tensor([1f, 2f], requires_grad: true);
        (a * a).backward([tensor([1f, 10f])]);
        Numbers.Equal([2, 40], a.grad!);
        Assert.Contains("scalar", Assert.Throws<TorchException>(() => (a * a).backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Second_derivatives_come_from_a_differentiable_first()
    {
        var x = tensor([2.0], requires_grad: true);
        var first = autograd.grad([x.pow(3).sum()], [x], create_graph: true)[0]!;
        Numbers.Equal([12], first);
        Numbers.Equal([12], autograd.grad([first.sum()], [x])[0]!);
    }

    [Fact]
    public void An_input_that_takes_no_part_has_no_gradient()
    {
        var x = ones([1], requires_grad: true);
        var y = ones([1], requires_grad: true);
        Assert.Null(autograd.grad([x.sum()], [y], allow_unused: true)[0]);
        Assert.Throws<TorchException>(() => autograd.grad([x.sum()], [y]));
    }

    [Fact]
    public void Gradient_mode_is_left_as_it_was_found()
    {
        var x = ones([1], requires_grad: true);
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (enable_grad()) Assert.True((x * 2).requires_grad);
            Assert.False(is_grad_enabled());
        }

        using (inference_mode()) Assert.False((x * 2).requires_grad);
        Assert.True((x * 2).requires_grad);
        Assert.False((x * 2).detach().requires_grad);
    }
}
