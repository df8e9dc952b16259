namespace PlaNet.Runs.Faults;

/// <summary>The kind of fault at a fault point.</summary>
public enum FaultAction
{
    /// <summary>The role's work throws an <see cref="InjectedFaultException"/>.</summary>
    Crash,

    /// <summary>The role's work blocks until its actor is replaced, the run is interrupted, or the process ends.</summary>
    Hang,

    /// <summary>The process is killed, as with <c>kill -9</c>.</summary>
    Kill,

    /// <summary>The write fails as on a full disk.</summary>
    DiskFull,

    /// <summary>The write leaves the first half of a file under its final name, and the role crashes.</summary>
    Torn,

    /// <summary>The loss is NaN.</summary>
    Nan,
}
