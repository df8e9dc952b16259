using System.Reflection;
using PlaNet.Torch;
using PlaNet.Torch.Interop;

namespace PlaNet.Tests.Torch;

public sealed class OperatorTests
{
    [Fact]
    public void Every_operator_in_use_exists_in_this_libtorch()
    {
        var operators = typeof(Ops).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Select(field => (Operator)field.GetValue(null)!).ToList();
        Assert.NotEmpty(operators);
        Assert.All(operators, op => op.Resolve());
    }

    [Fact]
    public void Sum_of_two_tensors_and_its_gradient()
    {
        using var scope = torch.NewDisposeScope();
        var a = torch.tensor([1f, 2f, 3f], requires_grad: true);
        var b = (a * 2 + 1).square().sum();
        Assert.Equal(9 + 25 + 49, b.ToSingle());
        b.backward();
        Assert.Equal([12f, 20f, 28f], a.grad!.data<float>().ToArray());
    }
}
