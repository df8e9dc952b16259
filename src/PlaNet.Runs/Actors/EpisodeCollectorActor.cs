using System.Collections.Immutable;
using PlaNet.Replay;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Plays episodes synchronously with a planner, one per environment. If an environment or the planner is replaced, the unfinished episodes
/// are dropped and played again from the start with the same seeds.
/// </summary>
public static class EpisodeCollectorActor
{
    private const string Planner = "planner";
    private const string TimeoutKey = "late";

    /// <summary>Creates the behaviour.</summary>
    /// <param name="parts">Dependencies of the role.</param>
    public static Behavior Create(ActingParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return Behavior.Of(_ => Begin(parts), (state, message, context) => Receive(parts, state, message, context)) with
        {
            Decide = RunSupervision.Decide,
        };
    }

    private static string EnvironmentOf(int index) => $"environment-{index}";

    private static Next<State> Begin(ActingParts parts)
    {
        var effects = new List<Effect> { new Spawn(Planner, PlannerActor.Create(parts)) };
        for (var i = 0; i < parts.Environments; i++)
        {
            effects.Add(new Spawn(EnvironmentOf(i), EnvironmentActor.Create(parts, i)));
        }

        return new Next<State>(new State([], IsPlannerReady: false, Order: null, Play: 0, Current: null), effects);
    }

    private static Next<State> Receive(ActingParts parts, State state, object message, RoleContext context)
    {
        switch (message)
        {
            case EnvironmentReady replaced when state.ReadyEnvironments.Contains(replaced.Index):
                return Restart(parts, state, EnvironmentOf(replaced.Index), context);
            case EnvironmentReady ready:
                return BecameReady(parts, state with { ReadyEnvironments = state.ReadyEnvironments.Add(ready.Index) }, context);
            case PlannerReady when state.IsPlannerReady:
                return Restart(parts, state, Planner, context);
            case PlannerReady:
                return BecameReady(parts, state with { IsPlannerReady = true }, context);
            case CollectEpisodes order:
                return Play(parts, state with { Order = order });
            case AbandonEpisodes:
                return Next.With(state with { Order = null, Current = null }, new Cancel(TimeoutKey));
            case EnvironmentsTimedOut timeout when timeout.Play == state.Play && state.Current is { } current:
                return GiveUp(state, current);
            case Observed observed when observed.Play == state.Play && state.Current is not null:
                return Observe(parts, state, observed, context);
            case ActionsDecided decided when decided.Play == state.Play && state.Current is { } current:
                return Act(parts, state, current, decided);
            case ChildStopped { Cause: { } cause }:
                throw cause;
            default:
                return Next.With(state);
        }
    }

    private static Next<State> BecameReady(ActingParts parts, State state, RoleContext context)
    {
        if (!state.IsReady(parts))
        {
            return Next.With(state);
        }

        var (next, effects) = state.Order is null ? Next.With(state) : Play(parts, state);
        return new Next<State>(next, [new Tell(context.Parent, new CollectorReady()), .. effects]);
    }

    // A new incarnation of an environment or the planner has no state of the current episodes.
    private static Next<State> Restart(ActingParts parts, State state, string role, RoleContext context)
    {
        if (state.Current is null || state.Order is not { } order)
        {
            return Next.With(state);
        }

        var (next, effects) = Play(parts, state);
        return new Next<State>(
            next, [new Tell(context.Parent, new EpisodesDropped(order.Order, order.Acting.Seeds.Count, role)), .. effects]);
    }

    private static Next<State> Play(ActingParts parts, State state)
    {
        if (!state.IsReady(parts))
        {
            return Next.With(state);
        }

        parts.Faults.Reach(FaultPoint.CollectorEpisode, CancellationToken.None);
        var order = state.Order!;
        var play = state.Play + 1;
        var effects = new List<Effect>
        {
            StartTimeout(parts, play),
            new TellChild(Planner, new BeginActing(play, order.Step, order.Progress, order.Acting)),
        };
        effects.AddRange(order.Acting.Seeds.Select(
            (seed, i) => new TellChild(EnvironmentOf(i), new ResetEnvironment(play, order.Acting.Tasks[i], seed))));
        var current = new CurrentEpisodes(EpisodePlay.Begin(order.Acting.Seeds.Count), Began: null);
        return new Next<State>(state with { Play = play, Current = current }, effects);
    }

    private static Next<State> Observe(ActingParts parts, State state, Observed observed, RoleContext context)
    {
        var play = state.Current!.Play.Observe(observed.Index, observed.Step);
        var began = state.Current.Began ?? observed.At;
        state = state with { Current = new CurrentEpisodes(play, began) };
        if (play.NeedsActions)
        {
            return Next.With(
                state, new Cancel(TimeoutKey), new TellChild(Planner, new DecideActions(state.Play, play.Percepts, play.LastReward(0))));
        }

        if (!play.IsOver)
        {
            return Next.With(state);
        }

        var order = state.Order!;
        var acting = order.Acting;
        Episode[] episodes =
        [
            .. acting.Seeds.Select((seed, i) => play.Record(i, parts.Tasks[acting.Tasks[i]], parts.Time, seed, acting.Weights?.Version)),
        ];
        var seconds = parts.Time.GetElapsedTime(began, observed.At).TotalSeconds;
        return Next.With(
            state with { Order = null, Current = null },
            new Cancel(TimeoutKey),
            new Tell(context.Parent, new EpisodesCollected(order.Order, episodes, seconds)));
    }

    private static Next<State> GiveUp(State state, CurrentEpisodes current) => new(
        state,
        [
            .. current.Play.Waiting.Select(index => new TellChild(EnvironmentOf(index), new GiveUpEnvironment(state.Play))),
        ]);

    private static After StartTimeout(ActingParts parts, long play) =>
        new(TimeoutKey, TimeSpan.FromSeconds(parts.Settings.EnvironmentTimeoutSeconds), new EnvironmentsTimedOut(play));

    private static Next<State> Act(ActingParts parts, State state, CurrentEpisodes current, ActionsDecided decided)
    {
        var play = current.Play.Decide(decided.Actions);
        return new Next<State>(
            state with { Current = current with { Play = play } },
            [
                StartTimeout(parts, state.Play),
                .. play.Waiting.Select(
                    index => new TellChild(EnvironmentOf(index), new StepEnvironment(state.Play, decided.Actions[index]))),
            ]);
    }

    /// <summary>State of the collector.</summary>
    /// <param name="ReadyEnvironments">Indices of the environments that are ready.</param>
    /// <param name="IsPlannerReady">Whether the planner is ready.</param>
    /// <param name="Order">The current order; null without one.</param>
    /// <param name="Play">Number of the latest attempt at an order. Replies to earlier attempts are ignored.</param>
    /// <param name="Current">The episodes being played; null if none are.</param>
    private sealed record State(
        ImmutableHashSet<int> ReadyEnvironments, bool IsPlannerReady, CollectEpisodes? Order, long Play, CurrentEpisodes? Current)
    {
        public bool IsReady(ActingParts parts) => IsPlannerReady && ReadyEnvironments.Count == parts.Environments;
    }

    /// <summary>Episodes being played synchronously.</summary>
    /// <param name="Play">The transitions so far.</param>
    /// <param name="Began">Timestamp of the first reset; null before it.</param>
    private sealed record CurrentEpisodes(EpisodePlay Play, long? Began);
}
