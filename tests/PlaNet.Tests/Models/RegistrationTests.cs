using PlaNet.Experiments;
using PlaNet.Models;
using static TorchSharp.torch;

namespace PlaNet.Tests.Models;

/// <summary>
/// Every parameter is registered in its module. TorchSharp ignores an unregistered one without an error, and it would be neither trained
/// nor saved.
/// </summary>
public sealed class RegistrationTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(0, CPU);

    public static TheoryData<TransitionKind, DeterministicForm, PriorInput, GruForm> Forms()
    {
        var forms = new TheoryData<TransitionKind, DeterministicForm, PriorInput, GruForm>();
        foreach (var transition in Enum.GetValues<TransitionKind>())
        {
            foreach (var deterministic in Enum.GetValues<DeterministicForm>())
            {
                foreach (var prior in Enum.GetValues<PriorInput>())
                {
                    foreach (var gru in Enum.GetValues<GruForm>())
                    {
                        var model = new ModelOptions
                        {
                            Transition = transition,
                            Deterministic = deterministic,
                            PriorInput = prior,
                            Gru = gru
                        };
                        if (ExperimentValidation.Validate(new Experiment { Model = model }).Count == 0)
                        {
                            forms.Add(transition, deterministic, prior, gru);
                        }
                    }
                }
            }
        }

        return forms;
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_model_made_in_a_scope_keeps_all_its_parameters_after_it_and_works(
        TransitionKind transition, DeterministicForm deterministic, PriorInput prior, GruForm gru)
    {
        var options = new ModelOptions { Transition = transition, Deterministic = deterministic, PriorInput = prior, Gru = gru };
        WorldModel made;
        using (NewDisposeScope())
        {
            made = new WorldModel(options, 1, _generator);
        }

        using var model = made;

        // Computed by hand for the paper's sizes and one action value; a GRU with reset_after has 200 more biases. Encoder: 690,144.
        // Decoder and reward head of F features: 1,024 F + 3,560,035 and 300 F + 181,201. Dynamics: 556,320 for the RSSM with F = 230,
        // 247,520 for the SSM with F = 30, 526,200 for the belief alone and 990,460 for the DRNN, both with F = 200.
        var resets = gru == GruForm.ResetAfter ? 200 : 0;
        var expected = (transition, deterministic) switch
        {
            (TransitionKind.Ssm, _) => 4_718_620,
            (TransitionKind.Drnn, _) => 5_686_640 + (2 * resets),
            (_, DeterministicForm.BeliefOnly) => 5_222_380 + resets,
            _ => 5_292_220 + resets,
        };
        Assert.Equal(expected, model.parameters().Sum(parameter => parameter.numel()));
        Assert.Equal(expected, model.state_dict().Values.Sum(tensor => tensor.numel()));
        Assert.All(model.parameters(), parameter => Assert.True(parameter.requires_grad && parameter.isfinite().all().item<bool>()));

        var images = zeros([1, 2, 3, 64, 64]);
        var (posterior, predicted) = model.Dynamics.Observe(
            model.Embed(images),
            zeros([1, 2, 1]),
            zeros([1, 2, model.Dynamics.StochasticSize]));
        var features = model.Dynamics.Features(posterior);
        var loss = model.Decode(features).square().mean() + model.Reward.forward(features).square().mean()
            + DiagonalGaussian.Divergence(posterior.Distribution, predicted).mean();
        loss.backward();
        Assert.True(double.IsFinite(loss.ToDouble()));
        Assert.All(model.named_parameters(), entry => Assert.True(entry.parameter.grad is not null, $"{entry.name} has no gradient"));
    }

    [Fact]
    public void Lists_of_layers_have_the_names_that_they_always_had_in_checkpoints()
    {
        HiddenLayers hidden;
        ScalarHead reward;
        using (NewDisposeScope())
        {
            hidden = new HiddenLayers(5, 4, 3, Activation.Relu, _generator);
            reward = new ScalarHead(6, 2, 3, _generator);
        }

        Assert.Equal(
            ["weight [4, 5]", "bias [4]", "further.0.weight [4, 4]", "further.0.bias [4]", "further.1.weight [4, 4]", "further.1.bias [4]"],
            Named(hidden));
        Assert.Equal(
            [
                "layers.0.weight [3, 6]", "layers.0.bias [3]", "layers.1.weight [3, 3]", "layers.1.bias [3]",
                "layers.2.weight [1, 3]", "layers.2.bias [1]"
            ],
            Named(reward));
        hidden.Dispose();
        reward.Dispose();
    }

    // Copied from a checkpoint of the version before TorchSharp.
    [Fact]
    public void A_model_has_the_names_and_shapes_that_it_always_had_in_checkpoints()
    {
        using var model = new WorldModel(
            new ModelOptions { Depth = 2, StochasticSize = 3, BeliefSize = 5, HiddenSize = 4, RewardLayers = 1, RewardUnits = 6 },
            2,
            _generator);
        string[] expected =
        [
            "encoder.conv1.weight [2, 3, 4, 4]", "encoder.conv1.bias [2]", "encoder.conv2.weight [4, 2, 4, 4]", "encoder.conv2.bias [4]",
            "encoder.conv3.weight [8, 4, 4, 4]", "encoder.conv3.bias [8]", "encoder.conv4.weight [16, 8, 4, 4]", "encoder.conv4.bias [16]",
            "dynamics.input.weight [4, 5]", "dynamics.input.bias [4]", "dynamics.gru.gates.weight [10, 9]", "dynamics.gru.gates.bias [10]",
            "dynamics.gru.candidate.weight [5, 9]", "dynamics.gru.candidate.bias [5]", "dynamics.prior_hidden.weight [4, 5]",
            "dynamics.prior_hidden.bias [4]", "dynamics.prior_mean.weight [3, 4]", "dynamics.prior_mean.bias [3]",
            "dynamics.prior_stddev.weight [3, 4]", "dynamics.prior_stddev.bias [3]", "dynamics.posterior_hidden.weight [4, 69]",
            "dynamics.posterior_hidden.bias [4]", "dynamics.posterior_mean.weight [3, 4]", "dynamics.posterior_mean.bias [3]",
            "dynamics.posterior_stddev.weight [3, 4]", "dynamics.posterior_stddev.bias [3]", "decoder.dense.weight [64, 8]",
            "decoder.dense.bias [64]", "decoder.deconv1.weight [64, 8, 5, 5]", "decoder.deconv1.bias [8]",
            "decoder.deconv2.weight [8, 4, 5, 5]", "decoder.deconv2.bias [4]", "decoder.deconv3.weight [4, 2, 6, 6]",
            "decoder.deconv3.bias [2]", "decoder.deconv4.weight [2, 3, 6, 6]", "decoder.deconv4.bias [3]", "reward.layers.0.weight [6, 8]",
            "reward.layers.0.bias [6]", "reward.layers.1.weight [1, 6]", "reward.layers.1.bias [1]",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Named(model).Order(StringComparer.Ordinal));
    }

    public void Dispose()
    {
        _generator.Dispose();
        _scope.Dispose();
    }

    private static IEnumerable<string> Named(nn.Module module) =>
        module.state_dict().Select(entry => $"{entry.Key} [{string.Join(", ", entry.Value.shape)}]");
}
