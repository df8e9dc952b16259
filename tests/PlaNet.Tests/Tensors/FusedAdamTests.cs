using PlaNet.Experiments;
using PlaNet.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using OptimizerOptions = PlaNet.Experiments.OptimizerOptions;

namespace PlaNet.Tests.Tensors;

public sealed class FusedAdamTests : IDisposable
{
    private const double Rate = 0.01;
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-4;
    private static readonly OptimizerOptions Options = new() { LearningRate = Rate, Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon };
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<AdamEpsilon, ScalarType, bool> Cases()
    {
        var cases = new TheoryData<AdamEpsilon, ScalarType, bool>();
        foreach (var epsilon in Enum.GetValues<AdamEpsilon>())
        {
            foreach (var channelsLast in (bool[])[false, true])
            {
                cases.Add(epsilon, float64, channelsLast);
                cases.Add(epsilon, float32, channelsLast);
            }
        }

        return cases;
    }

    public void Dispose() => _scope.Dispose();

    // The kernel works on raw memory, so it needs gradients and moments in the layout of their parameter. Some gradients here have another.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_follow_the_formula_for_both_placements_of_epsilon(AdamEpsilon epsilon, ScalarType type, bool channelsLast)
    {
        var start = Numbers.Random([3, 2, 2, 2], 1).to(type);
        var parameter = new Parameter(channelsLast ? start.ChannelsLast() : start.clone());
        using var adam = Of(epsilon, parameter);
        var expected = Numbers.Of(start);
        var (m, v) = (new double[expected.Length], new double[expected.Length]);
        for (var t = 1; t <= 20; t++)
        {
            var gradient = Numbers.Random([3, 2, 2, 2], (ulong)t + 100).to(type);
            adam.zero_grad();
            (parameter * gradient).sum().backward();
            adam.step();
            Reference(expected, Numbers.Of(gradient), m, v, t, epsilon);
        }

        Numbers.Equal(expected, parameter, type == float64 ? 1e-12 : 1e-6);
        Assert.Equal(20, adam.Steps);
    }

    // TorchSharp passes the address of a Scalar that it does not keep alive; collected before the call, the step reads freed memory.
    [Fact]
    public async Task A_garbage_collection_during_a_step_does_not_change_it()
    {
        using var end = new CancellationTokenSource();
        var collector = Task.Run(
            () =>
            {
                while (!end.IsCancellationRequested)
                {
                    GC.Collect(0, GCCollectionMode.Forced, blocking: true);
                    GC.WaitForPendingFinalizers();
                }
            },
            TestContext.Current.CancellationToken);
        try
        {
            using var parameter = new Parameter(zeros([3], float64));
            using var adam = Of(AdamEpsilon.Standard, parameter);
            parameter.grad = ones([3], float64);
            for (var t = 1; t <= 3_000; t++)
            {
                adam.step();
            }

            // With a constant gradient of one, both corrected moments are one at every step.
            Assert.Equal(-3_000 * Rate / (1 + Epsilon), parameter.detach()[0].ToDouble(), 1e-6);
        }
        finally
        {
            await end.CancelAsync();
            await collector;
        }
    }

    [Fact]
    public void The_placements_of_epsilon_differ_as_described_at_the_first_step()
    {
        double FirstStep(AdamEpsilon epsilon)
        {
            using var parameter = new Parameter(zeros([1], float64));
            using var adam = Of(epsilon, parameter);
            parameter.grad = full([1], 1e-3, float64);
            adam.step();
            return -parameter.detach().ToDouble();
        }

        // With m/(1-b1) = g and sqrt(v/(1-b2)) = g: lr g / (g + eps), and eps / sqrt(1-b2) in place of eps.
        Assert.Equal(Rate * 1e-3 / (1e-3 + Epsilon), FirstStep(AdamEpsilon.Standard), 1e-12);
        Assert.Equal(Rate * 1e-3 / (1e-3 + (Epsilon / Math.Sqrt(1 - Beta2))), FirstStep(AdamEpsilon.Tf1), 1e-12);
    }

    [Fact]
    public void The_learning_rate_is_that_of_the_options_until_another_is_set()
    {
        using var parameter = new Parameter(zeros([1], float64));
        using var adam = new FusedAdam([("w", parameter)], Options with { EpsilonPlacement = AdamEpsilon.Standard, Epsilon = 1e-12 });
        Assert.Equal(Rate, adam.LearningRate);
        parameter.grad = ones([1], float64);
        adam.step();
        Assert.Equal(-Rate, parameter.detach().ToDouble(), 1e-9);
        adam.LearningRate = 3 * Rate;
        adam.step();
        Assert.Equal(-4 * Rate, parameter.detach().ToDouble(), 1e-9);
    }

