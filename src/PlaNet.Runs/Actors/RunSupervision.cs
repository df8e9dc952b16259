using Akka.Actor;
using PlaNet.Environments.Processes;
using PlaNet.Experiments;
using PlaNet.MuJoCo;

namespace PlaNet.Runs.Actors;

/// <summary>Decides which failures of a role are retried.</summary>
public static class RunSupervision
{
    /// <summary>
    /// Restarts a role within the restart budget. Failures that the user must fix first, such as a full disk or a missing library, are
    /// escalated and end the run; everything saved is kept. So is a wrong message of an environment program, because the episode is played
    /// again with the same seed and the same actions.
    /// </summary>
    /// <param name="failure">Exception of the role.</param>
    public static Directive Decide(Exception failure) => failure switch
    {
        RunException or ExperimentException or RoleFailedException or NonFiniteLossException => Directive.Escalate,
        IOException or UnauthorizedAccessException => Directive.Escalate,
        DllNotFoundException or TypeInitializationException or OpenGlException => Directive.Escalate,
        EnvironmentProcessException { BreaksProtocol: true } => Directive.Escalate,
        _ => Directive.Restart,
    };

    /// <summary>The same for the top-level role, which has no supervising role: instead of escalating, it is stopped.</summary>
    /// <param name="failure">Exception of the role.</param>
    public static Directive DecideAtTop(Exception failure) => IsFinal(failure) ? Directive.Stop : Directive.Restart;

    /// <summary>Whether a restart cannot fix a failure.</summary>
    /// <param name="failure">Exception of the role.</param>
    public static bool IsFinal(Exception failure) => Decide(failure) == Directive.Escalate;
}
