using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using PlaNet.Common;
using PlaNet.Runs.Schedule;
using PlaNet.Runs.Watching;

namespace PlaNet.Cli.Web;

/// <summary>What is watched, the same for every step.</summary>
/// <param name="Run">Absolute path of the run directory.</param>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Task">Name of the task, and its action repeat.</param>
/// <param name="Planner">The planner, in words.</param>
/// <param name="ImageSize">Height and width of the frames.</param>
/// <param name="Decisions">Decisions of a complete episode.</param>
internal sealed record WatchSubject(string Run, string Experiment, string Task, string Planner, int ImageSize, int Decisions);

/// <summary>What is shown: an immutable value, so that requests read it while the next step is played.</summary>
/// <param name="Episode">Number of the episode, from 0.</param>
/// <param name="Progress">Progress of the run at the checkpoint of the model.</param>
/// <param name="History">The played steps.</param>
internal sealed record WatchShown(int Episode, RunProgress Progress, WatchHistory History);

/// <summary>
/// The page of <c>planet watch</c>. One thread owns the session, because simulators and tensors keep state for each thread; requests that
/// change something wait for it, one after the other.
/// </summary>
internal sealed class WatchPage : IAsyncDisposable
{
    private readonly WatchSubject _subject;
    private readonly BlockingCollection<Action<WatchSession>> _calls = [];
    private readonly Thread _thread;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile WatchShown? _shown;
    private GuardedHost? _host;

    private WatchPage(WatchSubject subject, Func<WatchSession> open)
    {
        _subject = subject;
        _thread = new Thread(() => Own(open)) { Name = "watch", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The address to print.</summary>
    public Uri Entry => _host!.Entry;

    /// <summary>Loads the model and serves the page.</summary>
    /// <param name="subject">What is the same for every step.</param>
    /// <param name="open">Opens the session; called on the thread that owns it.</param>
    /// <param name="binding">Where the page is served.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<WatchPage> StartAsync(
        WatchSubject subject, Func<WatchSession> open, WebBinding binding, CancellationToken cancellation)
    {
        var page = new WatchPage(subject, open);
        try
        {
#pragma warning disable VSTHRD003 // The page's own thread completes it, which waits for no other.
            await page._opened.Task.WaitAsync(cancellation).ConfigureAwait(false);
#pragma warning restore VSTHRD003
            page._host = await GuardedHost.StartAsync(binding, page.Map, cancellation).ConfigureAwait(false);
            return page;
        }
        catch
        {
            await page.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }

        _calls.CompleteAdding();
#pragma warning disable VSTHRD003 // The page's own thread completes it, which waits for no other.
        await _ended.Task.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        _calls.Dispose();
    }

    private void Own(Func<WatchSession> open)
    {
        try
        {
            using var session = open();
            Publish(session);
            _opened.SetResult();
            foreach (var call in _calls.GetConsumingEnumerable())
            {
                call(session);
            }
        }
#pragma warning disable CA1031 // The thread's only way to report: whoever starts the page throws it again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _opened.TrySetException(failure);
        }
        finally
        {
            _ended.SetResult();
        }
    }

    private void Publish(WatchSession session) => _shown = new WatchShown(session.Episode, session.Progress, session.History);

    private void Map(IEndpointRouteBuilder routes, CancellationToken stopping)
    {
        EmbeddedFiles.Map(routes, "watch");
        routes.MapGet("/api/watch", context => Answers.JsonAsync(context, WatchView.Of(_subject, _shown!)));
        routes.MapPost("/api/watch/forward", context => DoAsync(context, session => session.Forward(), stopping));
        routes.MapPost("/api/watch/episode", context => DoAsync(context, session => session.BeginEpisode(), stopping));
        routes.MapPost("/api/watch/show", context =>
        {
            var given = context.Request.Query["position"].ToString();
            return int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                ? DoAsync(context, session => session.Show(position), stopping)
                : Answers.TextAsync(context, StatusCodes.Status400BadRequest, "position must be a whole number, at least 0");
        });
        routes.MapGet("/api/watch/pictures/{episode:int}/{step:int}/{name}", PictureAsync);
    }

    private Task PictureAsync(HttpContext context)
    {
        var shown = _shown!;
        int Number(string name) => int.Parse((string)context.Request.RouteValues[name]!, CultureInfo.InvariantCulture);
        var (episode, step, name) = (Number("episode"), Number("step"), (string)context.Request.RouteValues["name"]!);
        if (episode != shown.Episode || step < 0 || step >= shown.History.Steps.Count
            || Picture(shown.History.Steps[step], name) is not { } png)
        {
            return Answers.MissingAsync(context, "there is no such picture in this episode");
        }

        context.Response.ContentType = "image/png";
        context.Response.ContentLength = png.Length;
        return context.Response.Body.WriteAsync(png, context.RequestAborted).AsTask();
    }

    private static byte[]? Picture(WatchedStep step, string name) => name switch
    {
        "frame" => step.Frame,
        "reconstruction" => step.Reconstruction,
        "plan" => step.Decision?.Plan.Strip,
        _ when step.Decision is { } decision && Elite(name) is { } index && index < decision.Elites.Count => decision.Elites[index].Strip,
        _ => null,
    };

    private static int? Elite(string name) =>
        name.StartsWith("elite-", StringComparison.Ordinal)
        && int.TryParse(name["elite-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;

    private async Task DoAsync(HttpContext context, Action<WatchSession> action, CancellationToken stopping)
    {
        var done = new TaskCompletionSource<WatchShown>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _calls.Add(
                session =>
                {
                    try
                    {
                        action(session);
                        Publish(session);
                        done.SetResult(_shown!);
                    }
#pragma warning disable CA1031 // The page shows whatever failed, such as the program of an environment, and the session stays open.
                    catch (Exception failure)
#pragma warning restore CA1031
                    {
                        done.SetException(failure);
                    }
                },
                stopping);
            var shown = await done.Task.WaitAsync(stopping).ConfigureAwait(false);
            await Answers.JsonAsync(context, WatchView.Of(_subject, shown)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception failure) when (done.Task.IsFaulted)
        {
            await Answers.TextAsync(context, StatusCodes.Status500InternalServerError, OneLine.Of(failure.Message)).ConfigureAwait(false);
        }
    }
}
