using System.CommandLine;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet cluster</c>: what the machines of a cluster need before their nodes can meet.</summary>
public static class ClusterVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create() => new("cluster", "Prepare the machines of a cluster")
    {
        ClusterCertificatesVerb.Create(),
    };
}