    [Fact]
    public void A_restored_optimiser_continues_bit_for_bit()
    {
        (Parameter, FusedAdam) New()
        {
            var parameter = new Parameter(Numbers.Random([4, 3], 5).to(float32));
            return (parameter, Of(AdamEpsilon.Tf1, parameter));
        }

        void Step((Parameter Parameter, FusedAdam Adam) pair, int t)
        {
            pair.Parameter.grad = Numbers.Random([4, 3], (ulong)t).to(float32);
            pair.Adam.step();
        }

        var (whole, first, second) = (New(), New(), New());
        for (var t = 0; t < 10; t++) Step(whole, t);
        for (var t = 0; t < 5; t++) Step(first, t);
        using (no_grad()) second.Item1.copy_(first.Item1);
        using var stream = new MemoryStream();
        Safetensors.Write(stream, first.Item2.state_dict());
        stream.Position = 0;
        second.Item2.load_state_dict(Safetensors.Read(stream).Tensors);
        Assert.Equal(5, second.Item2.Steps);
        for (var t = 5; t < 10; t++) Step(second, t);
        Assert.True(whole.Item1.SameAs(second.Item1));
        foreach (var (_, adam) in new[] { whole, first, second }) adam.Dispose();
    }

    [Fact]
    public void A_state_of_another_model_is_refused_by_name_and_changes_nothing()
    {
        using var adam = new FusedAdam([("w", new Parameter(zeros(2)))], Options);
        using var other = new FusedAdam([("w", new Parameter(zeros(3)))], Options);
        using var more = new FusedAdam([("w", new Parameter(zeros(2))), ("b", new Parameter(zeros(2)))], Options);
        string Refusal(FusedAdam into, IReadOnlyDictionary<string, Tensor> state) =>
            Assert.Throws<ArgumentException>(() => into.load_state_dict(state)).Message;
        var foreign = new Dictionary<string, Tensor>(more.state_dict(), StringComparer.Ordinal)
        {
            ["step"] = tensor(7L),
            ["exp_avg.w"] = ones(2)
        };
        Assert.Contains("exp_avg.w", Refusal(adam, other.state_dict()), StringComparison.Ordinal);
        Assert.Contains("exp_avg.b", Refusal(adam, foreign), StringComparison.Ordinal);
        Assert.Contains("exp_avg.b", Refusal(more, adam.state_dict()), StringComparison.Ordinal);
        foreign["exp_avg_sq.b"] = zeros(3);
        Assert.Contains("exp_avg_sq.b", Refusal(more, foreign), StringComparison.Ordinal);
        Numbers.Equal([0, 0], more.state_dict()["exp_avg.w"]);
        Assert.Equal((0, 0), (adam.Steps, more.Steps));
    }

    [Fact]
    public void A_parameter_without_a_gradient_is_unchanged_and_zero_grad_removes_gradients()
    {
        using var moved = new Parameter(ones(2));
        using var still = new Parameter(ones(2));
        using var adam = new FusedAdam([("moved", moved), ("still", still)], Options);
        still.grad = ones(2);
        adam.zero_grad();
        Assert.Null(still.grad);
        moved.grad = ones(2);
        adam.step();
        Numbers.Equal([1, 1], still);
        Assert.True(moved.detach()[0].ToDouble() < 1);
    }

    [Fact]
    public void The_moments_live_as_long_as_the_optimiser_whatever_scope_it_was_made_in()
    {
        using var parameter = new Parameter(ones(2));
        FusedAdam made;
        using (NewDisposeScope())
        {
            made = new FusedAdam([("w", parameter)], Options);
        }

        var mean = made.state_dict()["exp_avg.w"];
        Numbers.Equal([0, 0], mean);
        made.Dispose();
        Assert.True(mean.IsInvalid);
    }

    // Tests TorchSharp's function, because updates rely on its behaviour.
    [Fact]
    public void Clipping_returns_the_norm_and_scales_all_gradients_together()
    {
        using var a = new Parameter(zeros(2));
        using var b = new Parameter(zeros(1));
        using var without = new Parameter(zeros(1));
        a.grad = tensor([3f, 4f]);
        b.grad = tensor([12f]);
        Parameter[] all = [a, b, without];
        Assert.Equal(13, nn.utils.clip_grad_norm_(all, 20), 1e-5);
        Numbers.Equal([3, 4], a.grad);
        Assert.Equal(13, nn.utils.clip_grad_norm_(all, 6.5), 1e-5);
        Numbers.Equal([1.5, 2], a.grad, 1e-5);
        Numbers.Equal([6], b.grad, 1e-5);
        Assert.Equal(6.5, nn.utils.clip_grad_norm_(all, 100), 1e-5);
        a.grad = tensor([float.NaN, 1f]);
        Assert.True(double.IsNaN(nn.utils.clip_grad_norm_(all, 1)));
    }

    private static FusedAdam Of(AdamEpsilon epsilon, Parameter parameter) =>
        new([("w", parameter)], Options with { EpsilonPlacement = epsilon });

    private static void Reference(double[] parameter, double[] gradient, double[] m, double[] v, int t, AdamEpsilon epsilon)
    {
        for (var i = 0; i < parameter.Length; i++)
        {
            m[i] = (Beta1 * m[i]) + ((1 - Beta1) * gradient[i]);
            v[i] = (Beta2 * v[i]) + ((1 - Beta2) * gradient[i] * gradient[i]);
            var (c1, c2) = (1 - Math.Pow(Beta1, t), 1 - Math.Pow(Beta2, t));
            parameter[i] -= epsilon == AdamEpsilon.Tf1
                ? Rate * Math.Sqrt(c2) / c1 * m[i] / (Math.Sqrt(v[i]) + Epsilon)
                : Rate * (m[i] / c1) / (Math.Sqrt(v[i] / c2) + Epsilon);
        }
    }
}
