namespace PlaNet.Runs.Faults;

/// <summary>A crash injected by a <see cref="FaultInjector"/>.</summary>
/// <param name="fault">The injected fault.</param>
public sealed class InjectedFaultException(Fault fault) : Exception($"the injected fault {fault}");
