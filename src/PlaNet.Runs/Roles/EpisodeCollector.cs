using System.Collections.Immutable;
using PlaNet.Environments;
using PlaNet.Replay;
using PlaNet.Runs.Messages;
using PlaNet.Training;
using PlaNet.Training.FaultInjection;

namespace PlaNet.Runs.Roles;

/// <summary>
/// Pairs environments with a planner and plays whole episodes, one in each environment, all in step. When one of them is replaced, what
/// was half played is dropped and played again from the start, with the same seeds.
/// </summary>
public static class EpisodeCollector
{
    private const string Planner = "planner";
    private const string Late = "late";

    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    public static Props Props(ActingParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return Actors.Props.Of(context => Begin(parts, context), (state, message, context) => Receive(parts, state, message, context)) with
        {
            Supervision = RunSupervision.Strategy,
        };
    }

    private static ActorRef EnvironmentOf(ActorContext context, int index) => context.Child($"environment-{index}");

    private static Next<State> Begin(ActingParts parts, ActorContext context)
    {
        var effects = new List<Effect> { new Spawn(Planner, ActionPlanner.Props(parts)), new Watch(context.Child(Planner)) };
        for (var i = 0; i < parts.Environments; i++)
        {
            effects.Add(new Spawn($"environment-{i}", SimulatedEnvironment.Props(parts, i)));
            effects.Add(new Watch(EnvironmentOf(context, i)));
        }

        return new Next<State>(new State(ImmutableDictionary<int, ActorRef>.Empty, PlannerThere: false, Order: null, Play: 0, Current: null), effects);
    }

    private static Next<State> Receive(ActingParts parts, State state, object message, ActorContext context)
    {
        switch (message)
        {
            case EnvironmentReady ready when state.There.ContainsKey(ready.Index):
                return Again(parts, state with { There = state.There.SetItem(ready.Index, context.Sender) }, $"environment-{ready.Index}", context);
            case EnvironmentReady ready:
                return Arrived(parts, state with { There = state.There.Add(ready.Index, context.Sender) }, context);
            case PlannerReady when state.PlannerThere:
                return Again(parts, state, Planner, context);
            case PlannerReady:
                return Arrived(parts, state with { PlannerThere = true }, context);
            case CollectEpisodes order:
                return Play(parts, state with { Order = order }, context);
            case AbandonEpisodes:
                return Next.With(state with { Order = null, Current = null }, new Cancel(Late));
            case EnvironmentsLate late when late.Play == state.Play && state.Current is { } waited:
                return GiveUp(state, waited);
            case Observed observed when observed.Play == state.Play && state.Current is not null:
                return Observe(parts, state, observed, context);
            case ActionsDecided decided when decided.Play == state.Play && state.Current is { } current:
                return Act(parts, state, current, decided, context);
            case Terminated { Failure: { } failure } terminated:
                throw new RoleFailedException(terminated.Actor.Path, failure);
            default:
                return Next.With(state);
        }
    }

    private static Next<State> Arrived(ActingParts parts, State state, ActorContext context)
    {
        if (!state.IsThere(parts))
        {
            return Next.With(state);
        }

        var (next, effects) = state.Order is null ? Next.With(state) : Play(parts, state, context);
        return new Next<State>(next, [new Tell(context.Parent, new CollectorReady()), .. effects]);
    }

    // One of the actors is a new incarnation, which knows nothing of the episode.
    private static Next<State> Again(ActingParts parts, State state, string who, ActorContext context)
    {
        if (state.Current is null || state.Order is not { } order)
        {
            return Next.With(state);
        }

        var (next, effects) = Play(parts, state, context);
        return new Next<State>(next, [new Tell(context.Parent, new EpisodesDropped(order.Order, order.Acting.Seeds.Count, who)), .. effects]);
    }

    private static Next<State> Play(ActingParts parts, State state, ActorContext context)
    {
        if (!state.IsThere(parts))
        {
            return Next.With(state);
        }

        parts.Faults.Reach(FaultPoint.CollectorEpisode, CancellationToken.None);
        var order = state.Order!;
        var play = state.Play + 1;
        var effects = new List<Effect> { Wait(parts, play), new Tell(context.Child(Planner), new BeginActing(play, order.Step, order.Progress, order.Acting)) };
        effects.AddRange(order.Acting.Seeds.Select((seed, i) => new Tell(EnvironmentOf(context, i), new ResetEnvironment(play, order.Acting.Tasks[i], seed))));
        var seats = order.Acting.Seeds.Select(_ => new Seat([], Waiting: true)).ToImmutableArray();
        return new Next<State>(state with { Play = play, Current = new Round(seats, Actions: null, Began: null) }, effects);
    }

