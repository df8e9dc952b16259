using Akka.Actor;
using PlaNet.Experiments;

namespace PlaNet.Runs.Actors;

/// <summary>Which failures of a role are worth another try.</summary>
public static class RunSupervision
{
    /// <summary>
    /// Restarts a role within the budget of the settings. What a person has to put right first, such as a full disk or a missing
    /// library, ends the run at once with everything kept.
    /// </summary>
    /// <param name="failure">What the role failed with.</param>
    public static Directive Decide(Exception failure) => failure switch
    {
        RunException or ExperimentException or RoleFailedException or NonFiniteLossException => Directive.Escalate,
        IOException or UnauthorizedAccessException => Directive.Escalate,
        DllNotFoundException or TypeInitializationException => Directive.Escalate,
        _ => Directive.Restart,
    };

    /// <summary>The same for the role at the top, over whom there is nobody: what is not worth another try ends the run.</summary>
    /// <param name="failure">What it failed with.</param>
    public static Directive DecideAtTop(Exception failure) => IsFinal(failure) ? Directive.Stop : Directive.Restart;

    /// <summary>Whether a failure is one that no restart puts right.</summary>
    /// <param name="failure">The failure.</param>
    public static bool IsFinal(Exception failure) => Decide(failure) == Directive.Escalate;
}
