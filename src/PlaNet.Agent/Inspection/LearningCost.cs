using System.Diagnostics;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Replay;

namespace PlaNet.Inspection;

/// <summary>Number of parameters of a part of the world model.</summary>
/// <param name="Name">
/// The part: encoder, dynamics, decoder or reward; where they exist, state_encoder, state_decoder and continuation.
/// </param>
/// <param name="Parameters">Number of learned parameters.</param>
public sealed record ModelPart(string Name, long Parameters);

/// <summary>The cost of learning and planning on this machine: the number of parameters and measured times.</summary>
/// <param name="Parts">The parts of the model, in the order in which data flows through them.</param>
/// <param name="UpdateSeconds">Median time of an update, in seconds.</param>
/// <param name="DecisionSeconds">Median time of a decision for one environment, including filtering, in seconds.</param>
public sealed record LearningCost(IReadOnlyList<ModelPart> Parts, double UpdateSeconds, double DecisionSeconds)
{
    /// <summary>Number of learned parameters of the model.</summary>
    public long Parameters => Parts.Sum(part => part.Parameters);

    /// <summary>Counts the parameters of an experiment's model.</summary>
    /// <param name="experiment">A valid experiment.</param>
    /// <param name="actionSize">Size of an action, at least 1.</param>
    /// <param name="terminates">Whether a task announces that its episodes can terminate. Default false.</param>
    /// <param name="stateSize">Numbers of an observed state vector, S; 0 without state vectors. Default 0.</param>
    public static IReadOnlyList<ModelPart> PartsOf(Experiment experiment, int actionSize, bool terminates = false, int stateSize = 0)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        using var generator = new Generator(0, CPU);
        using var model = new Models.WorldModel(
            experiment.Model,
            actionSize,
            generator,
            imageSize: experiment.Task.ObservedImageSize,
            terminates: terminates,
            stateSize: stateSize,
            imageChannels: experiment.Task.ImageChannels);
        return PartsOf(model);
    }

    /// <summary>Times a learner and an agent on frames of noise, after one warm-up round.</summary>
    /// <param name="experiment">A valid experiment.</param>
    /// <param name="actionSize">Size of an action, at least 1.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="rounds">Number of timed updates and decisions, at least 1. Default 3.</param>
    /// <param name="terminates">Whether a task announces that its episodes can terminate. Default false.</param>
    /// <param name="stateSize">Numbers of an observed state vector, S; 0 without state vectors. Default 0.</param>
    /// <param name="discrete">Whether actions are choices. Default false.</param>
    public static LearningCost Measure(
        Experiment experiment,
        int actionSize,
        Device device,
        int rounds = 3,
        bool terminates = false,
        int stateSize = 0,
        bool discrete = false)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        using var learner = new Learner(experiment, actionSize, device, seed: 0, terminates, stateSize);
        var batch = Noise(experiment, actionSize, stateSize);
        var update = Median(rounds, round => learner.Update(batch, (ulong)round));
        using var agent = new Agent(learner.Model, experiment.Planner, 1, device, explorationNoise: 0, seed: 0, discrete);
        var percept = FirstOf(batch);
        return new LearningCost(PartsOf(learner.Model), update, Median(rounds, _ => agent.Act([percept])));
    }

    /// <summary>A batch of random frames, state vectors and actions, in the size of an update.</summary>
    /// <param name="experiment">A valid experiment.</param>
    /// <param name="actionSize">Size of an action.</param>
    /// <param name="stateSize">Numbers of an observed state vector, S; 0 without state vectors. Default 0.</param>
    public static ChunkBatch Noise(Experiment experiment, int actionSize, int stateSize = 0)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var replay = experiment.Replay;
        var random = new RandomStream(0);
        var rows = replay.BatchSize * replay.ChunkLength;
        var side = experiment.Task.ObservedImageSize;
        var shape = side > 0 ? new ImageShape(side, side, experiment.Task.ImageChannels) : ImageShape.None;
        var images = new byte[rows * shape.Bytes];
        for (var i = 0; i < images.Length; i++)
        {
            images[i] = (byte)random.NextUInt64();
        }

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextUniform(-1, 1))];
        return new ChunkBatch(
            replay.BatchSize, replay.ChunkLength, shape, actionSize, images, Numbers(rows * actionSize), new float[rows], [])
        {
            States = stateSize > 0 ? Numbers(rows * stateSize) : null,
        };
    }

    /// <summary>The first observation of a batch.</summary>
    /// <param name="batch">A batch.</param>
    internal static Percept FirstOf(ChunkBatch batch) => new(
        batch.Images[..batch.ImageShape.Bytes],
        batch.States is { } states ? states[..(states.Length / (batch.BatchSize * batch.ChunkLength))] : []);

    private static ModelPart[] PartsOf(Models.WorldModel model) =>
    [
        .. GradientNorms.Parts(model).Select(
            part => new ModelPart(part.Name, part.Module.parameters().Sum(parameter => parameter.numel()))),
    ];

    private static double Median(int rounds, Action<int> action)
    {
        action(rounds);
        var seconds = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            action(round);
            seconds[round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[rounds / 2];
    }
}
