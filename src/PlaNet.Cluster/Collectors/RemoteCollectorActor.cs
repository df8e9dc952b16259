using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using PlaNet.Cluster.Wire;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;

namespace PlaNet.Cluster.Collectors;

/// <summary>
/// Stands in a run where <see cref="EpisodeCollectorActor"/> does, and has collectors of the cluster play the episodes. It asks for each by its
/// seed, so that the run gets the episodes that it would have played itself. A collector whose episode cannot be used gets no other.
/// </summary>
public static class RemoteCollectorActor
{
    /// <summary>Time without any collector at work after which a person is told, and told again: 30 seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Time between two announcements while an episode waits for a collector: 1 second.</summary>
    public static readonly TimeSpan Announcement = TimeSpan.FromSeconds(1);

    /// <summary>Time in which a chunk of an episode must come before it is asked for again: 2 seconds.</summary>
    public static readonly TimeSpan ChunkPatience = TimeSpan.FromSeconds(2);

    /// <summary>Bytes of the largest file of an episode that is accepted: 1 GiB.</summary>
    public const long LargestEpisode = 1L << 30;

    // Work that takes longer than a message may.
    private const string Thread = "episodes";

    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    /// <param name="collectors">Whoever is told this, all collectors of the cluster are.</param>
    /// <param name="lease">How long a claim lasts unless it is renewed.</param>
    /// <param name="newName">Makes a name that no process of a run had before.</param>
    public static Behavior Create(RunParts parts, IActorRef collectors, TimeSpan lease, Func<string> newName)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var role = new RoleParts(parts, collectors, lease, $"{parts.Experiment.Name}/{parts.Seed}");
        return Behavior.Of(
            _ => Next.With(new State(), new Run(Thread, _ => new RunNamed(newName()))),
            (state, message, context) => Receive(role, state, message, context),
            state => [.. Withdraw(state, "the run has ended")]);
    }

    private static Next<State> Receive(RoleParts role, State state, object message, RoleContext context) => message switch
    {
        RunNamed named => new Next<State>(
            state with { Run = named.Run }, [new Tell(context.Parent, new CollectorReady()), .. Announce(role, state with { Run = named.Run })]),
        CollectEpisodes order => Begin(role, state, order),
        AbandonEpisodes => new Next<State>(state.Without(), [.. Withdraw(state, "the run no longer wants it"), new Cancel("wanted"), new Cancel("patience")]),
        OrderBegan began when began.Order == state.Order?.Order => Next.With(state with { Began = began.At }),
        AnnouncementDue => new Next<State>(state, Announce(role, state)),
        PatienceOver when state.Order is not null => Next.With(
            state,
            new Log(LogLevel.WarningLevel, "The run waits for a collector: start `planet node --join HOST:PORT --roles collector` on any machine."),
            Remind()),
        ClaimEpisode claim when claim.Run == state.Run => Assign(role, state, claim.Owner, context.Sender),
        RenewEpisode renew => state.Held(renew.Id, renew.Owner) is not null
            ? Next.With(state, LeaseOf(role, renew.Id), Remind(), new Tell(context.Sender, new EpisodeHeld(renew.Id)))
            : Next.With(state, new Tell(context.Sender, Lost(renew.Id))),
        BlobChunkRequest request => new Next<State>(state, [.. Serve(state, request).Select(answer => new Tell(context.Sender, answer))]),
        EpisodePlayed played => Played(role, state, played, context.Sender),
        BlobChunk chunk => Transferred(role, state, chunk.Id, receiver => receiver.Handle(chunk)),
        BlobRefused refused => Transferred(role, state, refused.Id, receiver => receiver.Handle(refused)),
        ChunkLate late => Transferred(role, state, late.Id, receiver => receiver.TimedOut(late.Version)),
        EpisodeRead read => Read(role, state, read, context),
        EpisodeReturned returned => Returned(role, state, returned),
        LeaseOver over => Expired(role, state, over),
        _ => Next.With(state),
    };

    private static Next<State> Begin(RoleParts role, State state, CollectEpisodes order)
    {
        role.Parts.Faults.Reach(FaultPoint.CollectorEpisode, CancellationToken.None);
        var effects = Withdraw(state, "the run no longer wants it").ToList();
        var weights = order.Acting.Weights;
        var next = state.Without() with
        {
            Order = order,
            Episodes = [.. order.Acting.Seeds.Select(_ => new Requested(new EpisodeClaim()))],
            Weights = weights is null || weights.Version == state.WeightsVersion
                ? state.Weights
                : new BlobSource($"{state.Run}/weights/{weights.Version}", BlobKind.Weights, weights.Content),
            WeightsVersion = weights?.Version ?? state.WeightsVersion,
        };
        effects.Add(new Run(Thread, _ => new OrderBegan(order.Order, role.Parts.Time.GetTimestamp())));
        effects.Add(Remind());
        return new Next<State>(next, [.. effects, .. Announce(role, next)]);
    }

    // Who is not there yet, or missed it, hears the next one.
    private static Effect[] Announce(RoleParts role, State state) => state is { Run: { } run, Order: not null } && state.Episodes.Any(episode => episode.Claim.IsFree)
        ?
        [
            new Tell(role.Collectors, new EpisodesWanted(run, role.Name, ComputeKind.Of(role.Parts.Experiment.Compute))),
            new After("wanted", Announcement, new AnnouncementDue()),
        ]
        : [];

    // A claim that comes twice, because its answer was lost, gets the same answer.
    private static Next<State> Assign(RoleParts role, State state, string owner, IActorRef collector)
    {
        var held = state.Episodes.FirstOrDefault(episode => episode.Claim.Owner == owner && !episode.Claim.IsDelivered);
        var chosen = held ?? (state.Fenced.Contains(owner) ? null : state.Episodes.Where(episode => episode.Claim.IsFree).MinBy(episode => episode.Claim.Failures));
        if (chosen is null)
        {
            return Next.With(state, new Tell(collector, new NothingToPlay(state.Run!)));
        }

        var number = state.Episodes.IndexOf(chosen);
        var claim = held?.Claim ?? chosen.Claim.Claim(owner)!;
        var id = state.IdOf(number, claim.Epoch);
        var request = RequestOf(state.Order!, number);
        return Next.With(
            state.With(number, chosen with { Claim = claim, Player = collector }),
            LeaseOf(role, id),
            Remind(),
            new Tell(collector, new EpisodeAssigned(id, role.Experiment, request, request.WeightsVersion is null ? null : state.Weights!.Offer)));
    }

    private static EpisodeRequest RequestOf(CollectEpisodes order, int number)
    {
        var acting = order.Acting;
        return new EpisodeRequest(order.Step, acting.Kind, acting.Seeds[number], acting.Tasks[number], acting.Noise, acting.Weights?.Version);
    }

    private static IReadOnlyList<IWireMessage> Serve(State state, BlobChunkRequest request) =>
        state.Weights?.Answer(request) ?? [new BlobRefused(request.Id, "the run has no weights to give")];

    private static Next<State> Played(RoleParts role, State state, EpisodePlayed played, IActorRef collector)
    {
        if (state.Find(played.Id) is { Claim: { IsDelivered: true } delivered } && delivered.Owner == played.Owner && delivered.Epoch == played.Id.Epoch)
        {
            // The answer was lost.
            return Next.With(state, new Tell(collector, new EpisodeTaken(played.Id)));
        }

        if (state.Held(played.Id, played.Owner) is not { } held)
        {
            return Next.With(state, new Tell(collector, Lost(played.Id)));
        }

        if (held.IsReading)
        {
            return Next.With(state, LeaseOf(role, played.Id));
        }

        var offer = played.File with { Id = played.Id.Transfer };
        var (receiver, commands) = held.Incoming is { Ended: false } incoming ? incoming.Handle(offer) : BlobReceiver.Start(offer, new BlobLimits(LargestEpisode));
        var next = state.With(played.Id.Number, held with { Player = collector, Name = played.Name });
        var (after, effects) = Obey(role, next, played.Id.Number, receiver, commands);
        return new Next<State>(after, [LeaseOf(role, played.Id), Remind(), .. effects]);
    }

    private static Next<State> Transferred(
        RoleParts role, State state, string transfer, Func<BlobReceiver, (BlobReceiver State, ImmutableArray<BlobCommand> Commands)> happened)
    {
        var number = state.Episodes.FindIndex(episode => episode.Incoming?.Offer.Id == transfer);
        if (number < 0)
        {
            return Next.With(state);
        }

        var (receiver, commands) = happened(state.Episodes[number].Incoming!);
        var (next, effects) = Obey(role, state, number, receiver, commands);
        return new Next<State>(next, commands.IsEmpty ? effects : [LeaseOf(role, state.IdOf(number, state.Episodes[number].Claim.Epoch)), .. effects]);
    }

    private static Next<State> Obey(RoleParts role, State state, int number, BlobReceiver receiver, ImmutableArray<BlobCommand> commands)
    {
        var requested = state.Episodes[number] with { Incoming = receiver };
        var effects = new List<Effect>();
        foreach (var command in commands)
        {
            switch (command)
            {
                case TellSource tell:
                    effects.Add(new Tell(requested.Player!, tell.Message));
                    break;
                case AwaitChunk wait:
                    effects.Add(new After($"chunk {number}", ChunkPatience, new ChunkLate(receiver.Offer.Id, wait.Version)));
                    break;
                case DeliverBlob delivered:
                    var id = state.IdOf(number, requested.Claim.Epoch);
                    var (name, request) = (requested.Name, RequestOf(state.Order!, number));
                    requested = requested with { IsReading = true };
                    effects.Add(new Cancel($"chunk {number}"));
                    effects.Add(new Run(Thread, _ => ReceivedEpisode.Read(role.Parts, id, request, name, delivered.Bytes.ToArray())));
                    break;
                case FailBlob failed:
                    // The collector offers its episode again at its next heartbeat, until its claim has ended.
                    effects.Add(new Cancel($"chunk {number}"));
                    effects.Add(new Log(LogLevel.WarningLevel, $"An episode did not arrive from {requested.Claim.Owner}: {failed.Reason}."));
                    requested = requested with { Incoming = null };
                    break;
            }
        }

        return new Next<State>(state.With(number, requested), effects);
    }

    private static Next<State> Read(RoleParts role, State state, EpisodeRead read, RoleContext context)
    {
        if (state.Find(read.Id) is not { IsReading: true } requested || requested.Claim.Epoch != read.Id.Epoch)
        {
            return Next.With(state);
        }

        var number = read.Id.Number;
        var (owner, player) = (requested.Claim.Owner, requested.Player!);
        if (read.Flaw is { } flaw)
        {
            var objection = $"The episode of seed {state.Order!.Acting.Seeds[number]} that {owner} delivered cannot be used: {flaw}";
            var refused = state.With(number, new Requested(requested.Claim.Fail(owner, read.Id.Epoch, objection)!)) with { Fenced = state.Fenced.Add(owner) };
            RequireRetries(refused, number);
            return new Next<State>(
                refused,
                [
                    new Cancel(LeaseKey(number)),
                    new Log(LogLevel.WarningLevel, $"{objection} It is given to another collector, and {owner} gets no other episode of this run."),
                    new Tell(player, new EpisodeWithdrawn(read.Id, objection)),
                    .. Announce(role, refused),
                ]);
        }

        var taken = requested with { Claim = requested.Claim.Deliver(owner, read.Id.Epoch)!, Incoming = null, IsReading = false, Episode = read.Episode };
        var next = state.With(number, taken);
        var thanks = new Tell(player, new EpisodeTaken(read.Id));
        if (next.Episodes.Any(episode => episode.Episode is null))
        {
            return Next.With(next, new Cancel(LeaseKey(number)), thanks);
        }

        var order = state.Order!;
        var seconds = role.Parts.Time.GetElapsedTime(state.Began ?? read.At, read.At).TotalSeconds;
        return Next.With(
            next with { Order = null },
            new Cancel(LeaseKey(number)),
            new Cancel("patience"),
            thanks,
            new Tell(context.Parent, new EpisodesCollected(order.Order, [.. next.Episodes.Select(episode => episode.Episode!)], seconds)));
    }

    private static Next<State> Returned(RoleParts role, State state, EpisodeReturned returned)
    {
        if (state.Held(returned.Id, returned.Owner) is not { } held)
        {
            return Next.With(state);
        }

        var claim = returned.Failure is { } reason
            ? held.Claim.Fail(returned.Owner, returned.Id.Epoch, $"{returned.Owner}: {reason}")!
            : held.Claim.Release(returned.Owner, returned.Id.Epoch)!;
        return GiveOutAgain(role, state, returned.Id.Number, claim);
    }

    private static Next<State> Expired(RoleParts role, State state, LeaseOver over)
    {
        if (state.Find(over.Id) is not { Claim: var claim } || claim.Release(claim.Owner, over.Id.Epoch) is not { } released)
        {
            return Next.With(state);
        }

        var (next, effects) = GiveOutAgain(role, state, over.Id.Number, released);
        var seed = state.Order!.Acting.Seeds[over.Id.Number];
        return new Next<State>(
            next, [new Log(LogLevel.WarningLevel, $"{claim.Owner} was silent for {role.Lease.TotalSeconds:0.#} s: its episode of seed {seed} is given to another collector."), .. effects]);
    }

    private static Next<State> GiveOutAgain(RoleParts role, State state, int number, EpisodeClaim claim)
    {
        var next = state.With(number, new Requested(claim));
        RequireRetries(next, number);
        return new Next<State>(next, [new Cancel(LeaseKey(number)), new Cancel($"chunk {number}"), .. Announce(role, next)]);
    }

    private static void RequireRetries(State state, int number)
    {
        var claim = state.Episodes[number].Claim;
        if (claim.HasExhaustedRetries)
        {
            throw new RunException(
                $"Collectors could not play the episode of seed {state.Order!.Acting.Seeds[number]} {claim.Failures} times; last error: {claim.Reason} "
                + "Correct that on the collectors' machines and train again: the run resumes from here.");
        }
    }

    private static IEnumerable<Effect> Withdraw(State state, string reason) => state.Episodes
        .Select((episode, number) => (Episode: episode, Number: number))
        .Where(item => item.Episode is { Player: not null, Claim: { IsDelivered: false, Owner.Length: > 0 } } && state.Order is not null)
        .Select(item => new Tell(item.Episode.Player!, new EpisodeWithdrawn(state.IdOf(item.Number, item.Episode.Claim.Epoch), reason)));

    private static EpisodeWithdrawn Lost(EpisodeId id) => new(id, "another collector has it, or the run no longer wants it");

    private static After LeaseOf(RoleParts role, EpisodeId id) => new(LeaseKey(id.Number), role.Lease, new LeaseOver(id));

    private static string LeaseKey(int number) => $"lease {number}";

    private static After Remind() => new("patience", Patience, new PatienceOver());

    /// <summary>What the role is made with.</summary>
    private sealed record RoleParts(RunParts Parts, IActorRef Collectors, TimeSpan Lease, string Name)
    {
        public string Experiment { get; } = PlaNet.Experiments.ExperimentJson.Write(Parts.Experiment);
    }

    /// <summary>An episode of the order.</summary>
    /// <param name="Claim">Who plays it.</param>
    private sealed record Requested(EpisodeClaim Claim)
    {
        /// <summary>Where the collector is that plays it.</summary>
        public IActorRef? Player { get; init; }

        /// <summary>The transfer of its file, once it is played.</summary>
        public BlobReceiver? Incoming { get; init; }

        /// <summary>Its name, once it is played.</summary>
        public string Name { get; init; } = "";

        /// <summary>Whether its file is being read.</summary>
        public bool IsReading { get; init; }

        /// <summary>The episode, once it is delivered.</summary>
        public Episode? Episode { get; init; }
    }

    /// <summary>What the role knows.</summary>
    private sealed record State
    {
        /// <summary>The name of this incarnation, by which collectors claim; null before it has one.</summary>
        public string? Run { get; init; }

        /// <summary>What is to be played, if anything.</summary>
        public CollectEpisodes? Order { get; init; }

        /// <summary>When that was ordered, on the run's clock.</summary>
        public long? Began { get; init; }

        /// <summary>The episodes of the order, by number.</summary>
        public ImmutableList<Requested> Episodes { get; init; } = [];

        /// <summary>The newest weights, for collectors to pull.</summary>
        public BlobSource? Weights { get; init; }

        /// <summary>Their version.</summary>
        public long? WeightsVersion { get; init; }

        /// <summary>Collectors that delivered what could not be used.</summary>
        public ImmutableHashSet<string> Fenced { get; init; } = [];

        public EpisodeId IdOf(int number, long epoch) => new(Run!, Order!.Order, number, epoch);

        public State With(int number, Requested requested) => this with { Episodes = Episodes.SetItem(number, requested) };

        public State Without() => this with { Order = null, Began = null, Episodes = [] };

        public Requested? Find(EpisodeId id) =>
            id.Run == Run && id.Order == Order?.Order && id.Number < Episodes.Count ? Episodes[id.Number] : null;

        public Requested? Held(EpisodeId id, string owner) => Find(id) is { } requested && requested.Claim.IsHeld(owner, id.Epoch) ? requested : null;
    }

    private sealed record RunNamed(string Run);

    private sealed record OrderBegan(long Order, long At);

    private sealed record AnnouncementDue;

    private sealed record PatienceOver;

    private sealed record LeaseOver(EpisodeId Id);

    private sealed record ChunkLate(string Id, int Version);
}
