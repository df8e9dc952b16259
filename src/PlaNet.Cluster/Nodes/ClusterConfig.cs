using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Wire;
using PlaNet.Runs.Settings;

namespace PlaNet.Cluster.Nodes;

/// <summary>
/// Makes the settings of a node's actor system. Settings that keep strangers out stand over those of the user, whose others stand over the
/// defaults here.
/// </summary>
public static class ClusterConfig
{
    /// <summary>The name of every node's actor system.</summary>
    public const string SystemName = "planet";

    private const string Remedy = "Make certificates with `planet cluster certificates --out DIR --hosts a,b,c` and name them in planet.cluster.tls of hocon/planet.conf";

    // Where the parts of a cluster look for one another by their paths.
    private static readonly string[] s_paths = ["/system/cluster/core/daemon", "/system/cluster/heartbeatReceiver", "/system/distributedPubSubMediator"];

    // A user's serializers would take types from the wire that nobody has looked at.
    private static readonly string[] s_ours = ["akka.actor.serializers", "akka.actor.serialization-bindings", "akka.actor.serialization-settings"];

    // Timings were measured: a killed node is found unreachable after 5 seconds and removed 6 to 9 seconds later.
    private static readonly string s_defaults = $$"""
        akka {
          remote {
            transport-failure-detector { heartbeat-interval = 4s, acceptable-heartbeat-pause = 20s }
            dot-netty.tcp {
              maximum-frame-size = 1000000b
              send-buffer-size = 4000000b
              receive-buffer-size = 4000000b
            }
          }
          cluster {
            retry-unsuccessful-join-after = 3s
            seed-node-timeout = 3s
            downing-provider-class = {{Name(typeof(CoordinatorSide))}}
            coordinator-side.stable-after = 5s
            failure-detector { heartbeat-interval = 1s, acceptable-heartbeat-pause = 4s }
            singleton-proxy.log-singleton-identification-failure = off
            use-dispatcher = "akka.cluster.planet-dispatcher"
            planet-dispatcher {
              type = Dispatcher
              executor = fork-join-executor
              fork-join-executor { parallelism-min = 2, parallelism-factor = 1.0, parallelism-max = 2 }
            }
          }
          coordinated-shutdown.phases {
            cluster-leave.timeout = 3s
            cluster-exiting.timeout = 3s
          }
        }
        """;

    /// <summary>Makes the settings of a node.</summary>
    /// <param name="settings">The settings in force.</param>
    /// <param name="node">How the node takes part.</param>
    /// <exception cref="ClusterException">
    /// It could be reached by other machines without TLS, its certificate is not made for its host, its host stands for every interface, or the
    /// user's settings name serializers.
    /// </exception>
    public static ClusterStart Of(HoconSettings settings, ClusterNode node)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(node);
        if (node.Listen.IsEveryInterface)
        {
            throw new ClusterException($"{node.Listen} stands for every interface of this machine, and others must be told one. Listen on the name or address by which they reach it.");
        }

        var host = node.Listen.Host;
        var exposed = node.Seeds.Prepend(node.Listen).Append(node.Asks).OfType<ClusterEndpoint>().FirstOrDefault(endpoint => !endpoint.IsLoopback);
        if (node.Tls is null && exposed is not null && !node.Insecure)
        {
            throw new ClusterException($"{exposed} is not a loopback address: whoever reaches it could join, so it needs TLS. {Remedy}, or insist with --insecure.");
        }

        if (node.Tls is { } tls && !tls.Covers(host))
        {
            throw new ClusterException(
                $"The certificate {tls.Certificate.Subject} was not made for {host}, by which this node is to be reached: others would refuse it. Make one with `planet cluster certificates --hosts {host}`, or listen on a host that it names.");
        }

        if (Array.Find(s_ours, settings.Akka.HasPath) is { } given)
        {
            throw new ClusterException($"{given} is set, but in a cluster only wire messages are serialized. Take it out of the akka {{ }} section of your settings.");
        }

        var config = ConfigurationFactory.ParseString(Fixed(node))
            .WithFallback(settings.Akka)
            .WithFallback(ConfigurationFactory.ParseString(s_defaults))
            .WithFallback(ClusterSingleton.DefaultConfig());
        var setup = BootstrapSetup.Create().WithConfig(config);
        var warning = node.Tls is null && exposed is not null
            ? $"--insecure: connections of this node ({exposed}) are neither encrypted nor authenticated. Whoever reaches it can join the cluster, read what crosses, and send it false results. {Remedy}."
            : null;
        return new ClusterStart(config, node.Tls is null ? ActorSystemSetup.Create(setup) : setup.And(node.Tls.Setup), warning);
    }

    private static string Fixed(ClusterNode node)
    {
        var secure = node.Tls is not null;
        var seeds = node.Seeds.Select(seed => seed.AddressOf(SystemName, secure).ToString());

        // Whatever is sent to a node then travels on a connection that was opened to its address, and so to a certificate made for it. Over the
        // connection that a node has opened itself, a machine of the cluster could receive what is meant for another.
        var passive = secure ? "off" : "on";
        return string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              actor {
                provider = cluster
                serializers {
                  planet-wire = {{Name(typeof(WireSerializer))}}
                  json = {{Name(typeof(RefusingSerializer))}}
                  daemon-create = {{Name(typeof(RefusingSerializer))}}
                  akka-misc = {{Name(typeof(GuardedAkkaSerializer))}}
                }
                serialization-settings {
                  json.identifier = 1
                  daemon-create.identifier = 3
                }
                serialization-bindings {
                  {{Name(typeof(IWireMessage))}} = planet-wire
                  "System.Object" = json
                  "Akka.Remote.DaemonMsgCreate, Akka.Remote" = daemon-create
                }
              }
              remote {
                untrusted-mode = on
                trusted-selection-paths = [{{List(s_paths.Concat(node.SelectablePaths))}}]
                use-passive-connections = {{passive}}
                enabled-transports = ["akka.remote.dot-netty.tcp"]
                dot-netty.tcp {
                  transport-class = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote"
                  transport-protocol = tcp
                  applied-adapters = []
                  hostname = {{Quoted(node.Listen.Host)}}
                  public-hostname = {{Quoted(Bracketed(node.Listen.Host))}}
                  port = {{node.Listen.Port}}
                  enable-ssl = {{(secure ? "on" : "off")}}
                  ssl {
                    suppress-validation = off
                    require-mutual-authentication = on
                    validate-certificate-hostname = on
                  }
                }
              }
              cluster {
                roles = [{{List(node.Roles)}}]
                run-coordinated-shutdown-when-down = {{(node.EndsWhenRemoved ? "on" : "off")}}
                seed-nodes = [{{List(seeds)}}]
              }
            }
            """);
    }

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    private static string List(IEnumerable<string> texts) => string.Join(", ", texts.Select(Quoted));

    private static string Name(Type type) => Quoted($"{type.FullName}, {type.Assembly.GetName().Name}");

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
