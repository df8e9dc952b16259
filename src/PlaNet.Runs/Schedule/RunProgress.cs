namespace PlaNet.Runs.Schedule;

/// <summary>Position of a run in its schedule.</summary>
/// <param name="SeedEpisodes">Number of collected seed episodes.</param>
/// <param name="TestEpisodes">Number of collected held-out episodes.</param>
/// <param name="Updates">Number of completed updates.</param>
/// <param name="Collected">Number of training episodes collected by the agent, without seed episodes.</param>
/// <param name="Evaluations">Number of completed evaluations.</param>
public sealed record RunProgress(int SeedEpisodes = 0, int TestEpisodes = 0, int Updates = 0, int Collected = 0, int Evaluations = 0)
{
    /// <summary>Number of completed steps of the schedule.</summary>
    public int Step => SeedEpisodes + TestEpisodes + Updates + Collected + Evaluations;

    /// <summary>Number of training episodes, seed episodes included.</summary>
    public int Episodes => SeedEpisodes + Collected;

    /// <summary>The progress after a completed step.</summary>
    public RunProgress After(RunStep step) => step switch
    {
        RunStep.CollectSeedEpisode => this with { SeedEpisodes = SeedEpisodes + 1 },
        RunStep.CollectTestEpisode => this with { TestEpisodes = TestEpisodes + 1 },
        RunStep.Update => this with { Updates = Updates + 1 },
        RunStep.Collect => this with { Collected = Collected + 1 },
        RunStep.Evaluate => this with { Evaluations = Evaluations + 1 },
        _ => this,
    };
}
