using PlaNet.Common;
using PlaNet.Environments;
using PlaNet.Inspection;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Runs.Watching;

/// <summary>
/// Plays episodes with the newest model of a run, one step at a time, and keeps what was played: earlier steps are shown as recorded, and
/// only a step after the newest one is played. Not thread-safe. It only reads the run directory.
/// </summary>
public sealed class WatchSession : IDisposable
{
    private readonly WatchOptions _options;
    private readonly IEnvironment _environment;
    private TrainedModel _trained;
    private DecisionRecorder? _recorder;
    private Agent? _agent;

    /// <summary>Loads the newest model, and plays the first step of the first episode.</summary>
    /// <param name="options">What is watched.</param>
    /// <exception cref="RunException">
    /// The directory contains no run, the run has no intact checkpoint, or its agent observes no images.
    /// </exception>
    public WatchSession(WatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _trained = TrainedModel.Load(options.Run, options.Device, options.Warn);
        try
        {
            if (_trained.Model.ImageSize == 0)
            {
                throw new RunException(
                    $"{options.Run}: its agent observes no images (task.observations is state), so there are no frames to watch. "
                    + $"Make a video with 'planet view --policy run:{options.Run}'.");
            }

            _environment = options.Tasks.Create(0, options.Warn);
        }
        catch
        {
            _trained.Dispose();
            throw;
        }

        try
        {
            History = Begin();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Number of the episode, from 0.</summary>
    public int Episode { get; private set; }

    /// <summary>Progress of the run at the checkpoint with which the episode is played.</summary>
    public RunProgress Progress => _trained.State.Progress;

    /// <summary>Specification of the task.</summary>
    public EnvironmentSpec Spec => _environment.Spec;

    /// <summary>The played steps of the episode, and the one that is shown.</summary>
    public WatchHistory History { get; private set; }

    /// <summary>Begins another episode, with the newest model of the run and another start state.</summary>
    public void BeginEpisode()
    {
        if (!_trained.IsNewest())
        {
            Reload();
        }

        Episode++;
        History = Begin();
    }

    /// <summary>Shows the next step, and plays it if it is not recorded; does nothing after the last step of the episode.</summary>
    public void Forward()
    {
        if (!History.IsAtNewest)
        {
            Show(History.Position + 1);
        }
        else if (!History.HasEnded)
        {
            var newest = History.Steps[^1];
            var step = _environment.Step(newest.Decision!.Action);
            var next = See(newest.Index + 1, step.Observation, newest.Return + step.Reward, step.Ended);
            History = History.Append(step.Reward, next);
        }
    }

    /// <summary>Shows a recorded step.</summary>
    /// <param name="position">Index of the step; the nearest recorded one is shown.</param>
    public void Show(int position) => History = History.Show(position);

    /// <inheritdoc/>
    public void Dispose()
    {
        EndAgent();
        _environment.Dispose();
        _trained.Dispose();
    }

    private WatchHistory Begin()
    {
        EndAgent();
        _recorder = new DecisionRecorder(_trained.Model, _options.Planner, _options.Elites);
        _agent = new Agent(
            _trained.Model,
            _options.Planner,
            1,
            _options.Device,
            explorationNoise: 0,
            RandomStream.Derive(_options.Seed, "agent", (ulong)Episode),
            _environment.Spec.Action.IsDiscrete)
        {
            Recorder = _recorder,
        };
        var first = _environment.Reset(RandomStream.Derive(_options.Seed, "environment", (ulong)Episode));
        return WatchHistory.Begin(See(0, first, 0, hasEnded: false));
    }

    // A run that trains replaces its checkpoints; one that is deleted while it is read is no reason to stop watching.
    private void Reload()
    {
        TrainedModel newest;
        try
        {
            newest = TrainedModel.Load(_options.Run, _options.Device, _options.Warn);
        }
        catch (Exception refused) when (refused is RunException or IOException or UnauthorizedAccessException)
        {
            _options.Warn($"The model of {Progress.Updates} updates is kept: {refused.Message}");
            return;
        }

        EndAgent();
        _trained.Dispose();
        _trained = newest;
    }

    private void EndAgent()
    {
        _agent?.Dispose();
        _recorder?.Dispose();
        (_agent, _recorder) = (null, null);
    }

    private WatchedStep See(int index, Observation seen, double sum, bool hasEnded)
    {
        var action = _agent!.Act([EpisodePlay.PerceptOf(seen)])[0];
        var decision = _recorder!.Last!;
        return new WatchedStep
        {
            Index = index,
            Frame = Png(seen.Image!),
            Reconstruction = Png(decision.Reconstruction),
            Return = sum,
            Decision = hasEnded ? null : new WatchedDecision(
                action,
                decision.BeliefMean,
                decision.BeliefStddev,
                decision.PlanReturn,
                Future(decision.Plan),
                [.. decision.Elites.Select(Future)])
            {
                IsDiscrete = decision.IsDiscrete,
            },
        };
    }

    private byte[] Png(byte[] frame) => PngWriter.Encode(new Picture(_trained.Model.ImageSize, _trained.Model.ImageSize, frame));

    private WatchedFuture Future(ImaginedFuture future)
    {
        var size = _trained.Model.ImageSize;
        var strip = FrameGrid.Strip(new Clip(future.Rewards.Length, size, size, future.Frames), gap: 0);
        return new WatchedFuture(future.Return, future.Rewards, PngWriter.Encode(strip));
    }
}
