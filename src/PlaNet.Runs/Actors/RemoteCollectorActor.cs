using System.Runtime.ExceptionServices;
using Akka.Event;
using PlaNet.Replay;
using PlaNet.Runs.Exchange;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Stands in a run where <see cref="EpisodeCollectorActor"/> does and has collectors of other processes play the episodes. It asks for each
/// episode by its seed, so that the run gets the episodes that it would have played itself.
/// </summary>
public static class RemoteCollectorActor
{
    private const string Thread = "exchange";
    private const string Timer = "exchange";

    /// <summary>Time without any collector at work after which a person is told, and told again: 30 seconds.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    /// <param name="remote">Where it meets collectors.</param>
    public static Behavior Create(RunParts parts, RemoteCollection remote)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(remote);
        return Behavior.Of(
            _ => Proceed(parts, remote, new State()),
            (state, message, context) => Receive(parts, remote, state, message, context),
            state => state.Run is not { } run
                ? []
                : [new Run(Thread, _ =>
                {
                    remote.Exchange.Close(run);
                    return null;
                })]);
    }

    private static Next<State> Receive(RunParts parts, RemoteCollection remote, State state, object message, RoleContext context)
    {
        switch (message)
        {
            case RunOffered offered:
                var (next, effects) = Proceed(parts, remote, state with { Run = offered.Run, Silent = false });
                return state.Announced
                    ? new Next<State>(next, effects)
                    : new Next<State>(next with { Announced = true }, [new Tell(context.Parent, new CollectorReady()), .. effects]);
            case CollectEpisodes order:
                parts.Faults.Reach(FaultPoint.CollectorEpisode, CancellationToken.None);
                return Proceed(parts, remote, state with { Order = order, Requested = false, Began = null, Heard = null });
            case AbandonEpisodes when state is { Order: not null, Run: { } run }:
                return Next.With(state with { Order = null }, new Cancel(Timer), Do(() =>
                {
                    remote.Exchange.Request(run, null, [], remote.Lease);
                    return null;
                }));
            case PollExchange:
                return Proceed(parts, remote, state);
            case ExchangeSilent { Cause: ExchangeException { IsPassing: true } cause }:
                return new Next<State>(
                    state with { Silent = true },
                    state.Silent
                        ? [Later(remote)]
                        : [new Log(LogLevel.WarningLevel, $"The run waits: {cause.Message}"), Later(remote)]);
            case ExchangeSilent { Cause: var cause }:
                ExceptionDispatchInfo.Throw(cause);
                throw cause;
            case EpisodesRequested requested when requested.Order == state.Order?.Order:
                return Next.With(
                    requested.Known
                        ? state with { Requested = true, Silent = false, Began = state.Began ?? requested.At, Heard = requested.At }
                        : state with { Run = null, Silent = false },
                    Later(remote));
            case RequestsSeen seen when seen.Order == state.Order?.Order:
                return seen.Requests is { } requests
                    ? See(parts, remote, state with { Silent = false }, requests, seen.At)
                    : Proceed(parts, remote, state with { Run = null, Requested = false, Silent = false });
            case EpisodesTaken taken when taken.Order == state.Order?.Order:
                return Taken(parts, remote, state with { Silent = false }, taken, context);
            default:
                return Next.With(state);
        }
    }

    // The next thing to do with the exchange, from where the state stands: so a silence of the exchange is got over by doing it again.
    private static Next<State> Proceed(RunParts parts, RemoteCollection remote, State state)
    {
        if (state.Run is not { } run)
        {
            return Next.With(state, Do(() => new RunOffered(remote.Exchange.Offer(RunOffer.Of(parts.Experiment, parts.Seed)))));
        }

        if (state.Order is not { } order)
        {
            return Next.With(state);
        }

        return Next.With(state, state.Requested
            ? Do(() => new RequestsSeen(order.Order, remote.Exchange.Look(run, remote.Lease), parts.Time.GetTimestamp()))
            : Do(() => new EpisodesRequested(
                order.Order, remote.Exchange.Request(run, order.Acting.Weights, Requests(order), remote.Lease), parts.Time.GetTimestamp())));
    }

    private static IReadOnlyList<EpisodeRequest> Requests(CollectEpisodes order)
    {
        var acting = order.Acting;
        return [.. acting.Seeds.Select((seed, i) =>
            new EpisodeRequest(i, order.Step, acting.Kind, seed, acting.Tasks[i], acting.Noise, acting.Weights?.Version))];
    }

    private static Next<State> See(RunParts parts, RemoteCollection remote, State state, IReadOnlyList<RequestState> requests, long at)
    {
        if (requests.Index().FirstOrDefault(request => request.Item.IsHopeless) is (var number, { } hopeless))
        {
            throw new RunException(
                $"Collectors could not play the episode of seed {state.Order!.Acting.Seeds[number]} {hopeless.Failures} times, at last: {hopeless.Reason} "
                + "Put that right on the collectors' machines and train again: the run resumes from here.");
        }

        if (requests.All(request => request.Delivered))
        {
            var (run, order) = (state.Run!, state.Order!);
            return Next.With(state, Do(() => Take(parts, remote.Exchange, run, order)));
        }

        // Who plays, or has played, is at work; the others may have to be started yet.
        if (requests.Any(request => request.Owner.Length > 0))
        {
            return Next.With(state with { Heard = at }, Later(remote));
        }

        return parts.Time.GetElapsedTime(state.Heard!.Value, at) < Patience
            ? Next.With(state, Later(remote))
            : Next.With(
                state with { Heard = at },
                new Log(
                    LogLevel.WarningLevel,
                    $"The run waits for a collector: start `planet collect --store STORE` on any machine that reaches {remote.Exchange.Address}."),
                Later(remote));
    }

    private static EpisodesTaken Take(RunParts parts, IEpisodeExchange exchange, string run, CollectEpisodes order)
    {
        var episodes = new List<Episode>();
        var refusals = new List<string>();
        foreach (var request in Requests(order))
        {
            // Gone again since it was seen: the next look tells.
            if (exchange.Take(run, request.Number) is not { } delivered)
            {
                continue;
            }

            var (episode, objection) = Read(parts, request, delivered);
            if (objection is null)
            {
                episodes.Add(episode!);
                continue;
            }

            exchange.Refuse(run, request.Number, objection);
            refusals.Add(objection);
        }

        return new EpisodesTaken(order.Order, episodes.Count == order.Acting.Seeds.Count ? episodes : null, refusals, parts.Time.GetTimestamp());
    }

    private static (Episode? Episode, string? Objection) Read(RunParts parts, EpisodeRequest request, DeliveredEpisode delivered)
    {
        string Objection(string reason) => $"The episode of seed {request.Seed} that {delivered.Owner} delivered cannot be used: {reason}";
        try
        {
            var episode = EpisodeFile.FromBytes(delivered.Name, delivered.Content);
            var spec = parts.Tasks[request.Task];
            (string What, object? Is, object? Must)[] facts =
            [
                ("seed", episode.Seed, request.Seed),
                ("weights version", episode.WeightsVersion, request.WeightsVersion),
                ("size of images", episode.ImageShape, new ImageShape(spec.Image!.Height, spec.Image.Width)),
                ("size of actions", episode.ActionSize, spec.Action.Size),
                ("number of decisions", episode.Length - 1, Math.Clamp(episode.Length - 1, 1, spec.Decisions)),
            ];
            return facts.FirstOrDefault(fact => !Equals(fact.Is, fact.Must)) is (not null, _, _) wrong
                ? (null, Objection($"its {wrong.What} is {wrong.Is ?? "none"} and must be {wrong.Must ?? "none"}."))
                : (episode, null);
        }
        catch (Exception failure) when (failure is EpisodeFileException or ArgumentException)
        {
            return (null, Objection(failure.Message));
        }
    }

    private static Next<State> Taken(RunParts parts, RemoteCollection remote, State state, EpisodesTaken taken, RoleContext context)
    {
        if (taken.Episodes is { } episodes)
        {
            var seconds = parts.Time.GetElapsedTime(state.Began!.Value, taken.At).TotalSeconds;
            return Next.With(state with { Order = null }, new Tell(context.Parent, new EpisodesCollected(taken.Order, episodes, seconds)));
        }

        return new Next<State>(state, [.. taken.Refusals.Select(refusal => new Log(LogLevel.WarningLevel, refusal)), Later(remote)]);
    }

    private static After Later(RemoteCollection remote) => new(Timer, remote.Poll, new PollExchange());

    private static Run Do(Func<object?> work) => new(Thread, _ => work()) { Failed = cause => new ExchangeSilent(cause) };

    /// <summary>What the role knows.</summary>
    private sealed record State
    {
        /// <summary>What the exchange calls the run; null before it knows it.</summary>
        public string? Run { get; init; }

        /// <summary>Whether the run supervisor knows that this role is there.</summary>
        public bool Announced { get; init; }

        /// <summary>What is to be played, if anything.</summary>
        public CollectEpisodes? Order { get; init; }

        /// <summary>Whether the exchange was asked for it.</summary>
        public bool Requested { get; init; }

        /// <summary>When it was first asked for it.</summary>
        public long? Began { get; init; }

        /// <summary>When a collector was last seen at work on it, or a person was told that none is.</summary>
        public long? Heard { get; init; }

        /// <summary>Whether the exchange gave no answer last time.</summary>
        public bool Silent { get; init; }
    }
}
