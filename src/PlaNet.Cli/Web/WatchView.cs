using PlaNet.Runs.Watching;

namespace PlaNet.Cli.Web;

/// <summary>What the page of <c>planet watch</c> shows, as its JSON; numbers that are not finite become null.</summary>
internal sealed record WatchView
{
    public required string Run { get; init; }

    public required string Experiment { get; init; }

    public required string Task { get; init; }

    public required string Planner { get; init; }

    public required int ImageSize { get; init; }

    public required int Decisions { get; init; }

    public required int Updates { get; init; }

    public required int Episodes { get; init; }

    public required int Episode { get; init; }

    public required int Position { get; init; }

    public required int Count { get; init; }

    public required bool Ended { get; init; }

    public required StepView Step { get; init; }

    public required RewardsView Rewards { get; init; }

    /// <summary>The step that is shown, and the rewards of all recorded steps.</summary>
    /// <param name="subject">What is the same for every step.</param>
    /// <param name="shown">What is shown.</param>
    public static WatchView Of(WatchSubject subject, WatchShown shown)
    {
        var history = shown.History;
        return new WatchView
        {
            Run = subject.Run,
            Experiment = subject.Experiment,
            Task = subject.Task,
            Planner = subject.Planner,
            ImageSize = subject.ImageSize,
            Decisions = subject.Decisions,
            Updates = shown.Progress.Updates,
            Episodes = shown.Progress.Episodes,
            Episode = shown.Episode,
            Position = history.Position,
            Count = history.Steps.Count,
            Ended = history.HasEnded,
            Step = StepView.Of(history.Shown),
            Rewards = new RewardsView(
                [.. history.Steps.Where(step => step.Decision is not null).Select(step => Finite(step.Decision!.PredictedReward))],
                [.. history.Steps.Where(step => step.Decision is not null).Select(step => step.Reward)]),
        };
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    internal sealed record RewardsView(double?[] Predicted, double?[] Real);

    internal sealed record FutureView(double Return, double[] Rewards)
    {
        public static FutureView Of(WatchedFuture future) => new(future.Return, Numbers(future.Rewards));
    }

    internal sealed record StepView(int Index, double Return, double? Reward, DecisionView? Decision)
    {
        public static StepView Of(WatchedStep step) =>
            new(step.Index, step.Return, step.Reward, step.Decision is null ? null : DecisionView.Of(step.Decision));
    }

    internal sealed record DecisionView(
        double[] Action,
        bool Discrete,
        double[][] BeliefMean,
        double[][] BeliefStddev,
        double PlanReturn,
        double PredictedReward,
        FutureView Plan,
        FutureView[] Elites)
    {
        public static DecisionView Of(WatchedDecision decision) => new(
            Numbers(decision.Action),
            decision.IsDiscrete,
            [.. decision.BeliefMean.Select(Numbers)],
            [.. decision.BeliefStddev.Select(Numbers)],
            decision.PlanReturn,
            decision.PredictedReward,
            FutureView.Of(decision.Plan),
            [.. decision.Elites.Select(FutureView.Of)]);
    }

    private static double[] Numbers(float[] values) => [.. values.Select(value => (double)value)];
}
