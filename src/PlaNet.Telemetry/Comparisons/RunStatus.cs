namespace PlaNet.Telemetry.Comparisons;

/// <summary>Status of a recorded run.</summary>
public enum RunStatus
{
    /// <summary>Complete.</summary>
    Done,

    /// <summary>A process holds its lock.</summary>
    Running,

    /// <summary>Its state is RUNNING, but no process on this machine holds its lock: it was killed, or runs on another machine.</summary>
    Stopped,

    /// <summary>Interrupted by its user; it can be resumed.</summary>
    Interrupted,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Its state is missing or is none of these.</summary>
    Unknown,
}
