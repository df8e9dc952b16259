using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs.Checkpoints;

public sealed class InitialWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _source;

    public InitialWeightsTests()
    {
        _source = new Lazy<string>(() =>
        {
            Assert.True(SmallRun.Run(_folder["source"], experiment: ShortRun.Experiment).Complete);
            return _folder["source"];
        });
    }

    [Fact]
    public void The_chosen_parts_are_taken_over_and_the_others_stay_as_drawn()
    {
        using var scope = torch.NewDisposeScope();
        var taken = Take("encoder", "reward");
        Assert.Equal(["encoder", "reward"], taken.Parts);
        Assert.StartsWith(Path.Combine(_source.Value, "checkpoints"), taken.Source, StringComparison.Ordinal);
        taken.WriteTo(_folder["initial.safetensors"]);

        using var drawn = new Learner(ShortRun.Experiment, 1, torch.CPU, seed: 9);
        using var started = new Learner(ShortRun.Experiment, 1, torch.CPU, seed: 9);
        using var trained = TrainedModel.Load(_source.Value, torch.CPU, Assert.Fail);
        InitialWeights.Load(_folder["initial.safetensors"], taken.Hash, started.Model);
        var (own, other) = (drawn.Model.state_dict(), trained.Model.state_dict());
        foreach (var (name, value) in started.Model.state_dict())
        {
            var isTaken = name.StartsWith("encoder.", StringComparison.Ordinal) || name.StartsWith("reward.", StringComparison.Ordinal);
            Assert.True(value.equal(isTaken ? other[name] : own[name]).all().item<bool>(), name);
        }

        Assert.NotEqual(Take("encoder").Hash, taken.Hash);
        Assert.Equal(Take().Hash, Take("encoder", "dynamics", "decoder", "reward").Hash);
    }

    [Fact]
    public void A_run_that_is_resumed_before_its_first_checkpoint_does_not_need_the_other_run()
    {
        var taken = Take();
        var experiment = With(taken.Hash);
        Assert.True(Train(_folder["whole"], experiment, taken));

        using (var interrupted = new CancellationTokenSource())
        {
            Assert.False(Train(_folder["resumed"], experiment, taken, interrupted, stopAt: happened => happened is RunStarted));
        }

        // As after a kill: an interrupted run may have saved a checkpoint before it ended.
        if (new RunFolder(_folder["resumed"]).Checkpoints is var saved && Directory.Exists(saved))
        {
            Directory.Delete(saved, recursive: true);
        }

        Directory.Delete(_source.Value, recursive: true);
        Assert.True(SmallRun.Run(_folder["resumed"], experiment: experiment).Complete);
        Assert.Equal(SmallRun.Fingerprint(_folder["whole"]), SmallRun.Fingerprint(_folder["resumed"]));
        Assert.NotEqual(SmallRun.Fingerprint(_folder["whole"]), ShortRun.Undisturbed);
        Assert.Contains(
            $"encoder, dynamics, decoder, reward of {taken.Source}", File.ReadAllText(new RunFolder(_folder["whole"]).ExperimentFile));
    }

    [Fact]
    public void Weights_of_other_shapes_are_refused_with_the_whole_list()
    {
        var wider = ShortRun.Experiment with { Model = ShortRun.Experiment.Model with { RewardUnits = 9, RewardLayers = 2 } };
        var refusal = Assert.Throws<RunException>(() => InitialWeights.Take(_source.Value, [], wider, Assert.Fail)).Message;
        Assert.Contains("reward.layers.0.weight is [8, 12] there and [9, 12] here", refusal);
        Assert.Contains("reward.layers.2.weight is absent there and [1, 9] here", refusal);
        Assert.DoesNotContain("encoder", refusal);
        Assert.Contains("--parts", refusal);

        // The other parts fit.
        Assert.Equal(
            ["dynamics", "encoder"],
            InitialWeights.Take(_source.Value, ["dynamics", "encoder"], wider, Assert.Fail).Parts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_unknown_part_is_refused_with_the_nearest()
    {
        var refusal = Assert.Throws<RunException>(() => Take("encoder", "decodr")).Message;
        Assert.Contains("--parts decodr: the model has no such part; did you mean decoder?", refusal);
        Assert.Contains("encoder, dynamics, decoder, reward", refusal);
    }

    [Fact]
    public void Missing_and_damaged_weights_are_refused_and_leave_nothing_behind()
    {
        var taken = Take();
        var experiment = With(taken.Hash);
        var missing = Assert.Throws<RunException>(() => SmallRun.Run(_folder["run"], experiment: experiment)).Message;
        Assert.Contains("is missing", missing);
        Assert.Contains("--init-from", missing);
        Assert.False(Directory.Exists(_folder["run"]));

        using (var interrupted = new CancellationTokenSource())
        {
            Train(_folder["run"], experiment, taken, interrupted, stopAt: happened => happened is RunStarted);
        }

        var file = new RunFolder(_folder["run"]).InitialWeightsFile;
        File.WriteAllBytes(file, [.. File.ReadAllBytes(file).SkipLast(1), 7]);
        Assert.Contains(
            "is damaged", Assert.Throws<RunException>(() => SmallRun.Run(_folder["run"], experiment: experiment)).Message);

        // Giving the other run again mends the file.
        Assert.True(Train(_folder["run"], experiment, taken));
    }

    [Fact]
    public void The_weights_of_a_run_cannot_be_exchanged_later()
    {
        Assert.True(SmallRun.Run(_folder["run"], experiment: ShortRun.Experiment).Complete);
        var taken = Take();
        var refusal = Assert.Throws<RunException>(() => RunSession.Open(new RunOptions(_folder["run"], With(taken.Hash), 3, torch.CPU)
        {
            InitialWeights = taken,
            AllowChanges = true,
        })).Message;
        Assert.Contains("model.initial_weights", refusal);
        Assert.Contains("the run has started from its initial weights", refusal);
        Assert.Throws<ArgumentException>(
            () => RunSession.Open(new RunOptions(_folder["other"], ShortRun.Experiment, 3, torch.CPU) { InitialWeights = taken }));
    }

    [Fact]
    public void Only_a_hash_is_a_valid_value_and_it_is_part_of_the_identity()
    {
        var experiment = With(new string('a', 64));
        Assert.Empty(ExperimentValidation.Validate(experiment));
        Assert.NotEqual(ExperimentHash.Of(ShortRun.Experiment), ExperimentHash.Of(experiment));
        Assert.All(
            [new string('a', 63), new string('A', 64), new string('g', 64), "runs/other"],
            value => Assert.Contains(
                "64 lower-case hexadecimal digits", Assert.Single(ExperimentValidation.Validate(With(value))).ToString()));
    }

    public void Dispose() => _folder.Dispose();

    private static Experiment With(string hash) =>
        ShortRun.Experiment with { Model = ShortRun.Experiment.Model with { InitialWeights = hash } };

    private static bool Train(
        string path,
        Experiment experiment,
        InitialWeights taken,
        CancellationTokenSource? interrupt = null,
        Predicate<RunEvent>? stopAt = null)
    {
        SmallRun.UseOneThread();
        using var session = RunSession.Open(new RunOptions(path, experiment, Seed: 3, torch.CPU)
        {
            Settings = SmallRun.NoBackoff,
            InitialWeights = taken,
            Watch = happened =>
            {
                if (stopAt?.Invoke(happened) == true)
                {
                    interrupt!.Cancel();
                }
            },
        });
        return session.TrainAsync(interrupt?.Token ?? default).GetAwaiter().GetResult();
    }

    private InitialWeights Take(params string[] parts) => InitialWeights.Take(_source.Value, parts, ShortRun.Experiment, Assert.Fail);
}
