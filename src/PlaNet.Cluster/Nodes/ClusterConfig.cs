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
/// Builds the settings of a node's actor system. Required settings, such as those for security, take precedence over the user's, and the
/// user's over the defaults here.
/// </summary>
public static class ClusterConfig
{
    /// <summary>The name of every node's actor system.</summary>
    public const string SystemName = "planet";

    private const string Remedy =
        "Make certificates with `planet cluster certificates --out DIR --hosts a,b,c` " +
        "and name them in planet.cluster.tls of hocon/planet.conf";

    // Akka's cluster actors select one another by these paths, which untrusted mode would block.
    private static readonly string[] s_clusterPaths =
        ["/system/cluster/core/daemon", "/system/cluster/heartbeatReceiver", "/system/distributedPubSubMediator"];

    // A user-defined serializer could create objects of any type from bytes on the wire.
    private static readonly string[] s_reservedKeys =
        ["akka.actor.serializers", "akka.actor.serialization-bindings", "akka.actor.serialization-settings"];

    // Measured with these timings: a killed node is marked unreachable after 5 s and removed 6 to 9 s later.
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

    /// <summary>Builds the settings of a node.</summary>
    /// <param name="settings">The user's settings.</param>
    /// <param name="node">Addresses, roles and TLS of the node.</param>
    /// <exception cref="ClusterException">
    /// The node uses a non-loopback address without TLS, its certificate is not made for its host, it listens on all interfaces, or the
    /// user's settings define serializers.
    /// </exception>
    public static ClusterStart Of(HoconSettings settings, ClusterNode node)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(node);
        if (node.Listen.IsEveryInterface)
        {
            throw new ClusterException(
                $"The listen address {node.Listen} means all interfaces, but other nodes need one address to connect to. " +
                "Listen on a host name or address of this machine that they can reach.");
        }

        var host = node.Listen.Host;
        var exposed = node.Seeds.Prepend(node.Listen).Append(node.ContactPoint).OfType<ClusterEndpoint>()
            .FirstOrDefault(endpoint => !endpoint.IsLoopback);
        if (node.Tls is null && exposed is not null && !node.Insecure)
        {
            throw new ClusterException(
                $"{exposed} is not a loopback address. Without TLS, anyone who can connect to it could join the cluster. " +
                $"{Remedy}, or accept the risk with --insecure.");
        }

        if (node.Tls is { } tls && !tls.Covers(host))
        {
            throw new ClusterException(
                $"The certificate {tls.Certificate.Subject} was not made for {host}, the host that other nodes connect to, " +
                "so they would refuse it. " +
                $"Make one with `planet cluster certificates --hosts {host}`, or listen on a host that the certificate names.");
        }

        if (Array.Find(s_reservedKeys, settings.Akka.HasPath) is { } given)
        {
            throw new ClusterException(
                $"The setting {given} is not allowed in a cluster: only wire messages are serialized there. " +
                "Remove it from the akka { } section of your settings.");
        }

        var config = ConfigurationFactory.ParseString(RequiredSettings(node))
            .WithFallback(settings.Akka)
            .WithFallback(ConfigurationFactory.ParseString(s_defaults))
            .WithFallback(ClusterSingleton.DefaultConfig());
        var setup = BootstrapSetup.Create().WithConfig(config);
        var warning = node.Tls is null && exposed is not null
            ? $"--insecure: connections of this node ({exposed}) are neither encrypted nor authenticated. " +
                $"Anyone who can connect can join the cluster, read its messages and send false results. {Remedy}."
            : null;
        return new ClusterStart(config, node.Tls is null ? ActorSystemSetup.Create(setup) : setup.And(node.Tls.Setup), warning);
    }

    private static string RequiredSettings(ClusterNode node)
    {
        var secure = node.Tls is not null;
        var seeds = node.Seeds.Select(seed => seed.AddressOf(SystemName, secure).ToString());

        // Without passive connections, messages to a node use a connection that was opened to its address, so its certificate was checked
        // against that address. Over a connection that a machine opened itself, it could receive messages meant for another node.
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
                trusted-selection-paths = [{{List(s_clusterPaths.Concat(node.SelectablePaths))}}]
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
