namespace PlaNet.Runs.Faults;

/// <summary>What goes wrong at a fault point.</summary>
public enum FaultAction
{
    /// <summary>The role's work throws an <see cref="InjectedFaultException"/>.</summary>
    Crash,

    /// <summary>The role's work does not come back until its actor is replaced, the run is interrupted, or the process ends.</summary>
    Hang,

    /// <summary>The process ends at once, as by <c>kill -9</c>.</summary>
    Kill,

    /// <summary>The write fails as on a full disk.</summary>
    DiskFull,

    /// <summary>The write leaves a half file under its final name, and the role crashes.</summary>
    Torn,

    /// <summary>The loss is not a number.</summary>
    Nan,
}
