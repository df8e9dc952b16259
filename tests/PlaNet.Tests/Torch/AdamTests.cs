using PlaNet.Torch;
using PlaNet.Torch.Modules;
using static PlaNet.Torch.torch;

namespace PlaNet.Tests.Torch;

public sealed class AdamTests : IDisposable
{
    private const double Rate = 0.01;
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-4;
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<AdamEpsilon, ScalarType, string> Cases()
    {
        var cases = new TheoryData<AdamEpsilon, ScalarType, string>();
        foreach (var epsilon in Enum.GetValues<AdamEpsilon>())
        {
            foreach (var layout in (string[])["dense", "channels_last", "strided"])
            {
                cases.Add(epsilon, float64, layout);
                cases.Add(epsilon, float32, layout);
            }
        }

        return cases;
    }

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_follow_the_formula_for_both_places_of_epsilon(AdamEpsilon epsilon, ScalarType type, string layout)
    {
        var start = Numbers.Random([3, 2, 2, 2], 1).to(type);
        var values = layout switch
        {
            "dense" => start.clone(),
            "channels_last" => start.contiguous(channels_last),
            // Every other element of a larger tensor: the one-pass loop does not take it, the list operators do.
            _ => stack([start, start], -1).select(-1, 0),
        };
        var parameter = new Parameter(values);
        using var adam = optim.Adam([parameter], Rate, Beta1, Beta2, Epsilon, epsilon);
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

    [Fact]
    public void The_places_of_epsilon_differ_as_described_at_the_first_step()
    {
        double FirstStep(AdamEpsilon epsilon)
        {
            using var parameter = new Parameter(zeros([1], float64));
            using var adam = optim.Adam([parameter], Rate, Beta1, Beta2, Epsilon, epsilon);
            parameter.grad = full([1], 1e-3, float64);
            adam.step();
            return -parameter.detach().ToDouble();
        }

        // With m/(1-b1) = g and sqrt(v/(1-b2)) = g: lr g / (g + eps), and eps / sqrt(1-b2) in place of eps.
        Assert.Equal(Rate * 1e-3 / (1e-3 + Epsilon), FirstStep(AdamEpsilon.Standard), 1e-12);
        Assert.Equal(Rate * 1e-3 / (1e-3 + (Epsilon / Math.Sqrt(1 - Beta2))), FirstStep(AdamEpsilon.Tf1), 1e-12);
    }

    [Fact]
    public void A_restored_optimiser_goes_on_bit_for_bit()
    {
        (Parameter, Adam) New()
        {
            var parameter = new Parameter(Numbers.Random([4, 3], 5).to(float32));
            return (parameter, optim.Adam([("w", parameter)], Rate, Beta1, Beta2, Epsilon, AdamEpsilon.Tf1));
        }

        void Step((Parameter Parameter, Adam Adam) pair, int t)
        {
            pair.Parameter.grad = Numbers.Random([4, 3], (ulong)t).to(float32);
            pair.Adam.step();
        }

        var whole = New();
        for (var t = 0; t < 10; t++) Step(whole, t);
        var first = New();
        for (var t = 0; t < 5; t++) Step(first, t);
        var second = New();
        using (no_grad()) second.Item1.copy_(first.Item1);
        using var stream = new MemoryStream();
        Safetensors.Write(stream, first.Item2.state_dict());
        stream.Position = 0;
        second.Item2.load_state_dict(Safetensors.Read(stream).Tensors);
        Assert.Equal(5, second.Item2.Steps);
        for (var t = 5; t < 10; t++) Step(second, t);
        Assert.True(equal(whole.Item1, second.Item1));
    }

    [Fact]
    public void A_state_of_another_model_is_refused_and_changes_nothing()
    {
        using var adam = optim.Adam([("w", new Parameter(zeros(2)))]);
        using var other = optim.Adam([("w", new Parameter(zeros(3)))]);
        using var more = optim.Adam([("w", new Parameter(zeros(2))), ("b", new Parameter(zeros(2)))]);
        Assert.Contains("exp_avg.w", Assert.Throws<ArgumentException>(() => adam.load_state_dict(other.state_dict())).Message, StringComparison.Ordinal);
        Assert.Contains("exp_avg.b", Assert.Throws<ArgumentException>(() => adam.load_state_dict(more.state_dict())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => optim.Adam(new List<Parameter>()));
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays()
    {
        using var moved = new Parameter(ones(2));
        using var still = new Parameter(ones(2));
        using var adam = optim.Adam([moved, still]);
        moved.grad = ones(2);
        adam.step();
        Numbers.Equal([1, 1], still);
        Assert.True(moved.detach()[0].ToDouble() < 1);
    }

    [Fact]
    public void A_graph_made_before_a_step_cannot_be_used_after_it()
    {
        using var parameter = new Parameter(ones(2));
        using var adam = optim.Adam([parameter]);
        var loss = parameter.square().sum();
        parameter.grad = ones(2);
        adam.step();
        Assert.Contains("modified by an inplace operation", Assert.Throws<TorchException>(() => loss.backward()).Message, StringComparison.Ordinal);
    }

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
        Numbers.Equal([6], b.grad, 1e-5);
        Assert.Equal(0, nn.utils.clip_grad_norm_([without], 1));
    }

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
