using MessagePack;
using PlaNet.Cluster.Wire;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Cluster.Collectors;

/// <summary>An episode under one claim. The epoch is a fencing token: a later claim on the same episode has a higher one.</summary>
/// <param name="Run">Unique name of the run process that requested it.</param>
/// <param name="Order">Number of the order.</param>
/// <param name="Number">Number of the episode within the order, from 0.</param>
/// <param name="Epoch">Number of the claim on it, from 1.</param>
[MessagePackObject]
public sealed record EpisodeId(
    [property: Key(0)] string Run, [property: Key(1)] long Order, [property: Key(2)] int Number, [property: Key(3)] long Epoch)
{
    /// <summary>Why the values are invalid; null if they are valid.</summary>
    internal string? Flaw =>
        Run is not { Length: > 0 and <= 100 } ? $"the run's name has {Run?.Length ?? 0} characters but must have 1 to 100"
        : Number < 0 ? $"the number is {Number} but must be at least 0"
        : null;

    /// <summary>Id of the transfer of its file.</summary>
    internal string Transfer => $"{Run}/{Order}/{Number}/{Epoch}";
}

/// <summary>
/// What to play. The episode depends only on this request, the run's experiment and the weights, not on the collector that plays it.
/// </summary>
/// <param name="Step">Step of the schedule that the episode belongs to.</param>
/// <param name="Kind">How actions are chosen.</param>
/// <param name="Seed">The episode's seed.</param>
/// <param name="Task">Index of the task among the run's tasks, from 0.</param>
/// <param name="Noise">Standard deviation of the exploration noise, at least 0.</param>
/// <param name="WeightsVersion">Version of the planner's weights; null without a planner.</param>
[MessagePackObject]
public sealed record EpisodeRequest(
    [property: Key(0)] RunStep Step,
    [property: Key(1)] ActingKind Kind,
    [property: Key(2)] ulong Seed,
    [property: Key(3)] int Task,
    [property: Key(4)] double Noise,
    [property: Key(5)] long? WeightsVersion)
{
    /// <summary>Why the values are invalid; null if they are valid.</summary>
    internal string? Flaw => !Enum.IsDefined(Step) ? $"the step {(int)Step} is unknown"
        : !Enum.IsDefined(Kind) ? $"the kind {(int)Kind} is unknown"
        : Task < 0 ? $"the task is {Task} but must be at least 0"
        : Noise >= 0 ? null : $"the noise is {Noise} but must be at least 0";

    /// <summary>The request as an order to the acting roles.</summary>
    /// <param name="weights">Weights of <see cref="WeightsVersion"/>; null without a planner.</param>
    internal Acting Acting(Weights? weights) => new(Kind, [Seed], [Task], Noise, weights);
}

/// <summary>Announces that a run has episodes to play: idle collectors claim one. Repeated while there is one to claim.</summary>
/// <param name="Run">The run process.</param>
/// <param name="Name">Display name of the run: its experiment and seed.</param>
/// <param name="Compute">
/// Compute options that a process fixes when it loads the tensor library. A collector serves only runs with the options of its first run.
/// </param>
[MessagePackObject]
public sealed record EpisodesWanted(
    [property: Key(0)] string Run, [property: Key(1)] string Name, [property: Key(2)] string Compute) : IWireMessage;

/// <summary>A collector asks for an episode. Answered by <see cref="EpisodeAssigned"/> or <see cref="NothingToPlay"/>.</summary>
/// <param name="Run">The run process.</param>
/// <param name="Owner">The collector.</param>
[MessagePackObject]
public sealed record ClaimEpisode([property: Key(0)] string Run, [property: Key(1)] string Owner) : IWireMessage;

/// <summary>The run has no episode for this collector.</summary>
/// <param name="Run">The run process.</param>
[MessagePackObject]
public sealed record NothingToPlay([property: Key(0)] string Run) : IWireMessage;

/// <summary>
/// The collector holds the claim on an episode. The claim ends when the episode is delivered or returned, or when it is not renewed within
/// the lease.
/// </summary>
/// <param name="Id">The episode.</param>
/// <param name="Experiment">The run's experiment as canonical JSON.</param>
/// <param name="Request">What to play.</param>
/// <param name="Weights">The planner's weights, to be pulled from the sender; null without a planner.</param>
[MessagePackObject]
public sealed record EpisodeAssigned(
    [property: Key(0)] EpisodeId Id,
    [property: Key(1)] string Experiment,
    [property: Key(2)] EpisodeRequest Request,
    [property: Key(3)] BlobOffer? Weights) : IWireMessage
{
    string? IWireMessage.Flaw => Id.Flaw ?? Request.Flaw
        ?? (Request.WeightsVersion is null == Weights is null ? null : "weights and their version must be given together")
        ?? (Weights as IWireMessage)?.Flaw;
}

/// <summary>Renews the claim on an episode. Answered by <see cref="EpisodeHeld"/> or <see cref="EpisodeWithdrawn"/>.</summary>
/// <param name="Id">The episode.</param>
/// <param name="Owner">The collector.</param>
[MessagePackObject]
public sealed record RenewEpisode([property: Key(0)] EpisodeId Id, [property: Key(1)] string Owner) : IWireMessage
{
    string? IWireMessage.Flaw => Id.Flaw;
}

/// <summary>The claim is renewed.</summary>
/// <param name="Id">The episode.</param>
[MessagePackObject]
public sealed record EpisodeHeld([property: Key(0)] EpisodeId Id) : IWireMessage
{
    string? IWireMessage.Flaw => Id.Flaw;
}

/// <summary>The claim is lost: the collector drops the episode.</summary>
/// <param name="Id">The episode.</param>
/// <param name="Reason">The cause, on one line.</param>
[MessagePackObject]
public sealed record EpisodeWithdrawn([property: Key(0)] EpisodeId Id, [property: Key(1)] string Reason) : IWireMessage
{
    string? IWireMessage.Flaw => Id.Flaw;
}

/// <summary>The collector gives up the episode. There is no answer: if this message is lost, the claim expires with its lease.</summary>
/// <param name="Id">The episode.</param>
/// <param name="Owner">The collector.</param>
/// <param name="Failure">Why the collector cannot play it, on one line; null if it did not fail.</param>
[MessagePackObject]
public sealed record EpisodeReturned(
    [property: Key(0)] EpisodeId Id, [property: Key(1)] string Owner, [property: Key(2)] string? Failure) : IWireMessage
{
    string? IWireMessage.Flaw => Id.Flaw;
}

/// <summary>
/// The episode is finished, and its file can be pulled from the sender. Repeated until <see cref="EpisodeTaken"/> or
/// <see cref="EpisodeWithdrawn"/> answers it.
/// </summary>
/// <param name="Id">The episode.</param>
/// <param name="Owner">The collector.</param>
/// <param name="Name">Name of the episode.</param>
/// <param name="File">Its file.</param>
[MessagePackObject]
public sealed record EpisodePlayed(
    [property: Key(0)] EpisodeId Id,
    [property: Key(1)] string Owner,
    [property: Key(2)] string Name,
    [property: Key(3)] BlobOffer File) : IWireMessage
{
    string? IWireMessage.Flaw => Id.Flaw ?? ((IWireMessage)File).Flaw;
}

/// <summary>The run has received and accepted the episode.</summary>
/// <param name="Id">The episode.</param>
[MessagePackObject]
public sealed record EpisodeTaken([property: Key(0)] EpisodeId Id) : IWireMessage
{
    string? IWireMessage.Flaw => Id.Flaw;
}
