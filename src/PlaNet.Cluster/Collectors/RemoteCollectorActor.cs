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
/// Replaces <see cref="EpisodeCollectorActor"/> in a run, and lets collectors of the cluster play the episodes. It requests each episode by
/// seed, so the run gets the episodes that it would have played itself. A collector that delivers an unusable episode gets no other.
/// </summary>
public static class RemoteCollectorActor
{
    /// <summary>Time without a message from any collector after which a warning is logged, and repeated: 30 seconds.</summary>
    public static readonly TimeSpan NoCollectorWarningInterval = TimeSpan.FromSeconds(30);

    /// <summary>Time between two announcements while an episode waits for a collector: 1 second.</summary>
    public static readonly TimeSpan AnnouncementInterval = TimeSpan.FromSeconds(1);

    /// <summary>Time after which a missing chunk is requested again: 2 seconds.</summary>
    public static readonly TimeSpan ChunkTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Size of the largest episode file that is accepted, bytes: 1 GiB.</summary>
    public const long LargestEpisode = 1L << 30;

    private const string WorkThread = "episodes";
    private const string AnnouncementTimer = "wanted";
    private const string WarningTimer = "no-collector";

    /// <summary>Creates the behaviour.</summary>
    /// <param name="parts">Parts of the run.</param>
    /// <param name="collectors">Broadcasts to all collectors of the cluster.</param>
    /// <param name="lease">How long a claim lasts unless it is renewed.</param>
    /// <param name="newName">Makes a unique name for this run process.</param>
    public static Behavior Create(RunParts parts, IActorRef collectors, TimeSpan lease, Func<string> newName)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var role = new RoleParts(parts, collectors, lease, $"{parts.Experiment.Name}/{parts.Seed}");
        return Behavior.Of(
            _ => Next.With(new State(), new Run(WorkThread, _ => new RunNamed(newName()))),
            (state, message, context) => Receive(role, state, message, context),
            state => [.. Withdraw(state, "the run has ended")]);
    }

    private static Next<State> Receive(RoleParts role, State state, object message, RoleContext context) => message switch
    {
        RunNamed named => new Next<State>(
            state with { Run = named.Run },
            [new Tell(context.Parent, new CollectorReady()), .. Announce(role, state with { Run = named.Run })]),
        CollectEpisodes order => Begin(role, state, order),
        AbandonEpisodes => new Next<State>(
            state.WithoutOrder(),
            [.. Withdraw(state, "the run no longer needs it"), new Cancel(AnnouncementTimer), new Cancel(WarningTimer)]),
        OrderStarted began when began.Order == state.Order?.Order => Next.With(state with { StartedAt = began.At }),
        AnnouncementDue => new Next<State>(state, Announce(role, state)),
        NoCollectorElapsed when state.Order is not null => Next.With(
            state,
            new Log(
                LogLevel.WarningLevel,
                $"No collector has contacted the run for {NoCollectorWarningInterval.TotalSeconds:0} s: "
                + "start `planet node --join HOST:PORT --roles collector` on any machine."),
            RestartWarningTimer()),
        ClaimEpisode claim when claim.Run == state.Run => Assign(role, state, claim.Owner, context.Sender),
        RenewEpisode renew => state.Held(renew.Id, renew.Owner) is not null
            ? Next.With(state, LeaseOf(role, renew.Id), RestartWarningTimer(), new Tell(context.Sender, new EpisodeHeld(renew.Id)))
            : Next.With(state, new Tell(context.Sender, ClaimLost(renew.Id))),
        BlobChunkRequest request => new Next<State>(state, [.. Serve(state, request).Select(answer => new Tell(context.Sender, answer))]),
        EpisodePlayed played => Played(role, state, played, context.Sender),
        BlobChunk chunk => Transferred(role, state, chunk.Id, receiver => receiver.Handle(chunk)),
        BlobRefused refused => Transferred(role, state, refused.Id, receiver => receiver.Handle(refused)),
        ChunkTimedOut late => Transferred(role, state, late.Id, receiver => receiver.TimedOut(late.Version)),
        EpisodeRead read => Read(role, state, read, context),
        EpisodeReturned returned => Returned(role, state, returned),
        LeaseExpired over => Expired(role, state, over),
        _ => Next.With(state),
    };

    private static Next<State> Begin(RoleParts role, State state, CollectEpisodes order)
    {
        role.Parts.Faults.Reach(FaultPoint.CollectorEpisode, CancellationToken.None);
        var effects = Withdraw(state, "the run no longer needs it").ToList();
        var weights = order.Acting.Weights;
        var next = state.WithoutOrder() with
        {
            Order = order,
            Episodes = [.. order.Acting.Seeds.Select(_ => new Requested(new EpisodeClaim()))],
            Weights = weights is null || weights.Version == state.WeightsVersion
                ? state.Weights
                : new BlobSource($"{state.Run}/weights/{weights.Version}", BlobKind.Weights, weights.Content),
            WeightsVersion = weights?.Version ?? state.WeightsVersion,
        };
        effects.Add(new Run(WorkThread, _ => new OrderStarted(order.Order, role.Parts.Time.GetTimestamp())));
        effects.Add(RestartWarningTimer());
        return new Next<State>(next, [.. effects, .. Announce(role, next)]);
    }

    // Repeated for collectors that join later or miss an announcement.
    private static Effect[] Announce(RoleParts role, State state) =>
        state is { Run: { } run, Order: not null } && state.Episodes.Any(episode => episode.Claim.IsFree)
            ?
            [
                new Tell(role.Collectors, new EpisodesWanted(run, role.Name, ComputeKind.Of(role.Parts.Experiment.Compute))),
                new After(AnnouncementTimer, AnnouncementInterval, new AnnouncementDue()),
            ]
            : [];

    // A repeated claim, whose first reply was lost, gets the same reply.
    private static Next<State> Assign(RoleParts role, State state, string owner, IActorRef collector)
    {
        var held = state.Episodes.FirstOrDefault(episode => episode.Claim.Owner == owner && !episode.Claim.IsDelivered);
        var free = state.Episodes.Where(episode => episode.Claim.IsFree);
        var chosen = held ?? (state.Excluded.Contains(owner) ? null : free.MinBy(episode => episode.Claim.Failures));
        if (chosen is null)
        {
            return Next.With(state, new Tell(collector, new NothingToPlay(state.Run!)));
        }

        var number = state.Episodes.IndexOf(chosen);
        var claim = held?.Claim ?? chosen.Claim.Claim(owner)!;
        var id = state.IdOf(number, claim.Epoch);
        var request = RequestOf(state.Order!, number);
        var weights = request.WeightsVersion is null ? null : state.Weights!.Offer;
        return Next.With(
            state.With(number, chosen with { Claim = claim, Player = collector }),
            LeaseOf(role, id),
            RestartWarningTimer(),
            new Tell(collector, new EpisodeAssigned(id, role.Experiment, request, weights)));
    }

    private static EpisodeRequest RequestOf(CollectEpisodes order, int number)
    {
        var acting = order.Acting;
        return new EpisodeRequest(
            order.Step, acting.Kind, acting.Seeds[number], acting.Tasks[number], acting.Noise, acting.Weights?.Version);
    }

    private static IReadOnlyList<IWireMessage> Serve(State state, BlobChunkRequest request) =>
        state.Weights?.Answer(request) ?? [new BlobRefused(request.Id, "the run has no weights")];

    private static Next<State> Played(RoleParts role, State state, EpisodePlayed played, IActorRef collector)
    {
        if (state.Find(played.Id) is { Claim: { IsDelivered: true } delivered }
            && delivered.Owner == played.Owner && delivered.Epoch == played.Id.Epoch)
        {
            // A repeated offer: the reply to the first one was lost.
            return Next.With(state, new Tell(collector, new EpisodeTaken(played.Id)));
        }

        if (state.Held(played.Id, played.Owner) is not { } held)
        {
            return Next.With(state, new Tell(collector, ClaimLost(played.Id)));
        }

        if (held.IsReading)
        {
            return Next.With(state, LeaseOf(role, played.Id));
        }

        var offer = played.File with { Id = played.Id.Transfer };
        var (receiver, commands) = held.Incoming is { Ended: false } incoming
            ? incoming.Handle(offer)
            : BlobReceiver.Start(offer, new BlobLimits(LargestEpisode));
        var next = state.With(played.Id.Number, held with { Player = collector, Name = played.Name });
        var (after, effects) = Execute(role, next, played.Id.Number, receiver, commands);
        return new Next<State>(after, [LeaseOf(role, played.Id), RestartWarningTimer(), .. effects]);
    }

    private static Next<State> Transferred(
        RoleParts role, State state, string transfer, Func<BlobReceiver, (BlobReceiver State, ImmutableArray<BlobCommand> Commands)> step)
    {
        var number = state.Episodes.FindIndex(episode => episode.Incoming?.Offer.Id == transfer);
        if (number < 0)
        {
            return Next.With(state);
        }

        var (receiver, commands) = step(state.Episodes[number].Incoming!);
        var (next, effects) = Execute(role, state, number, receiver, commands);
        var id = state.IdOf(number, state.Episodes[number].Claim.Epoch);
        return new Next<State>(next, commands.IsEmpty ? effects : [LeaseOf(role, id), .. effects]);
    }

    private static Next<State> Execute(RoleParts role, State state, int number, BlobReceiver receiver, ImmutableArray<BlobCommand> commands)
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
                    effects.Add(new After($"chunk {number}", ChunkTimeout, new ChunkTimedOut(receiver.Offer.Id, wait.Version)));
                    break;
                case DeliverBlob delivered:
                    var id = state.IdOf(number, requested.Claim.Epoch);
                    var (name, request) = (requested.Name, RequestOf(state.Order!, number));
                    requested = requested with { IsReading = true };
                    effects.Add(new Cancel($"chunk {number}"));
                    effects.Add(new Run(WorkThread, _ => ReceivedEpisode.Read(role.Parts, id, request, name, delivered.Bytes.ToArray())));
                    break;
                case FailBlob failed:
                    // The collector repeats its offer with every heartbeat until its claim ends.
                    effects.Add(new Cancel($"chunk {number}"));
                    effects.Add(new Log(
                        LogLevel.WarningLevel, $"An episode of {requested.Claim.Owner} was not received: {failed.Reason}."));
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
            var error = $"The episode of seed {state.Order!.Acting.Seeds[number]} that {owner} delivered cannot be used: {flaw}";
            var refused = state.With(number, new Requested(requested.Claim.Fail(owner, read.Id.Epoch, error)!)) with
            {
                Excluded = state.Excluded.Add(owner),
            };
            RequireRetries(refused, number);
            return new Next<State>(
                refused,
                [
                    new Cancel(LeaseKey(number)),
                    new Log(
                        LogLevel.WarningLevel,
                        $"{error} It is assigned to another collector, and {owner} gets no other episode of this run."),
                    new Tell(player, new EpisodeWithdrawn(read.Id, error)),
                    .. Announce(role, refused),
                ]);
        }

        var taken = requested with
        {
            Claim = requested.Claim.Deliver(owner, read.Id.Epoch)!,
            Incoming = null,
            IsReading = false,
            Episode = read.Episode,
        };
        var next = state.With(number, taken);
        var reply = new Tell(player, new EpisodeTaken(read.Id));
        if (next.Episodes.Any(episode => episode.Episode is null))
        {
            return Next.With(next, new Cancel(LeaseKey(number)), reply);
        }

        var order = state.Order!;
        var seconds = role.Parts.Time.GetElapsedTime(state.StartedAt ?? read.At, read.At).TotalSeconds;
        return Next.With(
            next with { Order = null },
            new Cancel(LeaseKey(number)),
            new Cancel(WarningTimer),
            reply,
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
        return AssignAgain(role, state, returned.Id.Number, claim);
    }

    private static Next<State> Expired(RoleParts role, State state, LeaseExpired over)
    {
        if (state.Find(over.Id) is not { Claim: var claim } || claim.Release(claim.Owner, over.Id.Epoch) is not { } released)
        {
            return Next.With(state);
        }

        var (next, effects) = AssignAgain(role, state, over.Id.Number, released);
        var seed = state.Order!.Acting.Seeds[over.Id.Number];
        var warning = $"{claim.Owner} did not renew its claim for {role.Lease.TotalSeconds:0.#} s: "
            + $"its episode of seed {seed} is assigned to another collector.";
        return new Next<State>(next, [new Log(LogLevel.WarningLevel, warning), .. effects]);
    }

    private static Next<State> AssignAgain(RoleParts role, State state, int number, EpisodeClaim claim)
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
                $"Collectors failed on the episode of seed {state.Order!.Acting.Seeds[number]} {claim.Failures} times, "
                + $"at most {EpisodeClaim.MaxFailures - 1} failures are allowed; last error: {claim.Reason} "
                + "Correct the cause on the collectors' machines and train again: the run resumes.");
        }
    }

    private static IEnumerable<Effect> Withdraw(State state, string reason) => state.Episodes
        .Select((episode, number) => (Episode: episode, Number: number))
        .Where(item => item.Episode is { Player: not null, Claim: { IsDelivered: false, Owner.Length: > 0 } } && state.Order is not null)
        .Select(item => new Tell(item.Episode.Player!, new EpisodeWithdrawn(state.IdOf(item.Number, item.Episode.Claim.Epoch), reason)));

    private static EpisodeWithdrawn ClaimLost(EpisodeId id) => new(id, "another collector holds it, or the run no longer needs it");

    private static After LeaseOf(RoleParts role, EpisodeId id) => new(LeaseKey(id.Number), role.Lease, new LeaseExpired(id));

    private static string LeaseKey(int number) => $"lease {number}";

    private static After RestartWarningTimer() => new(WarningTimer, NoCollectorWarningInterval, new NoCollectorElapsed());

    private sealed record RoleParts(RunParts Parts, IActorRef Collectors, TimeSpan Lease, string Name)
    {
        public string Experiment { get; } = PlaNet.Experiments.ExperimentJson.Write(Parts.Experiment);
    }

    /// <summary>An episode of the order.</summary>
    /// <param name="Claim">State of the claim on it.</param>
    private sealed record Requested(EpisodeClaim Claim)
    {
        /// <summary>The collector that last claimed or offered it.</summary>
        public IActorRef? Player { get; init; }

        /// <summary>The running transfer of its file; null without one.</summary>
        public BlobReceiver? Incoming { get; init; }

        /// <summary>Name of the finished episode; empty before.</summary>
        public string Name { get; init; } = "";

        /// <summary>Whether its file is being read and checked.</summary>
        public bool IsReading { get; init; }

        /// <summary>The delivered episode; null before.</summary>
        public Episode? Episode { get; init; }
    }

    private sealed record State
    {
        /// <summary>Unique name of this incarnation, used in claims; null until it is drawn.</summary>
        public string? Run { get; init; }

        /// <summary>The current order; null if there is none.</summary>
        public CollectEpisodes? Order { get; init; }

        /// <summary>Timestamp of the order, on the run's clock.</summary>
        public long? StartedAt { get; init; }

        /// <summary>The episodes of the order, by number.</summary>
        public ImmutableList<Requested> Episodes { get; init; } = [];

        /// <summary>The newest weights, for collectors to pull.</summary>
        public BlobSource? Weights { get; init; }

        /// <summary>Version of <see cref="Weights"/>.</summary>
        public long? WeightsVersion { get; init; }

        /// <summary>Collectors that delivered an unusable episode; they get no other.</summary>
        public ImmutableHashSet<string> Excluded { get; init; } = [];

        public EpisodeId IdOf(int number, long epoch) => new(Run!, Order!.Order, number, epoch);

        public State With(int number, Requested requested) => this with { Episodes = Episodes.SetItem(number, requested) };

        public State WithoutOrder() => this with { Order = null, StartedAt = null, Episodes = [] };

        public Requested? Find(EpisodeId id) =>
            id.Run == Run && id.Order == Order?.Order && id.Number < Episodes.Count ? Episodes[id.Number] : null;

        public Requested? Held(EpisodeId id, string owner) =>
            Find(id) is { } requested && requested.Claim.IsHeld(owner, id.Epoch) ? requested : null;
    }

    private sealed record RunNamed(string Run);

    private sealed record OrderStarted(long Order, long At);

    private sealed record AnnouncementDue;

    private sealed record NoCollectorElapsed;

    private sealed record LeaseExpired(EpisodeId Id);

    private sealed record ChunkTimedOut(string Id, int Version);
}
