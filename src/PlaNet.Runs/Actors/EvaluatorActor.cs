using PlaNet.Inspection;
using PlaNet.Common;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Actors;

/// <summary>Plays noise-free episodes with published weights, with environments of its own, and makes the videos.</summary>
public static class EvaluatorActor
{
    private const string Role = "evaluator";

    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    public static Behavior Create(RunParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var thread = parts.TensorThread(Role);

        // Threads that hang. Outlives the incarnations; only evaluations touch it, one at a time.
        var abandoned = new int[1];
        return Behavior.Of(
            context => Next.With(new ModelCopy(parts), new Tell(context.Parent, new EvaluatorReady())),
            (copy, message, context) => message switch
            {
                EvaluateAgent order => Next.With(copy, new Run(thread, life => Evaluate(parts, copy, order, abandoned, life)) { To = context.Parent }),
                _ => Next.With(copy),
            },
            copy =>
            [
                new Run(thread, _ =>
                {
                    copy.Dispose();
                    return null;
                }),
            ]);
    }

    private static AgentEvaluated? Evaluate(RunParts parts, ModelCopy copy, EvaluateAgent order, int[] abandoned, CancellationToken life)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(life, parts.Interrupt);
        try
        {
            parts.Faults.Reach(FaultPoint.EvaluatorEvaluate, life);
            var start = parts.Time.GetTimestamp();
            using var environments = new EvaluationEnvironments(parts, () => EnvironmentHang.Failure(parts.Settings, Role, ++abandoned[0]), life);
            return Evaluate(parts, copy, order, start, environments, either.Token);
        }
        catch (OperationCanceledException) when (parts.Interrupt.IsCancellationRequested)
        {
            return null;
        }
    }

    private static AgentEvaluated Evaluate(
        RunParts parts, ModelCopy copy, EvaluateAgent order, long start, EvaluationEnvironments environments, CancellationToken cancellation)
    {
        var model = copy.Take(order.Weights);
        var index = (ulong)order.Progress.Evaluations;
        var episodes = Evaluator.Run(
            parts.Experiment,
            model,
            parts.Device,
            parts.Experiment.Evaluation.Episodes,
            RandomStream.Derive(parts.Seed, "evaluation", index),
            decision => parts.Watch(new DecisionMade(order.Progress, RunStep.Evaluate, decision, parts.Tasks.Max(task => task.Decisions))),
            cancellation,
            environments.Create);
        var video = Path.Combine(parts.Folder.Videos, $"evaluation-{order.Progress.Episodes:D5}.gif");
        EvaluationVideo.Write(video, episodes, parts.Tasks.Count);
        var shown = parts.Tasks.Count == 1 ? episodes : EvaluationVideo.FirstOfEach(episodes, parts.Tasks.Count);
        if (shown.Min(episode => episode.Length) > OpenLoop.DefaultContext)
        {
            PredictionVideo.Write(
                Path.Combine(parts.Folder.Videos, $"prediction-{order.Progress.Episodes:D5}"),
                OpenLoop.Predict(
                    model,
                    parts.Device,
                    [.. shown.Select(episode => new Sequence(episode, Start: 0))],
                    RandomStream.Derive(parts.Seed, "prediction", index)));
        }

        return new AgentEvaluated(
            order.Order, [.. episodes.Select(episode => episode.Return)], video, parts.Time.GetElapsedTime(start).TotalSeconds);
    }
}
