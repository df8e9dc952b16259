using PlaNet.Experiments;
using PlaNet.Inspection;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Watching;
using PlaNet.Tests.Common;
using PlaNet.Tests.Telemetry.Pictures;

namespace PlaNet.Tests.Runs.Watching;

/// <summary>Watching a model step by step, without a page.</summary>
[Collection(nameof(Alone))]
public sealed class WatchSessionTests : IDisposable
{
    private const int Decisions = 8;
    private const int Size = 64;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void An_episode_is_the_one_that_an_evaluation_plays()
    {
        SmallRun.Run(_folder["run"]);
        using var session = Open();
        PlayToTheEnd(session);
        using var trained = TrainedModel.Load(_folder["run"], torch.CPU, Assert.Fail);
        var episode = Evaluator.Run(
            SmallRun.Experiment, trained.Model, torch.CPU, 1, seed: 7, static _ => { }, CancellationToken.None).Single();
        var steps = session.History.Steps;
        Assert.Equal(episode.Length, steps.Count);
        for (var row = 0; row < steps.Count; row++)
        {
            Assert.Equal(
                episode.Image.AsSpan(row * episode.ImageShape.Bytes, episode.ImageShape.Bytes).ToArray(),
                Decoders.Png(steps[row].Frame).Pixels);
            if (row > 0)
            {
                Assert.Equal(episode.Reward[row], (float)steps[row - 1].Reward!.Value);
                Assert.Equal(episode.Action.AsSpan(row, 1).ToArray(), steps[row - 1].Decision!.Action);
            }
        }

        Assert.Equal(episode.Return, steps[^1].Return, 5);
        Assert.Null(steps[^1].Decision);
        Assert.Null(steps[^1].Reward);
    }

    [Fact]
    public void A_step_shows_reconstruction_belief_and_the_imagined_futures_of_elites()
    {
        SmallRun.Run(_folder["run"]);
        using var session = Open();
        session.Forward();
        var step = session.History.Shown;
        var decision = step.Decision!;
        Assert.Equal((Size, Size), (Decoders.Png(step.Reconstruction).Width, Decoders.Png(step.Reconstruction).Height));
        Assert.Equal(3, decision.BeliefMean.Length);
        Assert.Equal(Math.Clamp(decision.BeliefMean[0][0], -1, 1), decision.Action[0]);
        Assert.All(decision.BeliefStddev, stddev => Assert.InRange(stddev[0], 0.0009f, 2f));
        Assert.Equal(decision.Plan.Rewards[0], (float)decision.PredictedReward);

        // The planner of this run keeps two elites, whose mean return is the plan's.
        Assert.Equal(2, decision.Elites.Count);
        Assert.Equal(decision.PlanReturn, decision.Elites.Average(elite => elite.Return), 4);
        Assert.True(decision.Elites[0].Return >= decision.Elites[1].Return);
        foreach (var future in decision.Elites.Append(decision.Plan))
        {
            Assert.Equal(future.Return, future.Rewards.Sum(), 4);
            var strip = Decoders.Png(future.Strip);
            Assert.Equal((3 * Size, Size), (strip.Width, strip.Height));
        }
    }

    [Fact]
    public void Earlier_steps_are_shown_as_recorded_and_not_played_again()
    {
        SmallRun.Run(_folder["run"]);
        using var session = Open();
        session.Show(session.History.Position - 1);
        Assert.Equal(0, session.History.Position);
        session.Forward();
        session.Forward();
        var played = session.History.Steps;
        session.Show(session.History.Position - 1);
        session.Show(session.History.Position - 1);
        Assert.Same(played[0], session.History.Shown);
        session.Forward();
        Assert.Same(played[1], session.History.Shown);
        session.Show(100);
        Assert.Same(played[2], session.History.Shown);
        session.Show(-1);
        Assert.Same(played[0], session.History.Shown);
        Assert.Same(played, session.History.Steps);

        // After detours, the episode is the same as without them.
        PlayToTheEnd(session);
        using var straight = Open();
        PlayToTheEnd(straight);
        AssertSame(straight.History, session.History);
        session.Forward();
        Assert.Equal(Decisions, session.History.Position);
        Assert.True(session.History.HasEnded);
    }

    [Fact]
    public void The_same_seed_gives_the_same_episodes_and_another_one_others()
    {
        SmallRun.Run(_folder["run"]);
        using var first = Open();
        using var second = Open();
        using var other = Open(seed: 8);
        for (var episode = 0; episode < 2; episode++)
        {
            PlayToTheEnd(first);
            PlayToTheEnd(second);
            PlayToTheEnd(other);
            AssertSame(first.History, second.History);
            Assert.NotEqual(first.History.Steps[0].Frame, other.History.Steps[0].Frame);
            var start = first.History.Steps[0].Frame;
            first.BeginEpisode();
            second.BeginEpisode();
            other.BeginEpisode();
            Assert.NotEqual(start, first.History.Steps[0].Frame);
        }

        Assert.Equal(2, first.Episode);
    }

