namespace PlaNet.Runs;

/// <summary>A role of a run failed more often than its budget of restarts allows.</summary>
/// <param name="role">Path of its actor.</param>
/// <param name="cause">The last failure.</param>
public sealed class RoleFailedException(string role, Exception cause)
    : Exception($"{role} failed more often than supervision.max_restarts allows, at last with: {cause.Message}", cause);
