using Akka.Actor;
using Akka.Event;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Akka's one-for-one strategy with a pure decision by the exception and a pure policy of restarts. Akka's own window of restarts has a
/// clock of its own and knows no pauses; and its <see cref="Terminated"/> carries no cause, which is therefore kept in the child's role.
/// </summary>
/// <param name="services">Clock, randomness, policy and log.</param>
/// <param name="decide">What to do about an exception.</param>
/// <param name="roleOf">The role of a child; null for one of an earlier incarnation.</param>
internal sealed class RestartStrategy(RoleServices services, Func<Exception, Directive> decide, Func<IActorRef, Role?> roleOf)
    : OneForOneStrategy(-1, -1, static _ => Directive.Escalate, loggingEnabled: false)
{
    /// <inheritdoc/>
    protected override Directive Handle(IActorRef child, Exception exception)
    {
        // A child of an earlier incarnation is about to end in any case.
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
        (role.Restarts, var pause) = policy.Next(role.Restarts, services.Time.GetElapsedTime(0), services.NextUniform());
        if (pause is { } wait)
        {
            role.Pause = wait;
            services.CountRestart();
            return Directive.Restart;
        }

        role.Failure = new RoleFailedException(RolePath.Of(child), role.Restarts.Count + 1, policy.Within, exception);
        return Directive.Stop;
    }
}
