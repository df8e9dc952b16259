using System.CommandLine;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet cluster</c>: prepares the machines of a cluster.</summary>
public static class ClusterVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create() => new("cluster", "Prepare the machines of a cluster")
    {
        ClusterCertificatesVerb.Create(),
    };
}
