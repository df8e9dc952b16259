using System.Reflection;
using System.Runtime.CompilerServices;
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
    public void Arithmetic_with_numbers_that_live_on_is_that_of_TorchSharp()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (randn(300), randn(300));
        Assert.True(x.Plus(y).SameAs(x + y));
        Assert.True(x.Plus(Scalars.Of(0.1)).SameAs(x + 0.1));
        Assert.True(x.Complement().SameAs(1 - x));
        Assert.True(x.Squared().SameAs(x.square()));
        Assert.Equal(int64, arange(3).Plus(Scalars.Of(2)).dtype);
    }

    [Fact]
    public void Numbers_of_operators_outlive_garbage_collections()
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Made() => new(Scalars.Of(0.123));

        var made = Made();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        GC.WaitForPendingFinalizers();
        Assert.True(made.IsAlive);
        Assert.Same(made.Target, Scalars.Of(0.123));
    }

    // A new version of TorchSharp may have more of them.
    [Fact]
    public void Every_operator_that_makes_a_number_of_its_own_is_banned()
    {
        var banned = File.ReadAllText(Path.Combine(Repository.Root, "src", "PlaNet.Agent", "BannedSymbols.Scalars.txt"));
        Type[] numbers = [typeof(int), typeof(long), typeof(float), typeof(double)];
        var operators = typeof(Tensor).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.Name.StartsWith("op_", StringComparison.Ordinal) && method.ReturnType == typeof(Tensor))
            .Where(method => method.GetParameters() is [var left, var right] && (numbers.Contains(left.ParameterType)
                || numbers.Contains(right.ParameterType) || method.Name == "op_Addition"
                || (method.Name == "op_Subtraction" && left.ParameterType == typeof(Scalar))))
            .ToList();
        Assert.InRange(operators.Count, 40, 100);
        Assert.All(operators, method =>
        {
            var parameters = method.GetParameters().Select(parameter => parameter.ParameterType.FullName!.Replace('+', '.'));
            Assert.Contains($"M:TorchSharp.torch.Tensor.{method.Name}({string.Join(',', parameters)});", banned, StringComparison.Ordinal);
        });
        Assert.All(
            typeof(Scalar).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.Name == "op_Implicit"
                && numbers.Contains(method.GetParameters()[0].ParameterType)),
            method => Assert.Contains(
                $"M:TorchSharp.Scalar.op_Implicit({method.GetParameters()[0].ParameterType.FullName})~", banned, StringComparison.Ordinal));
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
