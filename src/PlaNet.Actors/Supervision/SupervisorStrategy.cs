namespace PlaNet.Actors;

/// <summary>What is done with an actor that failed.</summary>
public enum Directive
{
    /// <summary>Goes on with the state it had before the message. An actor that failed in its first effects is stopped instead: it has no state.</summary>
    Resume,

    /// <summary>A new incarnation after a pause; its children are stopped. Stopped instead when the budget is used up.</summary>
    Restart,

    /// <summary>Stopped for good.</summary>
    Stop,

    /// <summary>The failure becomes that of the supervisor, whose own supervisor decides; meanwhile the actor waits.</summary>
    Escalate,
}

/// <summary>How an actor deals with failures of its children, one for one: the others go on.</summary>
/// <param name="Decider">What to do about an exception; pure. Escalates when it throws.</param>
/// <param name="Restarts">How often and after which pauses; null for the host's settings.</param>
public sealed record SupervisorStrategy(Func<Exception, Directive> Decider, RestartPolicy? Restarts = null)
{
    /// <summary>Restarts, whatever the exception.</summary>
    public static readonly SupervisorStrategy Default = new(_ => Directive.Restart);
}