    [Fact]
    public void A_newer_model_is_picked_up_when_an_episode_begins()
    {
        void Train(int episodes) => SmallRun.Run(
            _folder["run"],
            (happened, interrupt) =>
            {
                if (happened is EpisodeCollected { Progress.Episodes: var collected } && collected == episodes)
                {
                    interrupt.Cancel();
                }
            });

        Train(3);
        using var session = Open();
        var updates = session.Progress.Updates;
        var first = session.History.Shown.Reconstruction;
        Train(5);
        session.Forward();
        Assert.Equal(updates, session.Progress.Updates);
        session.BeginEpisode();
        Assert.True(session.Progress.Updates > updates);
        Assert.NotEqual(first, session.History.Shown.Reconstruction);

        // A damaged newer checkpoint leaves the session with a model, and says so.
        var warnings = new List<string>();
        using var warned = Open(warn: warnings.Add);
        Directory.CreateDirectory(_folder["run/checkpoints/999999999"]);
        warned.BeginEpisode();
        Assert.Contains("999999999 is damaged", Assert.Single(warnings));
        Assert.Equal(session.Progress, warned.Progress);
        Directory.Delete(_folder["run/checkpoints"], recursive: true);
        warned.BeginEpisode();
        Assert.Contains("is kept: ", warnings[^1]);
        PlayToTheEnd(warned);
    }

    [Theory]
    [InlineData(PlannerMethod.Cem, PlannerStart.PerCandidate)]
    [InlineData(PlannerMethod.RandomShooting, PlannerStart.Shared)]
    [InlineData(PlannerMethod.Icem, PlannerStart.Shared)]
    [InlineData(PlannerMethod.Mppi, PlannerStart.Shared)]
    [InlineData(PlannerMethod.CemGradient, PlannerStart.Shared)]
    public void Every_planner_can_be_watched_and_decides_as_if_it_were_not(PlannerMethod method, PlannerStart start)
    {
        SmallRun.UseOneThread();
        var options = SmallRun.Experiment.Planner with
        {
            Method = method,
            Start = start,
            Discount = 0.9,
            Gradient = new GradientOptions { Steps = 2, Samples = 2 },
        };
        using var learner = new Learner(SmallRun.Experiment, 1, torch.CPU, seed: 1);
        using var recorder = new DecisionRecorder(learner.Model, options, elites: 2);
        using var watched = new Agent(learner.Model, options, 1, torch.CPU, explorationNoise: 0, seed: 1) { Recorder = recorder };
        using var alone = new Agent(learner.Model, options, 1, torch.CPU, explorationNoise: 0, seed: 1);
        var random = new PlaNet.Common.RandomStream(1);
        for (var decision = 0; decision < 3; decision++)
        {
            byte[] image = [.. Enumerable.Range(0, Size * Size * 3).Select(_ => (byte)random.NextInt32(256))];
            Assert.Equal(alone.Act([image])[0], watched.Act([image])[0]);
            var recorded = recorder.Last!;
            Assert.Equal(2, recorded.Elites.Count);
            Assert.All(recorded.Elites.Append(recorded.Plan), future =>
            {
                Assert.Equal(future.Rewards.Select((reward, step) => reward * Math.Pow(0.9, step)).Sum(), future.Return, 4);
                Assert.Equal(options.Horizon * Size * Size * 3, future.Frames.Length);
                Assert.Equal(options.Horizon, future.Actions.Length);
            });
        }
    }

    [Fact]
    public void A_planner_without_iterations_has_no_elites()
    {
        SmallRun.UseOneThread();
        var options = SmallRun.Experiment.Planner with { Iterations = 0 };
        using var learner = new Learner(SmallRun.Experiment, 1, torch.CPU, seed: 1);
        using var recorder = new DecisionRecorder(learner.Model, options, elites: 2);
        using var agent = new Agent(learner.Model, options, 1, torch.CPU, explorationNoise: 0, seed: 1) { Recorder = recorder };
        agent.Act([new byte[Size * Size * 3]]);
        Assert.Empty(recorder.Last!.Elites);
        Assert.True(double.IsNaN(recorder.Last.PlanReturn));
    }

    [Fact]
    public void A_thousand_steps_leave_the_tensors_as_they_were()
    {
        SmallRun.Run(_folder["run"]);
        using var session = Open();
        void Play(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                if (session.History.HasEnded)
                {
                    session.BeginEpisode();
                }
                else
                {
                    session.Forward();
                }
            }
        }

        Play(10 * (Decisions + 1));
        var part = 10 * (Decisions + 1);
        for (var played = 0; played < 1000; played += part)
        {
            // The collector would free leaked tensors.
            Assert.True(GC.TryStartNoGCRegion(200 << 20), "the runtime has too little memory to switch garbage collection off");
            try
            {
                GC.WaitForPendingFinalizers();
                var before = torch.Tensor.TotalCount;
                Play(part);
                Assert.Equal(before, torch.Tensor.TotalCount);
            }
            finally
            {
                GC.EndNoGCRegion();
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private WatchSession Open(ulong seed = 7, Action<string>? warn = null) => new(
        new WatchOptions(
            _folder["run"], EvaluationTasks.All(SmallRun.Experiment.Task), SmallRun.Experiment.Planner, seed, torch.CPU)
        {
            Elites = 2,
            Warn = warn ?? Assert.Fail,
        });

    private static void PlayToTheEnd(WatchSession session)
    {
        while (!session.History.HasEnded || !session.History.IsAtNewest)
        {
            session.Forward();
        }
    }

    private static void AssertSame(WatchHistory one, WatchHistory other)
    {
        Assert.Equal(one.Steps.Count, other.Steps.Count);
        foreach (var (first, second) in one.Steps.Zip(other.Steps))
        {
            Assert.Equal(first.Frame, second.Frame);
            Assert.Equal(first.Reconstruction, second.Reconstruction);
            Assert.Equal(first.Reward, second.Reward);
            Assert.Equal(first.Decision?.Action, second.Decision?.Action);
            Assert.Equal(first.Decision?.Plan.Strip, second.Decision?.Plan.Strip);
        }
    }
}
