using PlaNet.Inspection;
using PlaNet.Tests.Runs;
using static TorchSharp.torch;

namespace PlaNet.Tests.Inspection;

public sealed class ModelInspectionTests : IDisposable
{
    private readonly DisposeScope _scope;
    private readonly Learner _learner;
    private readonly PlaNet.Replay.Episode _episode = Cartpole.Play(SmallRun.Experiment.Task, seed: 1);
    private readonly PlaNet.Replay.ChunkBatch _batch;

    public ModelInspectionTests()
    {
        SmallRun.UseOneThread();
        _scope = NewDisposeScope();
        _learner = new Learner(SmallRun.Experiment, 1, CPU, seed: 5);
        _batch = Cartpole.Batch(_episode, chunks: 2, length: 4);
    }

    [Fact]
    public void Gradients_of_the_terms_reach_the_parts_they_should_and_the_total_is_the_learners()
    {
        var before = Parameters();
        var norms = GradientNorms.Measure(_learner.Model, SmallRun.Experiment.Objective with { FreeNats = 0 }, CPU, _batch, seed: 7);
        double Norm(string term, string part) => norms.Single(norm => norm.Term == term && norm.Part == part).Norm;
        Assert.Equal(0, Norm("image", "reward"));
        Assert.Equal(0, Norm("reward", "decoder"));
        Assert.Equal((0.0, 0.0), (Norm("divergence", "decoder"), Norm("divergence", "reward")));
        Assert.All(["image", "reward", "divergence"], term => Assert.True(Norm(term, "encoder") > 0 && Norm(term, "dynamics") > 0));
        Assert.Equal(Norm("image", "decoder"), Norm("total", "decoder"), 4);
        Assert.Equal(before, Parameters());
        Assert.All(_learner.Model.parameters(), parameter => Assert.Null(parameter.grad));

        var total = GradientNorms.Measure(_learner.Model, SmallRun.Experiment.Objective, CPU, _batch, seed: 7)
            .Where(norm => norm.Term == "total");
        var learned = _learner.Update(_batch, seed: 7).GradientNorm;
        Assert.Equal(learned, Math.Sqrt(total.Sum(norm => norm.Norm * norm.Norm)), learned * 1e-5);
    }

    [Fact]
    public void Latent_statistics_are_those_of_the_posterior_and_the_prior()
    {
        var statistics = LatentStatistics.Measure(_learner.Model, CPU, _batch, seed: 7);
        Assert.Equal(_learner.Test(_batch, seed: 7).Divergence, statistics.Divergence, 4);
        Assert.Equal(4, statistics.DimensionDivergence.Count);
        Assert.Equal(8, statistics.BeliefSpread.Count);
        Assert.Equal(statistics.Divergence, statistics.DimensionDivergence.Sum(), 6);

        using var gradient = no_grad();
        using var generator = new Generator(7, CPU);
        var inputs = ModelInputs.Of(_learner.Model, _batch, CPU, generator);
        var (posterior, prior) = _learner.Model.Dynamics.Observe(_learner.Model.Embed(inputs.Images), inputs.Actions, inputs.Noise);
        double[] Doubles(Tensor values) => [.. values.to(ScalarType.Float64).reshape(-1).data<double>().ToArray()];
        double Entropy(double[] stddev) => stddev.Sum(s => Math.Log(s) + (0.5 * Math.Log(2 * Math.PI * Math.E))) / (2 * 4);
        Assert.Equal(Entropy(Doubles(posterior.Distribution.Stddev)), statistics.PosteriorEntropy, 5);
        Assert.Equal(Entropy(Doubles(prior.Stddev)), statistics.PriorEntropy, 5);
        Assert.Equal(Doubles(posterior.Distribution.Stddev).Average(), statistics.PosteriorStddev, 6);
        Assert.Equal(Doubles(prior.Stddev).Average(), statistics.PriorStddev, 6);
        var unit = Doubles(posterior.Belief.select(2, 3));
        Assert.Equal(Math.Sqrt(unit.Average(value => Math.Pow(value - unit.Average(), 2))), statistics.BeliefSpread[3], 6);
    }

    [Fact]
    public void A_posterior_equal_to_the_prior_is_reported_as_collapsed_and_a_constant_belief_as_inactive()
    {
        using (no_grad())
        {
            foreach (var (_, parameter) in _learner.Model.Dynamics.named_parameters())
            {
                parameter.zero_();
            }
        }

        var statistics = LatentStatistics.Measure(_learner.Model, CPU, _batch, seed: 7);
        Assert.Equal((4, 8), (statistics.Collapsed, statistics.Inactive));
    }

