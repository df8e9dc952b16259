using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Wire;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Settings;

namespace PlaNet.Benchmarks;

/// <summary>One node of the cluster that <see cref="TransferTimes"/> measures, with the default settings of nodes.</summary>
internal sealed class TransferNode : IAsyncDisposable
{
    /// <summary>Number of nodes in the cluster: one sender, the others receivers.</summary>
    public const int Nodes = 5;

    /// <summary>Time limit of every operation, longer than any takes on a busy machine.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private const string Source = "source";
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<double> _trips = new();
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RoleServices _services = new(HoconSettings.Default.Planet.Supervision.Restarts, TimeProvider.System, _ => { });
    private readonly ActorSystem _system;
    private readonly Akka.Cluster.Cluster _cluster;
    private int _unreachable;

    /// <summary>Starts a node.</summary>
    /// <param name="tls">Certificate of the node; null for none.</param>
    /// <param name="seed">The node to join; null to form the cluster.</param>
    public TransferNode(ClusterTls? tls, ClusterEndpoint? seed)
    {
        // Members come up only when all nodes have joined, so that no heartbeat is measured while others still start.
        var detector = typeof(HeartbeatTimes);
        var akka = ConfigurationFactory.ParseString($$"""
            akka.cluster {
              min-nr-of-members = {{Nodes}}
              failure-detector.implementation-class = "{{detector.FullName}}, {{detector.Assembly.GetName().Name}}"
            }
            """);
        var settings = HoconSettings.Default with { Akka = akka.WithFallback(HoconSettings.Default.Akka) };
        var start = ClusterConfig.Of(settings, new ClusterNode
        {
            Listen = ClusterEndpoint.ParseListen("127.0.0.1:0"),
            Seeds = seed is null ? [] : [seed],
            Roles = [seed is null ? "coordinator" : "collector"],
            SelectablePaths = [$"/user/{Source}"],
            Tls = tls,
        });
        var log = new AkkaLog.LogSetup(line => Console.Error.WriteLine($"{line.Text} {line.Cause?.Message}"));
        _system = ActorSystem.Create(ClusterConfig.SystemName, start.Setup.And(log));
        _cluster = Akka.Cluster.Cluster.Get(_system);
        _cluster.RegisterOnMemberUp(() => _up.TrySetResult());
        _system.ActorOf(Props.Create(() => new Watcher(this)));
        if (seed is null)
        {
            _cluster.Join(_cluster.SelfAddress);
        }
    }

    /// <summary>Address that other nodes join, as HOST:PORT.</summary>
    public string Endpoint => $"{_cluster.SelfAddress.Host}:{_cluster.SelfAddress.Port}";

    /// <summary>Completes when all nodes are up.</summary>
    public Task Up => _up.Task.WaitAsync(Deadline);

    /// <summary>Starts to serve a blob and to answer small messages, one message at a time as a run does.</summary>
    public void Serve(BlobSource source) => Start(Source, Behavior.Of(
        _ => Next.With(source),
        (state, message, context) => message switch
        {
            BlobChunkRequest request => new Next<BlobSource>(
                state, [.. state.Answer(request).Select(answer => new Tell(context.Sender, answer))]),
            RenewEpisode renew => Next.With(state, new Tell(context.Sender, new EpisodeHeld(renew.Id))),
            _ => Next.With(state),
        }));

