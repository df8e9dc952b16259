using System.Collections.Concurrent;
using System.Text;
using Akka.Actor;

namespace PlaNet.Runs.Actors;

/// <summary>What a role has done since its start, restarts included.</summary>
/// <param name="Name">Path of the role below the top-level role, such as "collector/planner"; the top-level role has its name.</param>
/// <param name="Restarts">Number of restarts.</param>
/// <param name="Mailbox">Messages that wait in the mailbox, and work of the role that waits for its thread.</param>
/// <param name="Messages">Number of handled messages.</param>
/// <param name="BusySeconds">Seconds of handling messages and of work on threads, the current work included.</param>
/// <param name="Doing">
/// The current work, by the message that ordered it, such as "update model"; null if there is none. Messages are handled in microseconds
/// and are not shown.
/// </param>
public sealed record RoleStatus(string Name, int Restarts, int Mailbox, long Messages, double BusySeconds, string? Doing);

/// <summary>Counts what a role does. Kept over restarts. Thread-safe.</summary>
/// <param name="name">Name of the role.</param>
/// <param name="time">Clock of the durations.</param>
/// <param name="mailbox">Returns the number of messages in the role's mailbox.</param>
internal sealed class RoleActivity(string name, TimeProvider time, Func<int> mailbox)
{
    private static readonly ConcurrentDictionary<Type, string> s_words = new();

    private readonly Lock _gate = new();
    private int _restarts;
    private int _waiting;
    private long _messages;
    private TimeSpan _busy;
    private (string Doing, long Since)? _work;

    public string Name => name;

    public RoleStatus Status
    {
        get
        {
            var messages = mailbox();
            lock (_gate)
            {
                var busy = _work is { } work ? _busy + time.GetElapsedTime(work.Since) : _busy;
                return new RoleStatus(name, _restarts, messages + _waiting, _messages, busy.TotalSeconds, _work?.Doing);
            }
        }
    }

    /// <summary>The name of a message in words: "update model" for UpdateModel.</summary>
    /// <param name="message">Type of the message.</param>
    public static string Words(Type message) => s_words.GetOrAdd(message, static type =>
    {
        var words = new StringBuilder();
        foreach (var letter in type.Name)
        {
            words.Append(char.IsUpper(letter) && words.Length > 0 ? " " : "").Append(char.ToLowerInvariant(letter));
        }

        return words.ToString();
    });

    public void CountRestart()
    {
        lock (_gate)
        {
            _restarts++;
        }
    }

    /// <summary>Counts a handled message.</summary>
    /// <param name="begun">Timestamp at which its handling began.</param>
    public void CountMessage(long begun)
    {
        var spent = time.GetElapsedTime(begun);
        lock (_gate)
        {
            _messages++;
            _busy += spent;
        }
    }

    /// <summary>Work was queued on a thread.</summary>
    public void QueueWork()
    {
        lock (_gate)
        {
            _waiting++;
        }
    }

    /// <summary>Queued work was skipped, because its incarnation has ended.</summary>
    public void SkipWork()
    {
        lock (_gate)
        {
            _waiting--;
        }
    }

    /// <summary>Queued work begins.</summary>
    /// <param name="doing">The work in words.</param>
    /// <returns>Timestamp for <see cref="EndWork"/>.</returns>
    public long BeginWork(string doing)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            _waiting--;
            _work = (doing, now);
        }

        return now;
    }

    /// <summary>Work has ended.</summary>
    /// <param name="begun">The result of <see cref="BeginWork"/>.</param>
    public void EndWork(long begun)
    {
        var spent = time.GetElapsedTime(begun);
        lock (_gate)
        {
            _busy += spent;
            _work = _work?.Since == begun ? null : _work;
        }
    }
}

/// <summary>The activities of all living roles of an actor system. Thread-safe.</summary>
/// <param name="time">Clock of the durations.</param>
internal sealed class RoleActivities(TimeProvider time)
{
    private readonly ConcurrentDictionary<IActorRef, RoleActivity> _roles = new();

    /// <summary>The status of each role, in the order of their names.</summary>
    public IReadOnlyList<RoleStatus> Statuses =>
        [.. _roles.Values.Select(role => role.Status).OrderBy(status => status.Name, StringComparer.Ordinal)];

    /// <summary>Whether a reference belongs to a living role of this system.</summary>
    public bool Contains(IActorRef actor) => _roles.ContainsKey(actor);

    /// <summary>Begins to count for a role.</summary>
    public RoleActivity Add(IActorRef actor)
    {
        var path = RolePath.Of(actor).TrimStart('/');
        return _roles.GetOrAdd(actor, new RoleActivity(
            path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..],
            time,
            () => actor is ActorRefWithCell { Underlying: { } cell } ? cell.NumberOfMessages : 0));
    }

    /// <summary>Forgets a role that has stopped.</summary>
    public void Remove(IActorRef actor) => _roles.TryRemove(actor, out _);
}