    [Fact]
    public void Prediction_errors_belong_to_the_predicted_frames_at_their_distance()
    {
        const int Context = 3;
        var prediction = OpenLoop.Predict(
            _learner.Model,
            CPU,
            [new Sequence(_episode, 0), new Sequence(_episode, 1)],
            seed: 2,
            Context,
            horizon: 5);
        Assert.Equal((Context, 8), (prediction.Context, prediction.Length));
        var bytes = _episode.ImageShape.Bytes;
        Assert.All(
            [prediction.Errors.Image, prediction.Errors.LastFrame, prediction.Errors.Reward, prediction.Errors.Divergence],
            errors => Assert.Equal(5, errors.Count));
        for (var ahead = 0; ahead < 5; ahead++)
        {
            var (last, predicted) = (0.0, 0.0);
            for (var sequence = 0; sequence < 2; sequence++)
            {
                for (var i = 0; i < bytes; i++)
                {
                    double Pixel(IReadOnlyList<byte[]> frames, int time) => frames[sequence][(time * bytes) + i] / 256.0;
                    last += Math.Pow(Pixel(prediction.Truth, Context - 1) - Pixel(prediction.Truth, Context + ahead), 2) / (2 * bytes);
                    predicted +=
                        Math.Pow(Pixel(prediction.Prediction, Context + ahead) - Pixel(prediction.Truth, Context + ahead), 2) / (2 * bytes);
                }
            }

            Assert.Equal(last, prediction.Errors.LastFrame[ahead], 5);

            // The picture is the prediction rounded down to a bin.
            Assert.Equal(Math.Sqrt(predicted), Math.Sqrt(prediction.Errors.Image[ahead]), 1.0 / 32);
        }

        Assert.All(prediction.Errors.Divergence, value => Assert.True(value > 0));
        Assert.Contains("too few", Assert.Throws<ArgumentException>(
            () => OpenLoop.Predict(_learner.Model, CPU, [new Sequence(_episode, _episode.Length - 3)], 2, context: 3)).Message);
    }

    [Fact]
    public void A_probe_explains_what_it_was_fitted_to_and_not_the_states_of_another_episode_in_another_order()
    {
        Sequence[] one = [new Sequence(_episode, 0)];
        var own = StateProbe.Measure(_learner.Model, CPU, one, one, seed: 2, [0, 1, 3], context: 3)!;
        Assert.Equal(["position[0]", "position[1]", "position[2]", "velocity[0]", "velocity[1]"], own.Names);
        Assert.Equal([0, 1, 3], own.Distances);

        // Four rows and twelve features: the read-out passes through all of them. A single row after the context has no variance.
        Assert.All(own.Explained, shares => Assert.True(shares[0] > 0.9, $"{shares[0]}"));
        Assert.All(own.Explained, shares => Assert.True(double.IsNaN(shares[1]) && double.IsNaN(shares[2])));

        var reversed = new PlaNet.Replay.Episode(
            _episode.Name, _episode.ImageShape, _episode.ActionSize, _episode.Image, _episode.Action, _episode.Reward,
            _episode.States.ToDictionary(state => state.Key, state => state.Value.Reverse().ToArray()));
        var other = StateProbe.Measure(_learner.Model, CPU, one, [new Sequence(reversed, 0)], seed: 2, [0, 1, 3], context: 3)!;
        Assert.Contains(other.Explained, shares => shares[0] < 0);
    }

    [Fact]
    public void Reward_errors_belong_to_the_real_reward_and_to_the_distance_and_lose_none()
    {
        const int Context = 3;

        // In time, low and high rewards alternate.
        var rewards = Enumerable.Range(0, _episode.Length).Select(time => (float)(time % 2 == 0 ? time : 20 - time)).ToArray();
        var episode = new PlaNet.Replay.Episode(
            _episode.Name, _episode.ImageShape, _episode.ActionSize, _episode.Image, _episode.Action, rewards, _episode.States);
        Sequence[] sequences = [.. Enumerable.Range(0, episode.Length - Context - 3).Select(start => new Sequence(episode, start))];
        var errors = RewardErrors.Measure(_learner.Model, CPU, sequences, seed: 2, [0, 1, 4], Context);
        Assert.Equal([0, 1, 4], errors.Distances);
        var compared = rewards[(Context - 1)..];
        Assert.Equal((compared.Min(), compared.Max()), ((float)errors.Ranges[0].Least, (float)errors.Ranges[3].Most));
        Assert.All(errors.Ranges, range => Assert.Equal((compared.Max() - compared.Min()) / 4, range.Most - range.Least, 5));
        Assert.Equal(errors.Ranges.Skip(1).Select(range => range.Least), errors.Ranges.SkipLast(1).Select(range => range.Most));

        // Averaged over all ranges, they are the errors of the open-loop prediction.
        var all = OpenLoop.Predict(_learner.Model, CPU, sequences, seed: 2, Context, horizon: 4).Errors.Reward;
        double Mean(int distance) => errors.Ranges
            .Where(range => range.Counts[distance] > 0)
            .Sum(range => range.Counts[distance] * range.Errors[distance]) / sequences.Length;
        Assert.Equal(all[0], Mean(1), 5);
        Assert.Equal(all[3], Mean(2), 5);
        foreach (var (i, distance) in new[] { 1, 4 }.Index())
        {
            var real = sequences.Select(sequence => rewards[sequence.Start + Context - 1 + distance]).ToArray();
            Assert.Equal(
                errors.Ranges.Select(range => real.Count(
                    reward => reward >= range.Least && (reward < range.Most || range == errors.Ranges[3]))),
                errors.Ranges.Select(range => range.Counts[i + 1]));
        }

        // Five filtered states of each sequence. An untrained model predicts almost 0, so the error is almost the reward.
        Assert.Equal(sequences.Length * 5, errors.Ranges.Sum(range => range.Counts[0]));
        Assert.All(errors.Ranges, range => Assert.InRange(range.Errors[0], range.Least - 1, range.Most + 1));

        var constant = RewardErrors.Measure(_learner.Model, CPU, [new Sequence(Constant(episode), 0)], seed: 2, [0, 1], Context);
        Assert.Equal([0, 0, 0, 2], constant.Ranges.Select(range => range.Counts[0]));
        Assert.True(double.IsNaN(constant.Ranges[0].Errors[0]));
    }

