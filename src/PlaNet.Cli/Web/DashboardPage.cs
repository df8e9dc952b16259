using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PlaNet.Experiments;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry.Dashboard;

namespace PlaNet.Cli.Web;

/// <summary>
/// The page of a folder of runs, and what it asks for. Runs are named by ids, and files by names that exist, so that no address becomes a
/// path.
/// </summary>
internal sealed class DashboardPage
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    // While there is more to read, only as long as other requests need to be answered.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_clusterInterval = TimeSpan.FromSeconds(2);

    private readonly DashboardData _data;
    private readonly IGridSource? _cluster;
    private readonly TimeProvider _time;
    private readonly string _root;
    private readonly Lock _gate = new();
    private (long At, Task<ClusterView> View)? _asked;

    private DashboardPage(string root, IGridSource? cluster, TimeProvider time)
    {
        (_root, _cluster, _time) = (Path.GetFullPath(root), cluster, time);
        _data = new DashboardData(root, StepsOf, time);
    }

    /// <summary>Starts a server for the page.</summary>
    /// <param name="root">Folder of runs, or a run directory.</param>
    /// <param name="binding">Where it listens.</param>
    /// <param name="cluster">A cluster to show as well; null for none. Not disposed here.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="UnusableInputException">The server cannot listen there.</exception>
    public static Task<GuardedHost> StartAsync(
        string root, WebBinding binding, IGridSource? cluster, TimeProvider time, CancellationToken cancellation)
    {
        var page = new DashboardPage(root, cluster, time);
        return GuardedHost.StartAsync(binding, page.Map, cancellation);
    }

    // A record that another version of the program wrote may have no schedule here.
    private static long? StepsOf(Experiment experiment)
    {
        try
        {
            return new RunSchedule(experiment).Steps;
        }
        catch (Exception failure) when (failure is ArithmeticException or ArgumentException)
        {
            return null;
        }
    }

    private void Map(IEndpointRouteBuilder routes, CancellationToken stopping)
    {
        EmbeddedFiles.Map(routes, "dashboard");
        routes.MapGet("/api/about", context => Answers.JsonAsync(context, new { Root = _root, Cluster = _cluster is not null }));
        routes.MapGet("/api/events", context => EventsAsync(context, stopping));
        routes.MapGet("/api/tags", context => Answers.JsonAsync(context, _data.Tags()));
        routes.MapGet("/api/series", SeriesAsync);
        routes.MapGet("/api/curves", CurvesAsync);
        routes.MapGet("/api/runs/{id}/live", context => Answers.JsonAsync(context, _data.Live(Id(context))));
        routes.MapGet("/api/runs/{id}/times", context => Answers.JsonAsync(context, _data.Times(Id(context))));
        routes.MapGet("/api/runs/{id}/files", context => Answers.JsonAsync(context, _data.Files(Id(context))));
        routes.MapGet("/api/runs/{id}/log", context => Answers.JsonAsync(context, _data.Log(Id(context))));
        routes.MapGet("/api/runs/{id}/record", RecordAsync);
        routes.MapGet("/api/difference", DifferenceAsync);
        routes.MapGet("/api/cluster", ClusterAsync);
        routes.MapGet("/files/{id}/{name}", FileAsync);
    }

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private async Task EventsAsync(HttpContext context, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await Answers.EventsAsync(context, WatchAsync(ending.Token)).ConfigureAwait(false);
    }

    // The runs that have changed since the last event; at first all of them.
    private async IAsyncEnumerable<(string Type, object Value)> WatchAsync([EnumeratorCancellation] CancellationToken ending)
    {
        (long Revision, int Count, string Notes, int Behind) seen = (-1, -1, "", 0);
        while (!ending.IsCancellationRequested)
        {
            var snapshot = _data.Refresh();
            var newest = snapshot.Runs.Select(run => run.Revision).DefaultIfEmpty().Max();
            var now = (newest, snapshot.Runs.Count, string.Join('\n', snapshot.Notes), snapshot.Behind);
            if (now != seen)
            {
                yield return ("runs", new
                {
                    Ids = snapshot.Runs.Select(run => run.Run.Id),
                    Runs = snapshot.Runs.Where(run => run.Revision > seen.Revision).Select(run => run.Run),
                    snapshot.Notes,
                    snapshot.Behind,
                });
                seen = now;
            }

            await Task.Delay(snapshot.Behind > 0 ? s_pause : s_interval, _time, ending).ConfigureAwait(false);
        }
    }

    private static HashSet<string> Ids(HttpContext context) =>
        context.Request.Query["runs"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);

    private Task CurvesAsync(HttpContext context)
    {
        var band = context.Request.Query["band"] == "bootstrap" ? CurveBand.Bootstrap : CurveBand.Percentiles;
        return Answers.JsonAsync(context, _data.Curves(band, Ids(context)));
    }

    private Task SeriesAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var points = int.TryParse(query["points"], System.Globalization.CultureInfo.InvariantCulture, out var most) ? most : int.MaxValue;
        return Answers.JsonAsync(context, _data.Series(query["tag"].ToString(), Ids(context), points));
    }

    private Task RecordAsync(HttpContext context) => _data.Record(Id(context)) is { } record
        ? Answers.JsonAsync(context, record)
        : Answers.MissingAsync(context, "there is no such run");

    private Task DifferenceAsync(HttpContext context)
    {
        var query = context.Request.Query;
        return _data.Difference(query["before"].ToString(), query["after"].ToString()) is { } differences
            ? Answers.JsonAsync(context, differences)
            : Answers.MissingAsync(context, "there is no such run");
    }

    private async Task ClusterAsync(HttpContext context)
    {
        if (_cluster is null)
        {
            await Answers.MissingAsync(context, "the page was started without --join").ConfigureAwait(false);
            return;
        }

        // However many pages are open, the cluster answers one question at a time.
        Task<ClusterView> view;
        lock (_gate)
        {
            if (_asked is not { } asked || (asked.View.IsCompleted && _time.GetElapsedTime(asked.At) >= s_clusterInterval))
            {
                _asked = asked = (_time.GetTimestamp(), ClusterView.AskAsync(_cluster, CancellationToken.None));
            }

            view = asked.View;
        }

        await Answers.JsonAsync(context, await view.WaitAsync(context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task FileAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        if (_data.FilePath(Id(context), name) is not { } path)
        {
            await Answers.MissingAsync(context, "the run has no such video").ConfigureAwait(false);
            return;
        }

        var type = Path.GetExtension(name) switch { ".gif" => "image/gif", ".png" => "image/png", _ => "video/mp4" };
        await TypedResults.PhysicalFile(path, type, enableRangeProcessing: true).ExecuteAsync(context).ConfigureAwait(false);
    }
}