    /// <summary>Takes the measurements since the last call.</summary>
    /// <returns>
    /// The longest heartbeat interval in seconds, the number of nodes that became unreachable since the start, and the milliseconds of each
    /// round trip.
    /// </returns>
    public double[] Take()
    {
        var trips = new List<double>();
        while (_trips.TryDequeue(out var trip))
        {
            trips.Add(trip);
        }

        return [HeartbeatTimes.TakeLongest().TotalSeconds, Volatile.Read(ref _unreachable), .. trips];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await _system.Terminate();

    /// <summary>Runs a receiving process. It executes one command per input line and then writes one output line.</summary>
    /// <param name="words">Address of the sender, and the files of a certificate and its authority, if any.</param>
    /// <param name="input"><c>take</c>, <c>pull HASH</c>, <c>read PORT HASH</c> or <c>read PORT</c>; its end ends the process.</param>
    /// <param name="output">Receives the answers; the first line reports that the cluster is complete.</param>
    public static async Task ReceiveAsync(string[] words, TextReader input, TextWriter output)
    {
        using var tls = words is [_, var certificate, var authority] ? Load(certificate, authority) : null;
        var seed = ClusterEndpoint.Parse(words[0]);
        await using var node = new TransferNode(tls, seed);
        await node.Up;
        var path = new RootActorPath(seed.AddressOf(ClusterConfig.SystemName, tls is not null)) / "user" / Source;
        var source = await node._system.ActorSelection(path).ResolveOne(Deadline);
        var receiver = node.Start("receiver", Receiver(source));
        node._system.ActorOf(Props.Create(() => new Probe(source, node._trips)));
        output.WriteLine("up");
        while (await input.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["pull", var hash]:
                    var offer = new BlobOffer("weights", hash, TransferTimes.Length, BlobKind.Weights);
                    output.WriteLine(
                        await receiver.Ask<BlobCommand>(offer, Deadline) is DeliverBlob
                            ? "done"
                            : throw new InvalidOperationException("the transfer failed"));
                    break;
                case ["read", var port, .. var hashes]:
                    await ReadAsync(int.Parse(port, CultureInfo.InvariantCulture), hashes);
                    output.WriteLine("done");
                    break;
                default:
                    output.WriteLine(string.Join(' ', node.Take()));
                    break;
            }
        }
    }

    /// <summary>Reads the files of a certificate and of its authority.</summary>
    public static ClusterTls? Load(string certificate, string authority) =>
        ClusterTls.Load(new TlsSettings { Certificate = certificate, Authority = authority });

    private static async Task ReadAsync(int port, string[] hashes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var bytes = new byte[TransferTimes.Length];
        await client.GetStream().ReadExactlyAsync(bytes);
        if (hashes is [var hash] && Convert.ToHexStringLower(SHA256.HashData(bytes)) != hash)
        {
            throw new InvalidOperationException("the received bytes have another hash than the sent ones");
        }
    }

    // Executes the commands of the receiver as a collector does, and replies to the sender of the offer when the transfer ends.
    private static Behavior<Pull?> Receiver(IActorRef source) => Behavior.Of(
        _ => Next.With<Pull?>(null),
        (pull, message, context) => message switch
        {
            BlobOffer offer => Obey(source, context.Sender, BlobReceiver.Start(offer, new BlobLimits(offer.Length))),
            IWireMessage answer when pull is not null => Obey(source, pull.Asker, pull.Receiver.Handle(answer)),
            Late late when pull is not null => Obey(source, pull.Asker, pull.Receiver.TimedOut(late.Version)),
            _ => Next.With(pull),
        });

    private static Next<Pull?> Obey(IActorRef source, IActorRef asker, (BlobReceiver State, ImmutableArray<BlobCommand> Commands) step) =>
        new(new Pull(step.State, asker), [.. step.Commands.Select<BlobCommand, Effect>(command => command switch
        {
            TellSource tell => new Tell(source, tell.Message),
            AwaitChunk wait => new After("chunk", RemoteCollectorActor.ChunkTimeout, new Late(wait.Version)),
            _ => new Tell(asker, command),
        })]);

    private IActorRef Start(string name, Behavior behavior) => _system.ActorOf(_services.Props(new Role(behavior)), name);

    private sealed record Pull(BlobReceiver Receiver, IActorRef Asker);

    private sealed record Late(int Version);

    private sealed record Beat;

    // Counts how often this node considered another unreachable.
    private sealed class Watcher(TransferNode node) : UntypedActor
    {
        protected override void PreStart() => node._cluster.Subscribe(Self, typeof(ClusterEvent.UnreachableMember));

        protected override void OnReceive(object message)
        {
            if (message is ClusterEvent.UnreachableMember)
            {
                Interlocked.Increment(ref node._unreachable);
            }
        }
    }

    // Sends small messages on the connections of the chunks. Each carries its send time, which the reply returns.
    private sealed class Probe(IActorRef source, ConcurrentQueue<double> trips) : UntypedActor, IWithTimers
    {
        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer("beat", new Beat(), s_beat);

        protected override void OnReceive(object message)
        {
            if (message is EpisodeHeld held)
            {
                trips.Enqueue(Stopwatch.GetElapsedTime(held.Id.Order).TotalMilliseconds);
            }
            else
            {
                source.Tell(new RenewEpisode(new EpisodeId("transfer", Stopwatch.GetTimestamp(), 0, 1), "probe"), Self);
            }
        }
    }
}