    [Fact]
    public void Episodes_without_states_cannot_be_probed()
    {
        var bare = new PlaNet.Replay.Episode(
            _episode.Name, _episode.ImageShape, _episode.ActionSize, _episode.Image, _episode.Action, _episode.Reward);
        Assert.Null(StateProbe.Measure(_learner.Model, CPU, [new Sequence(bare, 0)], [new Sequence(bare, 0)], seed: 2, [0, 1]));
    }

    [Fact]
    public void Only_states_that_all_episodes_have_are_probed()
    {
        PlaNet.Replay.Episode With(params (string Name, int Width)[] states) => new(
            _episode.Name, _episode.ImageShape, _episode.ActionSize, _episode.Image, _episode.Action, _episode.Reward,
            states.ToDictionary(state => state.Name, state => Enumerable.Range(0, state.Width * _episode.Length).Select(i => i % 7f).ToArray()));
        string[]? Names(PlaNet.Replay.Episode fit, PlaNet.Replay.Episode test) => StateProbe.Measure(
            _learner.Model, CPU, [new Sequence(fit, 0)], [new Sequence(test, 0)], seed: 2, [0, 1], context: 3)?.Names.ToArray();
        var (own, given) = (With(("a", 1), ("b", 2)), With(("b", 2), ("c", 1)));
        Assert.Equal(["b[0]", "b[1]"], Names(own, given)!);
        Assert.Equal(["b[0]", "b[1]"], Names(given, own)!);
        Assert.Null(Names(With(("a", 1)), With(("a", 2))));
        Assert.Null(Names(With(), own));
    }

    [Fact]
    public void A_model_predicts_from_the_vectors_that_it_observes_and_no_others_of_an_episode()
    {
        var experiment = SmallRun.Experiment with
        {
            Task = SmallRun.Experiment.Task with { Observations = PlaNet.Experiments.ObservationKind.ImageAndState },
        };
        using var learner = new Learner(experiment, 1, CPU, seed: 5, stateSize: 3);
        PlaNet.Replay.StateShape[] observed = [new("position", 3)];
        var more = new PlaNet.Replay.Episode(
            _episode.Name, _episode.ImageShape, _episode.ActionSize, _episode.Image, _episode.Action, _episode.Reward,
            new Dictionary<string, float[]>(StringComparer.Ordinal)
            {
                ["position"] = _episode.States["position"],
                ["another"] = new float[_episode.Length],
            });
        OpenLoopPrediction Predict(PlaNet.Replay.Episode episode, PlaNet.Replay.StateShape[]? states) => OpenLoop.Predict(
            learner.Model, CPU, [new Sequence(episode, 0)], seed: 2, context: 3, horizon: 2, states);
        Assert.Equal(Predict(_episode, observed).Errors.Reward, Predict(more, observed).Errors.Reward);
        Assert.Contains("vectors of 3 numbers", Assert.Throws<ArgumentException>(() => Predict(more, null)).Message);
    }

    public void Dispose()
    {
        _learner.Dispose();
        _scope.Dispose();
    }

    private static PlaNet.Replay.Episode Constant(PlaNet.Replay.Episode episode) => new(
        episode.Name, episode.ImageShape, episode.ActionSize, episode.Image, episode.Action, new float[episode.Length], episode.States);

    private float[] Parameters() => [.. _learner.Model.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];
}
