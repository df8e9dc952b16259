using Akka.Actor;
using Akka.Event;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Akka's one-for-one strategy with a pure decider and a pure restart policy. Akka's own restart window uses the system clock and has no
/// backoff. Its <see cref="Terminated"/> message has no cause, so the cause is stored in the child's <see cref="Role"/>.
/// </summary>
/// <param name="services">Clock, randomness, restart policy and log.</param>
/// <param name="decide">Decides about an exception.</param>
/// <param name="roleOf">Finds the role of a child; null for a child of an earlier incarnation.</param>
internal sealed class RestartStrategy(RoleServices services, Func<Exception, Directive> decide, Func<IActorRef, Role?> roleOf)
    : OneForOneStrategy(-1, -1, static _ => Directive.Escalate, loggingEnabled: false)
{
    /// <inheritdoc/>
    protected override Directive Handle(IActorRef child, Exception exception)
    {
        // Children of an earlier incarnation are already being stopped.
        if (roleOf(child) is not { } role)
        {
            return Directive.Stop;
        }

        var directive = decide(exception);
        services.Log(new LogLine(
            directive == Directive.Escalate ? LogLevel.DebugLevel : LogLevel.ErrorLevel,
            $"{RolePath.Of(child)}#{role.Number}",
            $"{exception.GetType().Name}: {exception.Message} Decision: {directive}.",
            exception));
        switch (directive)
        {
            case Directive.Restart:
                return Restart(child, role, exception);
            case Directive.Stop:
                role.Failure = exception;
                return directive;
            default:
                return directive;
        }
    }

    private Directive Restart(IActorRef child, Role role, Exception exception)
    {
        var policy = services.Restarts;
        (role.Restarts, var backoff) = policy.Next(role.Restarts, services.Time.GetElapsedTime(0), services.NextUniform());
        if (backoff is { } delay)
        {
            role.Backoff = delay;
            services.CountRestart();
            return Directive.Restart;
        }

        role.Failure = new RoleFailedException(RolePath.Of(child), role.Restarts.Count + 1, policy.Within, exception);
        return Directive.Stop;
    }
}
