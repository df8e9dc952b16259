using PlaNet.Experiments;
using PlaNet.Inspection;
using PlaNet.Replay;
using PlaNet.Tensors;
using PlaNet.Tests.Common;
using PlaNet.Tests.Models;
using PlaNet.Tests.Runs;
using static TorchSharp.torch;

namespace PlaNet.Tests.Learning;

/// <summary>Every form of the latent dynamics through the whole loop: learning, checkpoints, filtering, planning, prediction.</summary>
public sealed class TransitionFormTests
{
    private static readonly Lazy<Episode> s_episode = new(() => Cartpole.Play(SmallRun.Experiment.Task, seed: 1));

    public TransitionFormTests()
    {
        SmallRun.UseOneThread();
    }

    [Theory]
    [MemberData(nameof(Forms.Names), MemberType = typeof(Forms))]
    public void A_learner_restored_from_its_checkpoint_acts_predicts_and_learns_as_before(string form)
    {
        var experiment = SmallRun.Experiment with { Model = Forms.All[form] };
        var episode = s_episode.Value;
        var batch = Cartpole.Batch(episode, chunks: 2, length: 4);
        using var folder = new TemporaryFolder();
        using var learner = new Learner(experiment, 1, CPU, seed: 5);
        learner.Update(batch, 1);
        Safetensors.Write(folder["model.safetensors"], learner.Model.state_dict());

        using var restored = new Learner(experiment, 1, CPU, seed: 6);
        Assert.NotEqual(Actions(learner, experiment), Actions(restored, experiment));
        using var saved = Safetensors.Read(folder["model.safetensors"]);
        StateDicts.Load(restored.Model, saved.Tensors);
        Assert.Equal(Actions(learner, experiment), Actions(restored, experiment));
        Assert.Equal(learner.Test(batch, 2), restored.Test(batch, 2));
        var sequence = new Sequence(episode, 0);
        var (one, other) = (OpenLoop.Predict(learner.Model, CPU, [sequence], 3), OpenLoop.Predict(restored.Model, CPU, [sequence], 3));
        Assert.Equal(one.Errors.Image, other.Errors.Image);
        Assert.All(one.Errors.Image.Concat(one.Errors.Divergence), error => Assert.True(double.IsFinite(error)));
    }

    [Theory]
    [MemberData(nameof(Forms.Names), MemberType = typeof(Forms))]
    public void Every_form_learns_with_every_term_of_the_objective(string form)
    {
        var experiment = SmallRun.EveryTerm with { Model = Forms.All[form], Task = SmallRun.Experiment.Task };
        var batch = Cartpole.Batch(s_episode.Value, chunks: 2, length: 4);
        using var learner = new Learner(experiment, 1, CPU, seed: 5);
        var losses = Enumerable.Range(0, 12).Select(_ => learner.Update(batch, seed: 1).Loss).ToArray();
        Assert.All(losses, loss => Assert.True(double.IsFinite(loss)));
        Assert.True(losses[^1] < losses[0], $"{losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void The_published_deterministic_baseline_predicts_from_an_untrained_prior_and_the_belief_alone_does_not()
    {
        var trained = OpenLoopError(DeterministicForm.BeliefOnly, divergenceScale: 1);
        Assert.True(trained < 0.8 * OpenLoopError(DeterministicForm.Reference, divergenceScale: 0));
    }

    /// <summary>Mean image error of an open-loop prediction after overfitting to its episode.</summary>
    private static double OpenLoopError(DeterministicForm form, double divergenceScale)
    {
        const int context = 3, length = 8;
        var experiment = new Experiment
        {
            Model = Forms.Small with { Deterministic = form, BeliefSize = 32, HiddenSize = 32, Depth = 2 },
            Objective = new ObjectiveOptions { DivergenceScale = divergenceScale },
        };
        var batch = Cartpole.Batch(s_episode.Value, chunks: 1, length);
        using var learner = new Learner(experiment, 1, CPU, seed: 1);
        for (var update = 1UL; update <= 100; update++)
        {
            learner.Update(batch, update);
        }

        return OpenLoop.Predict(learner.Model, CPU, [new Sequence(s_episode.Value, 0)], 3, context, length - context)
            .Errors.Image.Average();
    }

    private static float[] Actions(Learner learner, Experiment experiment)
    {
        using var agent = new Agent(learner.Model, experiment.Planner, 2, CPU, explorationNoise: 0, seed: 4);
        var image = new byte[64 * 64 * 3];
        return [.. Enumerable.Range(0, 3).SelectMany(_ => agent.Act([image, image])).SelectMany(action => action)];
    }
}