    private static Next<State> Observe(ActingParts parts, State state, Observed observed, ActorContext context)
    {
        var current = state.Current!;
        var seat = current.Seats[observed.Index];
        seat = new Seat(seat.Moments.Add(new Moment(current.Actions?[observed.Index], observed.Step)), Waiting: false);
        current = current with { Seats = current.Seats.SetItem(observed.Index, seat), Began = current.Began ?? observed.At };
        state = state with { Current = current };
        if (current.Seats.Any(other => other.Waiting))
        {
            return Next.With(state);
        }

        if (!current.Seats.All(other => other.Ended))
        {
            var images = current.Seats.Select(Image).ToArray();
            return Next.With(state, new Cancel(Late), new Tell(context.Child(Planner), new DecideActions(state.Play, images)));
        }

        var order = state.Order!;
        var episodes = current.Seats.Select((other, i) => Record(parts, other, order.Acting, i)).ToArray();
        var seconds = parts.Time.GetElapsedTime(current.Began.Value, observed.At).TotalSeconds;
        return Next.With(
            state with { Order = null, Current = null }, new Cancel(Late), new Tell(context.Parent, new EpisodesCollected(order.Order, episodes, seconds)));
    }

    // Told to the incarnation that hangs: one that took its place has had no time yet.
    private static Next<State> GiveUp(State state, Round waited) => new(
        state,
        [
            .. waited.Seats.Index().Where(seat => seat.Item.Waiting).Select(seat => new Tell(state.There[seat.Index], new GiveUpEnvironment())),
        ]);

    private static After Wait(ActingParts parts, long play) =>
        new(Late, TimeSpan.FromSeconds(parts.Settings.EnvironmentTimeoutSeconds), new EnvironmentsLate(play));

    private static Next<State> Act(ActingParts parts, State state, Round current, ActionsDecided decided, ActorContext context)
    {
        var effects = new List<Effect> { Wait(parts, state.Play) };
        var seats = current.Seats.ToBuilder();
        for (var i = 0; i < seats.Count; i++)
        {
            if (!seats[i].Ended)
            {
                seats[i] = seats[i] with { Waiting = true };
                effects.Add(new Tell(EnvironmentOf(context, i), new StepEnvironment(state.Play, decided.Actions[i])));
            }
        }

        return new Next<State>(state with { Current = current with { Seats = seats.ToImmutable(), Actions = decided.Actions } }, effects);
    }

    private static byte[] Image(Seat seat)
    {
        return seat.Moments[^1].Step.Observation.Image
            ?? throw new InvalidOperationException("The environment shows no image: wrap it in PixelObservation.");
    }

    private static Episode Record(ActingParts parts, Seat seat, Acting acting, int index)
    {
        var (seed, spec) = (acting.Seeds[index], parts.Tasks[acting.Tasks[index]]);
        var builder = new EpisodeBuilder(
            new ImageShape(spec.Image!.Height, spec.Image.Width), spec.Action.Size, spec.States.Select(state => state.Name));
        foreach (var (action, step) in seat.Moments)
        {
            if (action is null)
            {
                builder.Reset(step.Observation.Image, step.Observation.States);
            }
            else
            {
                builder.Add(action, (float)step.Reward, step.Observation.Image, step.Observation.States);
            }
        }

        return builder.Build(EpisodeName.Create(parts.Time, EpisodeRunner.NameStream(seed)), seed, acting.Weights?.Version);
    }

    /// <summary>What the collector knows.</summary>
    /// <param name="There">Environments that are there, each as it is now.</param>
    /// <param name="PlannerThere">Whether the planner is.</param>
    /// <param name="Order">What it is to play, if anything.</param>
    /// <param name="Play">Number of the latest attempt at an order: what answers an earlier one is not listened to.</param>
    /// <param name="Current">What of it is played.</param>
    private sealed record State(ImmutableDictionary<int, ActorRef> There, bool PlannerThere, CollectEpisodes? Order, long Play, Round? Current)
    {
        public bool IsThere(ActingParts parts) => PlannerThere && There.Count == parts.Environments;
    }

    /// <summary>Episodes that are played in step.</summary>
    /// <param name="Seats">One for each environment.</param>
    /// <param name="Actions">What was decided last.</param>
    /// <param name="Began">When the first environment was reset.</param>
    private sealed record Round(ImmutableArray<Seat> Seats, IReadOnlyList<float[]>? Actions, long? Began);

    /// <summary>An episode that is played.</summary>
    /// <param name="Moments">What happened so far.</param>
    /// <param name="Waiting">Whether the environment still owes an observation.</param>
    private sealed record Seat(ImmutableList<Moment> Moments, bool Waiting)
    {
        public bool Ended => !Waiting && Moments[^1].Step.Ended;
    }

    /// <summary>A step of an episode.</summary>
    /// <param name="Action">What was done; null at the reset.</param>
    /// <param name="Step">What it led to.</param>
    private sealed record Moment(float[]? Action, StepResult Step);
}
