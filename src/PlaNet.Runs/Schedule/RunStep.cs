namespace PlaNet.Runs.Schedule;

/// <summary>A step of the schedule.</summary>
public enum RunStep
{
    /// <summary>Collect a training episode with random actions.</summary>
    CollectSeedEpisode,

    /// <summary>Collect a held-out episode with random actions.</summary>
    CollectTestEpisode,

    /// <summary>Update the model on a new batch.</summary>
    Update,

    /// <summary>Collect a training episode with the planner and exploration noise.</summary>
    Collect,

    /// <summary>Evaluate the agent without exploration noise.</summary>
    Evaluate,

    /// <summary>The run is complete.</summary>
    Done,
}
