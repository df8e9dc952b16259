namespace PlaNet.Runs.Faults;

/// <summary>A crash that was asked for.</summary>
/// <param name="fault">The fault.</param>
public sealed class InjectedFaultException(Fault fault) : Exception($"the injected fault {fault}");
