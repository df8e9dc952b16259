using System.Runtime.ExceptionServices;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;
using PlaNet.Runs.Settings;

namespace PlaNet.Runs.Actors;

/// <summary>An Akka actor system with one top-level role, which starts the others.</summary>
public sealed class RoleSystem
{
    private readonly RoleServices _services;
    private readonly ActorSystem _system;
    private readonly IActorRef _root;
    private readonly IActorRef _role;
    private readonly TaskCompletionSource<Exception?> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the system and the role.</summary>
    /// <param name="name">Name of the role.</param>
    /// <param name="behavior">Behaviour of the role.</param>
    /// <param name="decide">Decides about failures of the role; see <see cref="Behavior.Decide"/>.</param>
    /// <param name="settings">Restart policy and Akka's settings.</param>
    /// <param name="time">Clock of backoffs and timers.</param>
    /// <param name="log">Receives all lines of the log, on any thread. Must not throw.</param>
    public RoleSystem(
        string name,
        Behavior behavior,
        Func<Exception, Directive> decide,
        HoconSettings settings,
        TimeProvider time,
        Action<LogLine> log)
        : this(name, _ => behavior, decide, settings, time, log)
    {
    }

    /// <summary>Starts the system, creates the behaviour of the role with it, and starts the role.</summary>
    /// <param name="name">Name of the role.</param>
    /// <param name="behaviorOf">Creates the behaviour of the role.</param>
    /// <param name="decide">Decides about failures of the role; see <see cref="Behavior.Decide"/>.</param>
    /// <param name="settings">Restart policy and Akka's settings.</param>
    /// <param name="time">Clock of backoffs and timers.</param>
    /// <param name="log">Receives all lines of the log, on any thread. Must not throw.</param>
    /// <param name="setup">Setup of the actor system. Default null: Akka's settings of <paramref name="settings"/>.</param>
    public RoleSystem(
        string name,
        Func<RoleSystem, Behavior> behaviorOf,
        Func<Exception, Directive> decide,
        HoconSettings settings,
        TimeProvider time,
        Action<LogLine> log,
        ActorSystemSetup? setup = null)
    {
        ArgumentNullException.ThrowIfNull(behaviorOf);
        ArgumentNullException.ThrowIfNull(settings);
        _services = new RoleServices(settings.Planet.Supervision.Restarts, time, log);
        setup ??= ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(settings.Akka));
        _system = ActorSystem.Create("planet", setup.And(new AkkaLog.LogSetup(log)));
        _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new DeadLetters(_services)), "dead-letters"), typeof(DeadLetter));
        var behavior = behaviorOf(this);
        var started = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously);
        _root = _system.ActorOf(Props.Create(() => new Root(_services, name, behavior, decide, started, _stopped)), "root");
#pragma warning disable VSTHRD002 // The root sets it when it starts, without waiting for this thread.
        _role = started.Task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    /// <summary>Completes when the role has stopped: with its failure, or with null if it stopped without one.</summary>
    public Task<Exception?> Stopped => _stopped.Task;

    /// <summary>Akka's actor system.</summary>
    public ActorSystem System => _system;

    /// <summary>Counters since the start of the system.</summary>
    public ActorCounts Counts => _services.Counts;

    /// <summary>What each living role has done since its start, in the order of their names.</summary>
    public IReadOnlyList<RoleStatus> Roles => _services.Activities.Statuses;

    /// <summary>Sends a message to the role, without a sender.</summary>
    /// <param name="message">Any immutable object.</param>
    public void Tell(object message) => _role.Tell(message, ActorRefs.NoSender);

    /// <summary>Creates the props of a role whose parent is an Akka actor, such as a singleton manager.</summary>
    /// <param name="behavior">Behaviour of the role.</param>
    /// <param name="decide">Decides about failures of the role; see <see cref="Behavior.Decide"/>.</param>
    /// <returns>Props of the role, and the supervisor strategy that its parent must use.</returns>
    public (Props Props, SupervisorStrategy Strategy) RoleBelow(Behavior behavior, Func<Exception, Directive> decide)
    {
        var role = new Role(behavior);
        return (_services.Props(role), new RestartStrategy(_services, decide, _ => role));
    }

    /// <summary>
    /// Waits until the role reports its end or has stopped, then stops all actors, children before parents, and waits until the threads
    /// have finished their work.
    /// </summary>
    /// <typeparam name="T">Type of the role's result.</typeparam>
    /// <param name="ended">Completed by the role with its result when it ends.</param>
    /// <param name="grace">Timeout of stopping. After it the remaining actors and threads are abandoned.</param>
    /// <param name="leave">Called before the actors are stopped. Must not throw. Default: none.</param>
    /// <returns>The result of the role.</returns>
    /// <exception cref="RoleFailedException">The role, or one below it, failed more often than its restart budget allows.</exception>
    public async Task<T> EndAsync<T>(Task<T> ended, TimeSpan grace, Func<Task>? leave = null)
    {
        ArgumentNullException.ThrowIfNull(ended);
        try
        {
            await Task.WhenAny(ended, Stopped).ConfigureAwait(false);
        }
        finally
        {
            if (leave is not null)
            {
                await leave().ConfigureAwait(false);
            }

            await StopAsync(grace).ConfigureAwait(false);
        }

        if (!ended.IsCompleted && await Stopped.ConfigureAwait(false) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return ended.IsCompleted
            ? await ended.ConfigureAwait(false)
            : throw new InvalidOperationException("The top-level role stopped without a failure and without a result.");
    }

    private async Task StopAsync(TimeSpan grace)
    {
        try
        {
            // One deadline for everything, because the timeouts of Akka's shutdown phases add up.
            await AllAsync().WaitAsync(grace, _services.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _services.Log(new LogLine(
                LogLevel.InfoLevel, "/", $"The actors did not stop within {grace.TotalSeconds} s and are abandoned."));
        }

        async Task AllAsync()
        {
            var terminated = _root.WatchAsync();
            _system.Stop(_root);
            await terminated.ConfigureAwait(false);
            await _system.Terminate().ConfigureAwait(false);

            // Last, because the final work of the roles runs on these threads.
            await _services.Threads.CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Supervises the top-level role.</summary>
    private sealed class Root(
        RoleServices services,
        string name,
        Behavior behavior,
        Func<Exception, Directive> decide,
        TaskCompletionSource<IActorRef> started,
        TaskCompletionSource<Exception?> stopped) : UntypedActor
    {
        private readonly Role _role = new(behavior);
        private readonly Dictionary<IActorRef, Role> _children = [];

        protected override SupervisorStrategy SupervisorStrategy() =>
            new RestartStrategy(services, decide, child => _children.GetValueOrDefault(child));

        protected override void PreStart()
        {
            var child = Context.Watch(Context.ActorOf(services.Props(_role), name));
            _children.Add(child, _role);
            started.SetResult(child);
        }

        protected override void OnReceive(object message)
        {
            if (message is Terminated)
            {
                stopped.TrySetResult(_role.Failure);
            }
        }
    }

    private sealed class DeadLetters(RoleServices services) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            var letter = (DeadLetter)message;
            var content = letter.Message is Traced traced ? traced.Message : letter.Message;
            services.CountDeadLetter();
            services.Log(new LogLine(
                LogLevel.DebugLevel,
                RolePath.Of(letter.Recipient),
                $"{content.GetType().Name} from {RolePath.Of(letter.Sender)} was not delivered."));
        }
    }
}
