using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using PlaNet.Models;
using PlaNet.Tensors;
using static TorchSharp.torch;

namespace PlaNet.Tests.Tensors;

/// <summary>A wrong shape must cause an exception. In some functions of TorchSharp it ends the process without a message instead.</summary>
public sealed partial class WrongShapesTests : IDisposable
{
    // Functions in which TorchSharp does not catch libtorch's errors, and the calls of them that are safe, with the reason.
    private static readonly string[] s_unguarded = ["matmul", "autograd.grad", "set_state"];
    private static readonly Dictionary<(string File, string Function), string> s_safeCalls = new()
    {
        [("GradientRefinement.cs", "autograd.grad")] = "the differentiated sum always contains the leaf",
    };

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(0, CPU);
    private readonly WorldModel _model;

    public WrongShapesTests() => _model = new WorldModel(Tests.Models.Forms.Small, 2, _generator);

    [Fact]
    public void A_world_model_refuses_wrong_shapes()
    {
        var (embeddings, actions, noise) = (zeros([2, 3, 32]), zeros([2, 3, 2]), zeros([2, 3, 4]));
        Assert.Equal(embeddings.shape, _model.Embed(zeros([2, 3, 3, 64, 64])).shape);
        Assert.Equal([2, 3, 4], _model.Dynamics.Observe(embeddings, actions, noise).Posterior.Sample.shape);
        Refused(() => _model.Embed(zeros([2, 3, 1, 64, 64])));
        Refused(() => _model.Embed(zeros([2, 3, 3, 32, 32])));
        Refused(() => _model.Decode(zeros([2, 3, 5])));
        Refused(() => _model.Reward.forward(zeros([2, 5])));
        Refused(() => _model.Dynamics.Observe(embeddings, zeros([2, 3, 1]), noise));
        Refused(() => _model.Dynamics.Observe(embeddings, actions, zeros([2, 3, 5])));
        Refused(() => _model.Dynamics.Transition(zeros([2, 3]), zeros([2, 8]), zeros([2, 2]), zeros([2, 4])));
        Refused(() => _model.Dynamics.Transition(zeros([2, 4]), zeros([2, 7]), zeros([2, 2]), zeros([2, 4])));
        Refused(() => _model.Dynamics.Transition(zeros([2, 4]), zeros([2, 8]), zeros([3, 2]), zeros([2, 4])));
    }

    [Theory]
    [InlineData("reward.layers.1.bias", "[2]")]
    [InlineData("encoder.conv1.weight", "[3, 1, 4, 4]")]
    public void Weights_of_another_model_are_refused_by_name_and_none_is_loaded(string name, string shape)
    {
        var state = Copy();
        state[name] = zeros([.. shape.Trim('[', ']').Split(", ").Select(long.Parse)]);
        var refused = Assert.Throws<ArgumentException>(() => StateDicts.Load(_model, state));
        Assert.Contains($"'{name}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(shape, refused.Message, StringComparison.Ordinal);
        Assert.All(_model.state_dict().Values, tensor => Assert.NotEqual(7, tensor.reshape(-1)[0].ToDouble()));
    }

    [Fact]
    public void Missing_and_unknown_weights_are_refused_by_name_and_complete_ones_are_loaded()
    {
        var state = Copy();
        state.Remove("reward.layers.1.bias");
        Assert.Contains(
            "'reward.layers.1.bias'",
            Assert.Throws<ArgumentException>(() => StateDicts.Load(_model, state)).Message,
            StringComparison.Ordinal);
        state = Copy();
        state["reward.layers.9.bias"] = zeros(1);
        Assert.Contains(
            "'reward.layers.9.bias'",
            Assert.Throws<ArgumentException>(() => StateDicts.Load(_model, state)).Message,
            StringComparison.Ordinal);
        Assert.All(_model.state_dict().Values, tensor => Assert.NotEqual(7, tensor.reshape(-1)[0].ToDouble()));
        StateDicts.Load(_model, Copy());
        Assert.NotEmpty(_model.parameters());
        Assert.All(_model.parameters(), parameter => Assert.True(parameter.eq(7).all().item<bool>()));
    }

    [Fact]
    public void No_source_calls_functions_that_can_end_the_process()
    {
        var source = Path.Combine(Repository.Root, "src");
        var called = (
            from file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            let text = Comment().Replace(File.ReadAllText(file), "")
            from function in s_unguarded
            where Regex.IsMatch(text, $@"\b{Regex.Escape(function)}\s*\(", RegexOptions.None, TimeSpan.FromSeconds(10))
            select (Path.GetFileName(file), function)).ToList();
        Assert.Equal(s_safeCalls.Keys.Order(), called.Order());
    }

    public void Dispose()
    {
        _model.Dispose();
        _generator.Dispose();
        _scope.Dispose();
    }

    [GeneratedRegex(@"//[^\n]*", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Comment();

    private static void Refused(Func<object> action)
    {
        var refused = Assert.ThrowsAny<Exception>(action);
        Assert.True(refused is ArgumentException or ExternalException, refused.ToString());
    }

    // The model's weights by name, every number 7.
    private Dictionary<string, Tensor> Copy() =>
        _model.state_dict().ToDictionary(entry => entry.Key, entry => full_like(entry.Value, 7), StringComparer.Ordinal);
}
