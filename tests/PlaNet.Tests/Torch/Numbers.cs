using PlaNet.Torch;

namespace PlaNet.Tests.Torch;

/// <summary>Reading and comparing tensors in tests.</summary>
internal static class Numbers
{
    /// <summary>The elements in row-major order, as doubles.</summary>
    internal static double[] Of(torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        return tensor.detach().to(torch.float64).data<double>().ToArray();
    }

    internal static void Equal(double[] expected, torch.Tensor actual, double tolerance = 1e-6)
    {
        var values = Of(actual);
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < values.Length; i++) Assert.Equal(expected[i], values[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
    }

    internal static torch.Tensor Random(long[] shape, ulong seed)
    {
        using var generator = new torch.Generator(seed);
        return torch.randn(shape, torch.float64, generator: generator);
    }

    /// <summary>Autograd's derivative of a function's (weighted) sum against central differences, at every element of every input.</summary>
    internal static void AgreeWithDifferences(Func<torch.Tensor[], torch.Tensor> function, torch.Tensor[] at, double tolerance = 1e-6)
    {
        const double step = 1e-5;
        using var scope = torch.NewDisposeScope();
        var weights = Random(function(at).shape, 991);
        double Value() => (function(at) * weights).sum().ToDouble();
        foreach (var input in at) input.requires_grad = true;
        var gradients = torch.autograd.grad([(function(at) * weights).sum()], at);
        foreach (var input in at) input.requires_grad = false;
        for (var i = 0; i < at.Length; i++)
        {
            var expected = Of(gradients[i]!);
            var values = Of(at[i]);
            for (var j = 0; j < values.Length; j++)
            {
                var changed = (double[])values.Clone();
                changed[j] = values[j] + step;
                at[i].copy_(torch.tensor<double>(changed, at[i].shape));
                var above = Value();
                changed[j] = values[j] - step;
                at[i].copy_(torch.tensor<double>(changed, at[i].shape));
                var below = Value();
                Assert.Equal(expected[j], (above - below) / (2 * step), tolerance * Math.Max(1, Math.Abs(expected[j])));
            }

            at[i].copy_(torch.tensor<double>(values, at[i].shape));
        }
    }
}
