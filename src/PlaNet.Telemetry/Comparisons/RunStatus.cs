namespace PlaNet.Telemetry.Comparisons;

/// <summary>How a recorded run stands.</summary>
public enum RunStatus
{
    /// <summary>Complete.</summary>
    Done,

    /// <summary>A process holds it.</summary>
    Running,

    /// <summary>Its state says RUNNING, but no process of this machine holds it: it was killed, or runs on another machine.</summary>
    Stopped,

    /// <summary>Ended at its user's wish; it can be resumed.</summary>
    Interrupted,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Its state is missing or says something else.</summary>
    Unknown,
}
