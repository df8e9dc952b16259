using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>Whole runs of agents that observe state vectors.</summary>
public sealed class StateVectorRunTests
{
    private static readonly Experiment s_states = SmallRun.Experiment with
    {
        Task = SmallRun.Experiment.Task with { Observations = ObservationKind.State },
        Model = SmallRun.Experiment.Model with { StateUnits = 8 },
    };

    private static readonly Experiment s_both = s_states with
    {
        Task = s_states.Task with { Observations = ObservationKind.ImageAndState, ImageSize = 32 },
    };

    [Fact]
    public void A_run_of_vectors_alone_renders_nothing_and_resumes_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["whole"], experiment: s_states);
        Assert.True(complete);
        Assert.Empty(events.OfType<RunWarning>());
        Assert.All(events.OfType<UpdateDone>(), update => Assert.Null(update.Metrics.Image));
        Assert.All(events.OfType<UpdateDone>(), update => Assert.True(update.Metrics.State > 0));
        Assert.Empty(Directory.GetFiles(new RunFolder(folder["whole"]).Videos));
        var store = EpisodeStore.Open(new RunFolder(folder["whole"]).TrainEpisodes, 0, readOnly: true);
        Assert.All(store.List(), entry => Assert.Equal(ImageShape.None, store.Load(entry.Name).ImageShape));
        SmallRun.AssertResumes(folder, s_states);
        using var trained = TrainedModel.Load(folder["run"], torch.CPU, warning => Assert.Fail(warning));
        Assert.Equal((0, 5), (trained.Model.ImageSize, trained.Model.StateSize));
        var data = HeldOutData.Open(folder["run"], s_states.Schedule, trained.State);
        Assert.Equal(2 * 4 * 5, data.Batch(2, 4, 1, Tasks.RuleOf(s_states.Task, Tasks.DescribeAll(s_states.Task)).States).States!.Length);
    }

    [Fact]
    public void A_run_of_images_and_vectors_learns_from_both_and_resumes_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["whole"], experiment: s_both);
        Assert.True(complete);
        Assert.All(events.OfType<UpdateDone>(), update => Assert.True(update.Metrics is { Image: > 0, State: > 0 }));
        Assert.True(File.Exists(Path.Combine(folder["whole"], "videos", "prediction-00005.gif")));
        SmallRun.AssertResumes(folder, s_both);
    }

    [Fact]
    public void Episodes_in_environment_processes_are_bit_equal()
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["whole"], experiment: s_states);
        var own = s_states with { Task = s_states.Task with { Isolation = EnvironmentIsolation.Process } };
        SmallRun.Run(folder["run"], experiment: own);
        Assert.Equal(SmallRun.Fingerprint(folder["whole"]), SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void The_vectors_reach_the_agent_in_the_order_in_which_batches_hold_them()
    {
        using var environment = Tasks.Create(s_states.Task);
        var observation = environment.Reset(1);
        Assert.Null(observation.Image);
        var names = Tasks.RuleOf(s_states.Task, [environment.Spec]).States.Select(state => state.Name).ToArray();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.True(names.Length > 1);
        var percept = EpisodePlay.PerceptOf(observation);
        Assert.Empty(percept.Image);
        Assert.Equal(names.SelectMany(name => observation.States[name]), percept.State);
    }

    [Theory]
    [InlineData("image", 0, 1, "has no images, but task.observations is image. Set task.observations=state")]
    [InlineData("image_and_state", 0, 1, "has no images, but task.observations is image_and_state. Set task.observations=state")]
    [InlineData("state", 64, 1, "has images of 64x64, but task.observations is state. Set task.observations=image_and_state")]
    [InlineData("image_and_state", 64, 0, "has no states, but task.observations is image_and_state. Set task.observations=image")]
    [InlineData("image_and_state", 48, 1, "has images of 48x48, but task.image_size is 64. Set task.image_size=48")]
    [InlineData("state", 0, 1, null)]
    [InlineData("image_and_state", 64, 1, null)]
    [InlineData("image", 64, 1, null)]
    public void A_program_whose_observations_do_not_fit_is_refused_with_the_remedy(
        string observations, int image, int states, string? refusal)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["environment.py"], $$"""
            import json, struct, sys
            def send(head, body=b""):
                sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
                sys.stdout.buffer.flush()
            image, states = {{image}}, {{states}}
            send({"protocol": "planet-environment/1", "task": "t", "action": {"low": [-1], "high": [1]}, "control_steps": 8,
                  "image": {"height": image, "width": image} if image else None,
                  "states": [{"name": "position", "size": 1}] if states else []})
            for line in sys.stdin:
                request = json.loads(line)
                if request["do"] == "close":
                    break
                body = bytes(3 * image * image) + (struct.pack("<f", 0.5) if states else b"")
                step = {} if request["do"] == "reset" else {"reward": 0.0, "terminated": False, "truncated": False}
                send({"bytes": len(body), **step}, body)
            """);
        var experiment = Overrides.ApplyAll(
            SmallRun.Experiment, ["task.command=python3 environment.py", $"task.observations={observations}"]);
        var task = experiment.Task with { CommandFolder = folder.Path };
        if (refusal is null)
        {
            Assert.Equal(image > 0, Tasks.Describe(task).Image is not null);
        }
        else
        {
            Assert.Contains(refusal, Assert.Throws<RunException>(() => Tasks.Describe(task)).Message);
        }
    }

    [Fact]
    public void Contradictions_and_changes_that_the_episodes_do_not_allow_are_refused()
    {
        var problem = Assert.Single(ExperimentValidation.Validate(Overrides.ApplyAll(s_states, ["task.others=reacher_easy"])));
        Assert.Contains("tasks have different state vectors", problem.Rule);
        problem = Assert.Single(ExperimentValidation.Validate(
            Overrides.ApplyAll(s_states, ["objective.observation_overshooting_scale=1", "objective.observation_overshooting_distance=2"])));
        Assert.Contains("it predicts images", problem.Rule);

        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["run"], (_, interrupt) => interrupt.Cancel(), s_states);
        string Refusal(Experiment changed) =>
            Assert.Throws<RunException>(() => SmallRun.Run(folder["run"], experiment: changed, allowChanges: true)).Message;
        Assert.Contains("the recorded episodes have the observations of before", Refusal(s_both));
        Assert.Contains("state vectors would be", Refusal(s_states with { Task = s_states.Task with { Name = "finger_spin" } }));
    }
}
