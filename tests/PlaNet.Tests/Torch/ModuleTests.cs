using PlaNet.Torch;
using PlaNet.Torch.Modules;
using static PlaNet.Torch.torch;

namespace PlaNet.Tests.Torch;

public sealed class ModuleTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Parameters_are_named_by_the_path_of_fields_in_order()
    {
        using var network = new Network(1);
        Assert.Equal(
            ["scale", "first.weight", "first.bias", "rest.0.weight", "rest.0.bias", "rest.1.weight"],
            network.named_parameters().Select(entry => entry.name));
        Assert.Equal(["scale"], network.named_parameters(recurse: false).Select(entry => entry.name));
        Assert.Equal(["first", "rest.0", "rest.1"], network.named_children().Select(entry => entry.name));
    }

    [Fact]
    public void A_state_is_copied_into_a_module_of_the_same_shape()
    {
        using var from = new Network(1);
        using var to = new Network(2);
        var x = Numbers.Random([5, 3], 3).to(float32);
        Assert.False(equal(from.call(x), to.call(x)));
        to.load_state_dict(from.state_dict());
        Assert.True(equal(from.call(x), to.call(x)));
        Assert.True(to.parameters().All(parameter => parameter.requires_grad && parameter.is_leaf));
    }

    [Fact]
    public void A_state_that_does_not_fit_is_refused_by_name()
    {
        using var network = new Network(1);
        var state = network.state_dict();
        state.Remove("first.bias");
        state.Add("other", zeros(1));
        var wrong = Assert.Throws<ArgumentException>(() => network.load_state_dict(state));
        Assert.Contains("first.bias", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("other", wrong.Message, StringComparison.Ordinal);
        var (missing, unexpected) = network.load_state_dict(state, strict: false);
        Assert.Equal(["first.bias"], missing);
        Assert.Equal(["other"], unexpected);
        state = network.state_dict();
        state["scale"] = zeros(7);
        Assert.Contains("[7]", Assert.Throws<ArgumentException>(() => network.load_state_dict(state)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_are_dropped_or_zeroed()
    {
        using var network = new Network(1);
        network.call(ones([2, 3])).sum().backward();
        Assert.All(network.parameters(), parameter => Assert.NotNull(parameter.grad));
        network.zero_grad(set_to_none: false);
        Assert.All(network.parameters(), parameter => Assert.Equal(0, parameter.grad!.abs().sum().ToDouble()));
        network.zero_grad();
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Changing_the_type_keeps_the_parameters_identity()
    {
        using var network = new Network(1);
        var before = network.parameters().ToList();
        network.to(float64).to(CPU);
        Assert.Equal(before, network.parameters());
        Assert.All(before, parameter => Assert.Equal(float64, parameter.dtype));
        Assert.All(before, parameter => Assert.True(parameter.requires_grad));
    }

    [Fact]
    public void Disposing_a_module_frees_its_parameters()
    {
        var network = new Network(1);
        var parameters = network.parameters().ToList();
        network.Dispose();
        Assert.All(parameters, parameter => Assert.True(parameter.IsInvalid));
    }

    [Fact]
    public void A_name_is_taken_once()
    {
        using var network = new Network(1);
        Assert.Throws<ArgumentException>(() => network.register_parameter("scale", new Parameter(zeros(1))));
    }

    [Fact]
    public void Initial_values_stay_within_their_bounds_and_follow_their_generator()
    {
        using var generator = new Generator(7);
        var glorot = nn.init.xavier_uniform_(empty([6, 4, 3, 3]), generator: generator);
        var bound = Math.Sqrt(6.0 / (10 * 9));
        Assert.InRange(glorot.abs().max().ToDouble(), 0.9 * bound, bound);
        using var again = new Generator(7);
        Assert.True(equal(glorot, nn.init.xavier_uniform_(empty([6, 4, 3, 3]), generator: again)));
        Numbers.Equal([3, 3], nn.init.constant_(new Parameter(zeros(2)), 3));
        Numbers.Equal([1, 1], nn.init.ones_(zeros(2)));
        Numbers.Equal([0, 0], nn.init.zeros_(ones(2)));
        Assert.InRange(nn.init.normal_(empty([10_000]), 2, 0.5, generator).mean().ToDouble(), 1.975, 2.025);
        Assert.Throws<ArgumentException>(() => nn.init.xavier_uniform_(zeros(3)));
        using var linear = nn.Linear(16, 4, generator: generator);
        Assert.True(linear.weight.abs().max().ToDouble() <= 0.25);
        Assert.Equal([4, 16], linear.weight.shape);
    }

    private sealed class Network : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter scale;
        private readonly Linear first;
        private readonly Linear[] rest;

        public Network(ulong seed)
            : base(nameof(Network))
        {
            using var generator = new Generator(seed);
            scale = new Parameter(full([1], 2));
            first = nn.Linear(3, 4, generator: generator);
            rest = [nn.Linear(4, 4, generator: generator), nn.Linear(4, 2, hasBias: false, generator: generator)];
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => rest.Aggregate(first.call(input), (hidden, layer) => layer.call(hidden.tanh())) * scale;
    }
}
