namespace PlaNet.Runs.Schedule;

/// <summary>How far a run has come: the whole position in its schedule.</summary>
/// <param name="SeedEpisodes">Seed episodes collected.</param>
/// <param name="TestEpisodes">Test episodes collected.</param>
/// <param name="Updates">Updates done.</param>
/// <param name="Collected">Training episodes collected by the agent.</param>
/// <param name="Evaluations">Evaluations done.</param>
public sealed record RunProgress(int SeedEpisodes = 0, int TestEpisodes = 0, int Updates = 0, int Collected = 0, int Evaluations = 0)
{
    /// <summary>Steps of the schedule that are done; grows by one with each.</summary>
    public int Step => SeedEpisodes + TestEpisodes + Updates + Collected + Evaluations;

    /// <summary>Training episodes, seed episodes included.</summary>
    public int Episodes => SeedEpisodes + Collected;

    /// <summary>The progress once a step is done.</summary>
    /// <param name="step">The step.</param>
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
