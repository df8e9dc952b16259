using PlaNet.Inspection;
using PlaNet.Models;
using PlaNet.Common;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Replay;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Runs.Actors;

/// <summary>Plays evaluation episodes with published weights and no exploration noise in its own environments. Writes videos.</summary>
public static class EvaluatorActor
{
    private const string Role = "evaluator";

    /// <summary>Creates the behaviour.</summary>
    /// <param name="parts">Dependencies of the role.</param>
    public static Behavior Create(RunParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var thread = parts.TensorThread(Role);

        // Number of hung threads. Kept over restarts; only evaluations access it, never concurrently.
        var abandoned = new int[1];
        return Behavior.Of(
            context => Next.With(
                new Owned(
                    new ModelCopy(parts),
                    new EvaluationEnvironments(parts, () => EnvironmentHang.Failure(parts.Settings, Role, ++abandoned[0]))),
                new Tell(context.Parent, new EvaluatorReady())),
            (owned, message, context) => message switch
            {
                EvaluateAgent order => Next.With(
                    owned, new Run(thread, lifetime => Evaluate(parts, owned, order, lifetime)) { To = context.Parent }),
                _ => Next.With(owned),
            },
            owned =>
            [
                new Run(thread, _ =>
                {
                    owned.Model.Dispose();
                    owned.Environments.Dispose();
                    return null;
                }),
            ]);
    }

    private static AgentEvaluated? Evaluate(RunParts parts, Owned owned, EvaluateAgent order, CancellationToken lifetime)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime, parts.Interrupt);
        try
        {
            parts.Faults.Reach(FaultPoint.EvaluatorEvaluate, lifetime);
            var start = parts.Time.GetTimestamp();
            owned.Environments.Begin(lifetime);
            return Evaluate(parts, owned, order, start, either.Token);
        }
        catch (OperationCanceledException) when (parts.Interrupt.IsCancellationRequested)
        {
            return null;
        }
    }

    private static AgentEvaluated Evaluate(
        RunParts parts,
        Owned owned,
        EvaluateAgent order,
        long start,
        CancellationToken cancellation)
    {
        var model = owned.Model.Load(order.Weights);
        var index = (ulong)order.Progress.Evaluations;
        Episode[] episodes =
        [
            .. Evaluator.Run(
                parts.Experiment,
                model,
                parts.Device,
                parts.Experiment.Evaluation.Episodes,
                RandomStream.Derive(parts.Seed, "evaluation", index),
                decision => parts.Watch(
                    new DecisionMade(order.Progress, RunStep.Evaluate, decision, parts.Tasks.Max(task => task.Decisions))),
                cancellation,
                owned.Environments.Create,
                task => parts.Decisions?.Watch(
                    RunStep.Evaluate, order.Progress.Episodes, parts.Tasks[task].Task, parts.Tasks[task].Decisions)),
        ];
        var video = Path.Combine(parts.Folder.Videos, $"evaluation-{order.Progress.Episodes:D5}.gif");
        if (parts.Experiment.Task.HasImages)
        {
            WriteVideos(parts, model, episodes, video, index, cancellation);
        }

        return new AgentEvaluated(
            order.Order, [.. episodes.Select(episode => episode.Return)], video, parts.Time.GetElapsedTime(start).TotalSeconds);
    }

    private static void WriteVideos(
        RunParts parts, WorldModel model, Episode[] episodes, string video, ulong index, CancellationToken cancellation)
    {
        var writer = new VideoWriter(Ffmpeg.Find(parts.Settings.Ffmpeg));
        var written = writer.WriteBoth(
            Path.ChangeExtension(video, null), EvaluationVideo.ClipOf(episodes, parts.Tasks.Count), cancellation: cancellation);
        Warn(parts, written.Failure);
        var shown = parts.Tasks.Count == 1 ? episodes : EvaluationVideo.Shown(episodes, parts.Tasks.Count);
        if (shown.Min(episode => episode.Length) > OpenLoop.DefaultContext)
        {
            var failure = PredictionVideo.Write(
                PredictionVideo.PathFor(video),
                OpenLoop.Predict(
                    model,
                    parts.Device,
                    [.. shown.Select(episode => new Sequence(episode, Start: 0))],
                    RandomStream.Derive(parts.Seed, "prediction", index),
                    states: parts.EpisodeRule.States),
                writer,
                cancellation);
            Warn(parts, failure);
        }
    }

    private static void Warn(RunParts parts, string? failure)
    {
        if (failure is not null)
        {
            parts.WarnOnce($"There is a video without .mp4 file, but its .gif file is complete: {failure}");
        }
    }

    private sealed record Owned(ModelCopy Model, EvaluationEnvironments Environments);
}
