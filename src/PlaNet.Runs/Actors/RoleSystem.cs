using System.Runtime.ExceptionServices;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;
using PlaNet.Runs.Settings;

namespace PlaNet.Runs.Actors;

/// <summary>An actor system of Akka's with one role at its top, which starts the others.</summary>
public sealed class RoleSystem
{
    private readonly RoleServices _services;
    private readonly ActorSystem _system;
    private readonly IActorRef _root;
    private readonly IActorRef _role;
    private readonly TaskCompletionSource<Exception?> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the system and the role.</summary>
    /// <param name="name">Name of the role.</param>
    /// <param name="behavior">What it does.</param>
    /// <param name="decide">What is done when it fails; see <see cref="Behavior.Decide"/>.</param>
    /// <param name="settings">Restarts, and Akka's settings.</param>
    /// <param name="time">The clock of pauses and timers.</param>
    /// <param name="log">Told every line of the log, on any thread. Must not throw.</param>
    public RoleSystem(string name, Behavior behavior, Func<Exception, Directive> decide, HoconSettings settings, TimeProvider time, Action<LogLine> log)
        : this(name, _ => behavior, decide, settings, time, log)
    {
    }

    /// <summary>Starts the system, and the role once it is known what that takes of the system.</summary>
    /// <param name="name">Name of the role.</param>
    /// <param name="behaviorOf">What it does, made with this system.</param>
    /// <param name="decide">What is done when it fails; see <see cref="Behavior.Decide"/>.</param>
    /// <param name="settings">Restarts, and Akka's settings.</param>
    /// <param name="time">The clock of pauses and timers.</param>
    /// <param name="log">Told every line of the log, on any thread. Must not throw.</param>
    /// <param name="setup">What Akka's system is made with instead of <paramref name="settings"/>. Default null.</param>
    public RoleSystem(
        string name, Func<RoleSystem, Behavior> behaviorOf, Func<Exception, Directive> decide, HoconSettings settings, TimeProvider time, Action<LogLine> log,
        ActorSystemSetup? setup = null)
    {
        ArgumentNullException.ThrowIfNull(behaviorOf);
        ArgumentNullException.ThrowIfNull(settings);
        _services = new RoleServices(settings.Planet.Supervision.Restarts, time, log);
        _system = ActorSystem.Create("planet", (setup ?? ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(settings.Akka))).And(new AkkaLog.LogSetup(log)));
        _system.EventStream.Subscribe(_system.ActorOf(Props.Create(() => new DeadLetters(_services)), "dead-letters"), typeof(DeadLetter));
        var behavior = behaviorOf(this);
        var started = new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously);
        _root = _system.ActorOf(Props.Create(() => new Root(_services, name, behavior, decide, started, _stopped)), "root");
#pragma warning disable VSTHRD002 // Set by the first thing that the root does.
        _role = started.Task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    /// <summary>Completes when the role has stopped for good: with what it failed with, or null when it stopped in order.</summary>
    public Task<Exception?> Stopped => _stopped.Task;

    /// <summary>Akka's system, for what a role needs of it.</summary>
    public ActorSystem System => _system;

    /// <summary>What was counted so far.</summary>
    public ActorCounts Counts => _services.Counts;

    /// <summary>Tells the role a message.</summary>
    /// <param name="message">Any immutable object.</param>
    public void Tell(object message) => _role.Tell(message, ActorRefs.NoSender);

    /// <summary>A role below an actor of Akka's, such as a manager of singletons: how both are made.</summary>
    /// <param name="behavior">What the role does.</param>
    /// <param name="decide">What is done when it fails; see <see cref="Behavior.Decide"/>.</param>
    /// <returns>How the role is made, and how its parent is to supervise it.</returns>
    public (Props Props, SupervisorStrategy Strategy) RoleBelow(Behavior behavior, Func<Exception, Directive> decide)
    {
        var role = new Role(behavior);
        return (_services.Props(role), new RestartStrategy(_services, decide, _ => role));
    }

    /// <summary>
    /// Waits until the role says that it has ended or has stopped, then stops every actor, children before parents, and lets the threads
    /// finish their work.
    /// </summary>
    /// <typeparam name="T">What the end carries.</typeparam>
    /// <param name="ended">The role's word.</param>
    /// <param name="grace">How long stopping may take. What is left then is abandoned: the process is about to end.</param>
    /// <param name="leave">What is done before the actors are stopped; it does not throw. Default nothing.</param>
    /// <exception cref="RoleFailedException">The role, or another below it, failed more often than its budget allows.</exception>
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

        return ended.IsCompleted ? await ended.ConfigureAwait(false) : throw new InvalidOperationException("The actors stopped before they had ended.");
    }

    private async Task StopAsync(TimeSpan grace)
    {
        try
        {
            // A deadline of our own: those of the phases of Akka's shutdown add up.
            await AllAsync().WaitAsync(grace, _services.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _services.Log(new LogLine(LogLevel.InfoLevel, "/", $"Not stopped within {grace.TotalSeconds} s and abandoned."));
        }

        async Task AllAsync()
        {
            var gone = _root.WatchAsync();
            _system.Stop(_root);
            await gone.ConfigureAwait(false);
            await _system.Terminate().ConfigureAwait(false);

            // Roles that ended with the system had last work, too.
            await _services.Threads.CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Supervises the role at the top.</summary>
    private sealed class Root(
        RoleServices services, string name, Behavior behavior, Func<Exception, Directive> decide, TaskCompletionSource<IActorRef> started,
        TaskCompletionSource<Exception?> stopped) : UntypedActor
    {
        private readonly Role _role = new(behavior);
        private readonly Dictionary<IActorRef, Role> _children = [];

        protected override SupervisorStrategy SupervisorStrategy() => new RestartStrategy(services, decide, child => _children.GetValueOrDefault(child));

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
            services.CountDeadLetter();
            services.Log(new LogLine(
                LogLevel.DebugLevel, RolePath.Of(letter.Recipient), $"{letter.Message.GetType().Name} from {RolePath.Of(letter.Sender)} was received by nobody."));
        }
    }
}
