using System.CommandLine;
using PlaNet.Cli.Web;
using PlaNet.Cluster.Security;
using PlaNet.Common;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet dashboard</c>: a page that shows runs while they train.</summary>
public static class DashboardVerb
{
    /// <summary>Port of the page unless another one is given.</summary>
    public const int DefaultPort = 7780;

    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("dashboard", "Serve a page that shows runs while they train: curves, losses, videos, actors, records");
        var runs = new Option<string?>("--runs")
        {
            Description = "Folder with runs at any depth, or a run directory; by default the folder of `planet train`",
            HelpName = "DIR",
        };
        var page = new PageChoice(DefaultPort);
        var join = new Option<string?>("--join")
        {
            Description = "Show the cluster of the node at this address as well: its nodes, cells and collectors",
            HelpName = "HOST:PORT",
        };
        var insecure = new Option<bool>("--insecure")
        {
            Description = "Query a node of another machine without TLS: replies can be read and falsified on the network",
        };
        verb.Add(runs);
        page.AddTo(verb);
        verb.Add(join);
        verb.Add(insecure);
        verb.SetAction(async (line, interruption) =>
        {
            var folder = line.GetValue(runs) ?? SettingsFile.Read(line).Planet.RunsDirectory;
            if (!Directory.Exists(folder))
            {
                throw new UnusableInputException(
                    $"--runs {OneLine.Of(folder)}: there is no such folder. Give a folder of runs, such as the one of `planet train`.");
            }

            var binding = page.Read(line);
            var cluster = line.GetValue(join) is { } node
                ? await ConnectAsync(line, ClusterEndpoint.Parse(node), line.GetValue(insecure), interruption).ConfigureAwait(false)
                : null;
            try
            {
                return await ServeAsync(folder, binding, cluster, line.InvocationConfiguration.Output, interruption).ConfigureAwait(false);
            }
            finally
            {
                if (cluster is not null)
                {
                    await cluster.DisposeAsync().ConfigureAwait(false);
                }
            }
        });
        return verb;
    }

    private static Task<IGridSource> ConnectAsync(ParseResult line, ClusterEndpoint node, bool insecure, CancellationToken cancellation) =>
        GridSourceChoice.ConnectAsync(line, node, OwnAddress.Toward(node), insecure, cancellation);

    private static async Task<int> ServeAsync(
        string folder, WebBinding binding, IGridSource? cluster, TextWriter output, CancellationToken interruption)
    {
        var host = await DashboardPage.StartAsync(folder, binding, cluster, TimeProvider.System, interruption).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            return await ServedPage.WaitAsync(output, "dashboard", host.Entry, "the runs continue", interruption).ConfigureAwait(false);
        }
    }
}
