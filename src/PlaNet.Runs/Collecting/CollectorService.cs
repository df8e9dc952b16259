using System.Runtime.ExceptionServices;
using PlaNet.Replay;
using PlaNet.Runs.Exchange;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Collecting;

/// <summary>
/// Claims episodes from an exchange, has an <see cref="EpisodeCollectorActor"/> of its own play them, and delivers them whole. What is played
/// under a claim that is lost, because this process stood still for longer than the lease, is dropped.
/// </summary>
/// <param name="options">How it works.</param>
/// <param name="prepare">Makes what the roles that play need for a run. Throws where this machine cannot play for it.</param>
/// <param name="time">The clock.</param>
/// <param name="watch">Told what happens.</param>
/// <param name="end">Told once there has been nothing to play for as long as the options say.</param>
internal sealed class CollectorService(
    CollectorOptions options, Func<RunOffer, ActingParts> prepare, TimeProvider time, Action<CollectorEvent> watch, Action end)
{
    private const string Work = "work";
    private const string Heartbeat = "heartbeat";

    // The thread of all that is said, the end included: so nothing is said after it, or not said because of it.
    private const string Watching = "watch";

    // Between two episodes of a run there is nothing to play for a moment, which is not worth a word.
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    private IEpisodeExchange Exchange => options.Remote.Exchange;

    /// <summary>The role.</summary>
    public Behavior Create() => Behavior.Of(_ => Next.With(new State(), Seek(new State())), Receive, End) with { Decide = RunSupervision.Decide };

    private static string Child(State state) => $"collector-{state.Runs}";

    private static Run Do(Func<object?> work, object? again = null) =>
        new("exchange", _ => work()) { Failed = cause => new ExchangeUnanswered(cause, again) };

    private Next<State> Receive(State state, object message, RoleContext context)
    {
        switch (message)
        {
            case WorkSought { Assignment: { } assignment }:
                return Play(state with { Silent = false, IdleSince = null, Idle = false }, assignment);
            case WorkSought sought:
                return Rest(state with { Silent = false }, sought.At);
            case SeekWork when state.Claim is null:
                return Next.With(state, Seek(state));
            case RenewClaim when state.Claim is { } claim:
                return Next.With(state, Beat(), Do(() => new ClaimRenewed(claim, Exchange.Renew(claim, options.Remote.Lease))));
            case ClaimRenewed { Held: true }:
                return Next.With(state with { Silent = false });
            case ClaimRenewed renewed when renewed.Claim == state.Claim:
                return Lose(state, renewed.Claim);
            case EpisodesCollected collected when collected.Order == state.Plays && state.Claim is { } claim:
                return Next.With(state with { Played = collected }, Deliver(claim, collected));
            case DeliverAgain when state is { Claim: { } claim, Played: { } played }:
                return Next.With(state, Deliver(claim, played));
            case DeliveryAnswered answered when answered.Claim == state.Claim:
                return answered.Taken ? Delivered(state, answered.Claim, state.Played!) : Lose(state, answered.Claim);
            case EpisodesDropped dropped:
                return Next.With(state, Say(new CollectorWarning($"{dropped.Who} was replaced: the episode begins again.")));
            case ExchangeUnanswered { Cause: ExchangeException { IsPassing: true } } unanswered:
                return Wait(state, unanswered);
            case ExchangeUnanswered { Cause: var cause }:
                throw Again(cause);
            case CannotPlay { Cause: var cause } when !RunSupervision.IsFinal(cause):
                throw new RunException(
                    $"This machine cannot play: {cause.Message} The run was told, and other collectors may play. Put it right and start the collector again.",
                    cause);
            case CannotPlay { Cause: var cause }:
                throw Again(cause);
            case ChildStopped { Cause: { } failure } when state.Claim is { } claim:
                return Next.With(state with { Claim = null }, new Cancel(Heartbeat), Do(() => GiveUp(claim, failure)));
            case ChildStopped { Cause: { } failure }:
                throw Again(failure);
            default:
                return Next.With(state);
        }
    }

    private IReadOnlyList<Effect> End(State state) => state.Claim is not { } claim ? [] : [Do(() =>
    {
        Exchange.Release(claim);
        return null;
    })];

    private Run Seek(State state) => Do(
        () =>
        {
            var claim = Exchange.Claim(options.Owner, options.Remote.Lease, state.Offer?.Compute, options.Run);
            return claim is null ? new WorkSought(null, time.GetTimestamp()) : Fetch(state, claim);
        },
        new SeekWork());

    private object Fetch(State state, EpisodeClaim claim)
    {
        var known = claim.Run == state.Run;
        var offer = known ? state.Offer : Exchange.Find(claim.Run);
        var weights = claim.Request.WeightsVersion is not { } version ? null
            : known && state.Weights?.Version == version ? state.Weights
            : Exchange.FindWeights(claim.Run, version);
        if (offer is null || (weights is null && claim.Request.WeightsVersion is not null))
        {
            // The run has ended, or asks for something else, since the claim.
            return new WorkSought(null, time.GetTimestamp());
        }

        try
        {
            return new WorkSought(new Assignment(claim, offer, known ? null : prepare(offer), weights), time.GetTimestamp());
        }
        catch (Exception cause)
        {
            return GiveUp(claim, cause);
        }
    }

    // Another machine may be able to play it; what this one lacks is for a person to put right.
    private CannotPlay GiveUp(EpisodeClaim claim, Exception cause)
    {
        Exchange.Fail(claim, $"{options.Owner}: {cause.Message.ReplaceLineEndings(" ")}");
        return new CannotPlay(cause);
    }

    private Next<State> Play(State state, Assignment assignment)
    {
        var effects = new List<Effect>();
        if (assignment.Parts is { } parts)
        {
            if (state.Runs > 0)
            {
                effects.Add(new StopChild(Child(state)));
            }

            state = state with { Runs = state.Runs + 1, Run = assignment.Claim.Run, Offer = assignment.Offer };
            effects.Add(new Spawn(Child(state), EpisodeCollectorActor.Create(parts)));
        }

        var request = assignment.Claim.Request;
        state = state with { Claim = assignment.Claim, Weights = assignment.Weights ?? state.Weights, Plays = state.Plays + 1, Played = null };
        return new Next<State>(
            state,
            [
                .. effects,
                Say(new EpisodeBegun(assignment.Claim, assignment.Offer.Name)),
                new TellChild(Child(state), new CollectEpisodes(state.Plays, request.Step, new RunProgress(), request.Acting(assignment.Weights))),
                Beat(),
            ]);
    }

    private Next<State> Rest(State state, long at)
    {
        var since = state.IdleSince ?? at;
        var effects = new List<Effect>();
        var rested = time.GetElapsedTime(since, at);
        if (rested >= s_idle && !state.Idle)
        {
            effects.Add(Say(new CollectorIdle()));
        }

        effects.Add(options.Idle is { } idle && rested >= idle
            ? new Run(Watching, _ =>
            {
                end();
                return null;
            })
            : new After(Work, options.Remote.Poll, new SeekWork()));
        return new Next<State>(state with { IdleSince = since, Idle = rested >= s_idle }, effects);
    }

    private Run Deliver(EpisodeClaim claim, EpisodesCollected played) => Do(
        () =>
        {
            var episode = played.Episodes[0];
            return new DeliveryAnswered(claim, Exchange.Deliver(claim, episode.Name, EpisodeFile.ToBytes(episode)));
        },
        new DeliverAgain());

    private Next<State> Delivered(State state, EpisodeClaim claim, EpisodesCollected played)
    {
        state = state with { Claim = null, Played = null, Silent = false };
        return Next.With(state, new Cancel(Heartbeat), Say(new EpisodeDelivered(claim, played.Episodes[0].Return, played.Seconds)), Seek(state));
    }

    private Next<State> Lose(State state, EpisodeClaim claim)
    {
        state = state with { Claim = null, Played = null, Silent = false };
        return Next.With(
            state, new Cancel(Heartbeat), new TellChild(Child(state), new AbandonEpisodes()), Say(new EpisodeLost(claim)), Seek(state));
    }

    private Next<State> Wait(State state, ExchangeUnanswered unanswered)
    {
        var effects = new List<Effect>();
        if (!state.Silent)
        {
            effects.Add(Say(new CollectorWarning($"The collector waits: {unanswered.Cause.Message}")));
        }

        if (unanswered.Again is { } again)
        {
            effects.Add(new After(Work, options.Remote.Poll, again));
        }

        return new Next<State>(state with { Silent = true }, effects);
    }

    private After Beat() => new(Heartbeat, options.Heartbeat, new RenewClaim());

    private Run Say(CollectorEvent happened) => new(Watching, _ =>
    {
        watch(happened);
        return null;
    });

    private static Exception Again(Exception cause)
    {
        ExceptionDispatchInfo.Throw(cause);
        return cause;
    }

    /// <summary>What the role knows.</summary>
    private sealed record State
    {
        /// <summary>The run whose episodes the child plays, as the exchange calls it.</summary>
        public string? Run { get; init; }

        /// <summary>The same as it was offered.</summary>
        public RunOffer? Offer { get; init; }

        /// <summary>Children so far, one for each run; the last plays.</summary>
        public int Runs { get; init; }

        /// <summary>The run's weights that were fetched last.</summary>
        public Weights? Weights { get; init; }

        /// <summary>What is played, if anything.</summary>
        public EpisodeClaim? Claim { get; init; }

        /// <summary>Attempts so far: the child repeats the number of the last.</summary>
        public long Plays { get; init; }

        /// <summary>What was played and is not delivered yet.</summary>
        public EpisodesCollected? Played { get; init; }

        /// <summary>Since when there has been nothing to play.</summary>
        public long? IdleSince { get; init; }

        /// <summary>Whether that has been said.</summary>
        public bool Idle { get; init; }

        /// <summary>Whether the exchange gave no answer last time.</summary>
        public bool Silent { get; init; }
    }
}
