using PlaNet.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PlaNet.Tests.Tensors;

/// <summary>
/// Unexpected behaviour of TorchSharp, and what the project uses instead. If a test fails after an update of TorchSharp, its workaround may
/// be unnecessary.
/// </summary>
public sealed class TorchSharpTests
{
    [Fact]
    public void A_parameter_of_TorchSharp_is_disposed_with_its_scope_and_one_of_Layouts_is_not()
    {
        Holder plain, kept;
        using (NewDisposeScope())
        {
            plain = new Holder(new Parameter(ones(2)));
            kept = new Holder(Layouts.Parameter(ones(2)));
            Assert.Equal(["weight"], plain.state_dict().Keys);
        }

        Assert.Empty(plain.parameters());
        Assert.Empty(plain.state_dict());
        Numbers.Equal([1, 1], Assert.Single(kept.state_dict()).Value);
        plain.Dispose();
        kept.Dispose();
    }

    [Fact]
    public void A_module_registers_the_modules_of_a_module_list_but_not_of_an_array()
    {
        using var array = new InAnArray([new Holder(Layouts.Parameter(ones(1))), new Holder(Layouts.Parameter(ones(1)))]);
        using var list = new InAList(new Holder(Layouts.Parameter(ones(1))), new Holder(Layouts.Parameter(ones(1))));
        Assert.Empty(array.parameters());
        Assert.Equal(["inner.0.weight", "inner.1.weight"], list.state_dict().Keys);
    }

    [Fact]
    public void Equal_compares_element_by_element_and_SameAs_whole_tensors()
    {
        using var scope = NewDisposeScope();
        var (one, other) = (tensor([1f, 2f]), tensor([1f, 3f]));
        Assert.Equal([true, false], equal(one, other).data<bool>().ToArray());
        Assert.False(one.SameAs(other));
        Assert.True(one.SameAs(tensor([1f, 2f])));

        // Tensors of different shapes are different even if their elements are equal.
        Assert.False(ones(2).SameAs(ones(1, 2)));
        Assert.False(ones(1).SameAs(ones(2)));
        Assert.True(zeros(0).SameAs(zeros(0)));
        Assert.False(tensor([float.NaN]).SameAs(tensor([float.NaN])));
    }

    [Fact]
    public void The_softplus_that_owns_its_numbers_is_that_of_TorchSharp()
    {
        using var scope = NewDisposeScope();
        var (one, other) = (linspace(-30, 30, 601).requires_grad_(), linspace(-30, 30, 601).requires_grad_());
        var (own, theirs) = (one.Softplus(), nn.functional.softplus(other));
        Assert.True(own.SameAs(theirs));
        own.square().sum().backward();
        theirs.square().sum().backward();
        Assert.True(one.grad!.SameAs(other.grad!));
    }

    [Fact]
    public void Every_read_of_a_gradient_creates_a_handle_in_the_scope_of_the_reader()
    {
        using var parameter = new Parameter(ones(2));
        parameter.square().sum().backward();
        Tensor first;
        using (NewDisposeScope())
        {
            first = parameter.grad!;
            Assert.NotSame(first, parameter.grad);
        }

        Assert.True(first.IsInvalid);
        Numbers.Equal([2, 2], parameter.grad!);
    }

    // Tensor.TotalCount still counts the values, which LeakTests takes into account.
    [Fact]
    public void A_parameter_takes_over_the_handle_of_its_values()
    {
        using var values = ones(2);
        using var parameter = new Parameter(values);
        Assert.True(values.IsInvalid);
        Assert.False(parameter.IsInvalid);
    }

    private sealed class Holder : nn.Module
    {
        private readonly Parameter weight;

        public Holder(Parameter parameter)
            : base(nameof(Holder))
        {
            weight = parameter;
            RegisterComponents();
        }

        public double First => weight[0].ToDouble();
    }

    private sealed class InAnArray : nn.Module
    {
        private readonly Holder[] inner;

        public InAnArray(Holder[] modules)
            : base(nameof(InAnArray))
        {
            inner = modules;
            RegisterComponents();
        }

        protected override void Dispose(bool disposing)
        {
            foreach (var module in inner)
            {
                module.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    private sealed class InAList : nn.Module
    {
        private readonly ModuleList<Holder> inner;

        public InAList(params Holder[] modules)
            : base(nameof(InAList))
        {
            inner = new ModuleList<Holder>(modules);
            RegisterComponents();
        }

        public int Count => inner.Count;
    }
}
