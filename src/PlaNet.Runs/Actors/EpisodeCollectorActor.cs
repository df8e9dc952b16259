using System.Collections.Immutable;
using PlaNet.Replay;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Pairs environments with a planner and plays whole episodes, one in each environment, all in step. When one of them is replaced, what
/// was half played is dropped and played again from the start, with the same seeds.
/// </summary>
public static class EpisodeCollectorActor
{
    private const string Planner = "planner";
    private const string Late = "late";

    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
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

        return new Next<State>(new State([], PlannerThere: false, Order: null, Play: 0, Current: null), effects);
    }

    private static Next<State> Receive(ActingParts parts, State state, object message, RoleContext context)
    {
        switch (message)
        {
            case EnvironmentReady ready when state.There.Contains(ready.Index):
                return Again(parts, state, EnvironmentOf(ready.Index), context);
            case EnvironmentReady ready:
                return Arrived(parts, state with { There = state.There.Add(ready.Index) }, context);
            case PlannerReady when state.PlannerThere:
                return Again(parts, state, Planner, context);
            case PlannerReady:
                return Arrived(parts, state with { PlannerThere = true }, context);
            case CollectEpisodes order:
                return Play(parts, state with { Order = order });
            case AbandonEpisodes:
                return Next.With(state with { Order = null, Current = null }, new Cancel(Late));
            case EnvironmentsLate late when late.Play == state.Play && state.Current is { } waited:
                return GiveUp(state, waited);
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

    private static Next<State> Arrived(ActingParts parts, State state, RoleContext context)
    {
        if (!state.IsThere(parts))
        {
            return Next.With(state);
        }

        var (next, effects) = state.Order is null ? Next.With(state) : Play(parts, state);
        return new Next<State>(next, [new Tell(context.Parent, new CollectorReady()), .. effects]);
    }

    // One of the actors is a new incarnation, which knows nothing of the episode.
    private static Next<State> Again(ActingParts parts, State state, string who, RoleContext context)
    {
        if (state.Current is null || state.Order is not { } order)
        {
            return Next.With(state);
        }

        var (next, effects) = Play(parts, state);
        return new Next<State>(next, [new Tell(context.Parent, new EpisodesDropped(order.Order, order.Acting.Seeds.Count, who)), .. effects]);
    }

    private static Next<State> Play(ActingParts parts, State state)
    {
        if (!state.IsThere(parts))
        {
            return Next.With(state);
        }

        parts.Faults.Reach(FaultPoint.CollectorEpisode, CancellationToken.None);
        var order = state.Order!;
        var play = state.Play + 1;
        var effects = new List<Effect> { Wait(parts, play), new TellChild(Planner, new BeginActing(play, order.Step, order.Progress, order.Acting)) };
        effects.AddRange(order.Acting.Seeds.Select((seed, i) => new TellChild(EnvironmentOf(i), new ResetEnvironment(play, order.Acting.Tasks[i], seed))));
        return new Next<State>(state with { Play = play, Current = new Round(EpisodePlay.Begin(order.Acting.Seeds.Count), Began: null) }, effects);
    }

    private static Next<State> Observe(ActingParts parts, State state, Observed observed, RoleContext context)
    {
        var play = state.Current!.Play.Observe(observed.Index, observed.Step);
        var began = state.Current.Began ?? observed.At;
        state = state with { Current = new Round(play, began) };
        if (play.NeedsActions)
        {
            return Next.With(state, new Cancel(Late), new TellChild(Planner, new DecideActions(state.Play, play.Images)));
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
            state with { Order = null, Current = null }, new Cancel(Late), new Tell(context.Parent, new EpisodesCollected(order.Order, episodes, seconds)));
    }

    private static Next<State> GiveUp(State state, Round waited) => new(
        state,
        [
            .. waited.Play.Waiting.Select(index => new TellChild(EnvironmentOf(index), new GiveUpEnvironment(state.Play))),
        ]);

    private static After Wait(ActingParts parts, long play) =>
        new(Late, TimeSpan.FromSeconds(parts.Settings.EnvironmentTimeoutSeconds), new EnvironmentsLate(play));

    private static Next<State> Act(ActingParts parts, State state, Round current, ActionsDecided decided)
    {
        var play = current.Play.Decide(decided.Actions);
        return new Next<State>(
            state with { Current = current with { Play = play } },
            [
                Wait(parts, state.Play),
                .. play.Waiting.Select(index => new TellChild(EnvironmentOf(index), new StepEnvironment(state.Play, decided.Actions[index]))),
            ]);
    }

    /// <summary>What the collector knows.</summary>
    /// <param name="There">Environments that are there.</param>
    /// <param name="PlannerThere">Whether the planner is.</param>
    /// <param name="Order">What it is to play, if anything.</param>
    /// <param name="Play">Number of the latest attempt at an order: replies to earlier ones are ignored.</param>
    /// <param name="Current">What of it is played.</param>
    private sealed record State(ImmutableHashSet<int> There, bool PlannerThere, CollectEpisodes? Order, long Play, Round? Current)
    {
        public bool IsThere(ActingParts parts) => PlannerThere && There.Count == parts.Environments;
    }

    /// <summary>Episodes that are played in step.</summary>
    /// <param name="Play">What of them has happened.</param>
    /// <param name="Began">When the first environment was reset.</param>
    private sealed record Round(EpisodePlay Play, long? Began);
}
