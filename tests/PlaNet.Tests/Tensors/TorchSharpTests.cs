using PlaNet.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PlaNet.Tests.Tensors;

/// <summary>
/// Where TorchSharp does something else than one expects, and what the project uses instead. A test that fails here after an update of
/// TorchSharp tells that a detour can go.
/// </summary>
public sealed class TorchSharpTests
{
    [Fact]
    public void A_parameter_of_TorchSharp_vanishes_with_the_scope_it_was_made_in_and_one_of_Layouts_does_not()
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
    public void A_module_does_not_know_the_modules_of_its_arrays_but_those_of_its_lists()
    {
        using var array = new InAnArray([new Holder(Layouts.Parameter(ones(1))), new Holder(Layouts.Parameter(ones(1)))]);
        using var list = new InAList(new Holder(Layouts.Parameter(ones(1))), new Holder(Layouts.Parameter(ones(1))));
        Assert.Empty(array.parameters());
        Assert.Equal(["inner.0.weight", "inner.1.weight"], list.state_dict().Keys);
    }

    [Fact]
    public void Equal_is_one_answer_for_each_element_and_SameAs_one_for_all()
    {
        using var scope = NewDisposeScope();
        var (one, other) = (tensor([1f, 2f]), tensor([1f, 3f]));
        Assert.Equal([true, false], equal(one, other).data<bool>().ToArray());
        Assert.False(one.SameAs(other));
        Assert.True(one.SameAs(tensor([1f, 2f])));

        // Where shapes differ, elements may be equal all the same.
        Assert.False(ones(2).SameAs(ones(1, 2)));
        Assert.False(ones(1).SameAs(ones(2)));
        Assert.True(zeros(0).SameAs(zeros(0)));
        Assert.False(tensor([float.NaN]).SameAs(tensor([float.NaN])));
    }

    [Fact]
    public void Every_read_of_a_gradient_is_another_handle_that_belongs_to_the_scope_of_the_reader()
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

    // Tensor.TotalCount still counts the values, which LeakTests reckons with.
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
