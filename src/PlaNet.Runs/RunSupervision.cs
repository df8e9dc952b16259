using PlaNet.Experiments;
using PlaNet.Training;

namespace PlaNet.Runs;

/// <summary>Which failures of a role are worth another try.</summary>
public static class RunSupervision
{
    /// <summary>
    /// Restarts a role within the budget of the settings. What a person has to put right first, such as a full disk or a missing
    /// library, ends the run at once with everything kept.
    /// </summary>
    public static readonly SupervisorStrategy Strategy = new(Decide);

    private static Directive Decide(Exception failure) => failure switch
    {
        RunException or ExperimentException or RoleFailedException or NonFiniteLossException => Directive.Escalate,
        IOException or UnauthorizedAccessException => Directive.Escalate,
        DllNotFoundException or TypeInitializationException => Directive.Escalate,
        _ => Directive.Restart,
    };
}
