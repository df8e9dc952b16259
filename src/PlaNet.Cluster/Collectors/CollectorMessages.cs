using MessagePack;
using PlaNet.Cluster.Wire;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Cluster.Collectors;

/// <summary>An episode under one claim. A later claim on the same episode has a higher epoch, and fences this one.</summary>
/// <param name="Run">The process of a run that wants it, by a name that no process had before.</param>
/// <param name="Order">Number of the order.</param>
/// <param name="Number">Number of the episode within the order, from 0.</param>
/// <param name="Epoch">Number of the claim on it, from 1.</param>
[MessagePackObject]
public sealed record EpisodeId([property: Key(0)] string Run, [property: Key(1)] long Order, [property: Key(2)] int Number, [property: Key(3)] long Epoch)
{
    /// <summary>Why it cannot be used; null where it can.</summary>
    internal string? Flaw => Run is not { Length: > 0 and <= 100 } ? "the run's name must have 1 to 100 characters"
        : Number < 0 ? $"the number is {Number} but must be at least 0"
        : null;

    /// <summary>Names the transfer of its file.</summary>
    internal string Transfer => $"{Run}/{Order}/{Number}/{Epoch}";
}

/// <summary>What is to be played. It is decided by this, the run's experiment and the weights, and by nothing of the collector's.</summary>
/// <param name="Step">What the episode is for.</param>
/// <param name="Kind">Who acts.</param>
/// <param name="Seed">The episode's seed.</param>
/// <param name="Task">Which of the run's tasks, from 0.</param>
/// <param name="Noise">Standard deviation of the exploration noise, at least 0.</param>
/// <param name="WeightsVersion">Version of the weights that the planner plans with; null where nobody plans.</param>
[MessagePackObject]
public sealed record EpisodeRequest(
    [property: Key(0)] RunStep Step,
    [property: Key(1)] ActingKind Kind,
    [property: Key(2)] ulong Seed,
    [property: Key(3)] int Task,
    [property: Key(4)] double Noise,
    [property: Key(5)] long? WeightsVersion)
{
    /// <summary>Why it cannot be used; null where it can.</summary>
    internal string? Flaw => !Enum.IsDefined(Step) ? $"the step {(int)Step} is unknown"
        : !Enum.IsDefined(Kind) ? $"the kind {(int)Kind} is unknown"
        : Task < 0 ? $"the task is {Task} but must be at least 0"
        : Noise >= 0 ? null : $"the noise is {Noise} but must be at least 0";

    /// <summary>What a collector is told to play.</summary>
    /// <param name="weights">Weights of <see cref="WeightsVersion"/>; null where nobody plans.</param>
    internal Acting Acting(Weights? weights) => new(Kind, [Seed], [Task], Noise, weights);
}

/// <summary>A run wants episodes: collectors that are free claim one. Repeated while there is one to claim.</summary>
/// <param name="Run">The process of the run.</param>
/// <param name="Name">The run as people know it: its experiment and seed.</param>
/// <param name="Compute">What a process settles when it loads the tensor library. A collector serves runs of one such kind.</param>
[MessagePackObject]
public sealed record EpisodesWanted([property: Key(0)] string Run, [property: Key(1)] string Name, [property: Key(2)] string Compute) : IWireMessage;

/// <summary>A collector would play an episode. Answered by <see cref="EpisodeAssigned"/> or <see cref="NothingToPlay"/>.</summary>
/// <param name="Run">The process of the run.</param>
/// <param name="Owner">The collector.</param>
[MessagePackObject]
public sealed record ClaimEpisode([property: Key(0)] string Run, [property: Key(1)] string Owner) : IWireMessage;

/// <summary>The run has no episode for this collector.</summary>
/// <param name="Run">The process of the run.</param>
[MessagePackObject]
public sealed record NothingToPlay([property: Key(0)] string Run) : IWireMessage;

/// <summary>The collector has an episode to play, until it has delivered it, returned it, or not renewed its claim for the time of a lease.</summary>
/// <param name="Id">The episode.</param>
/// <param name="Experiment">The run's experiment as canonical JSON.</param>
/// <param name="Request">What is to be played.</param>
/// <param name="Weights">The weights to plan with, to be pulled from the sender; null where nobody plans.</param>
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

/// <summary>The collector still plays the episode. Answered by <see cref="EpisodeHeld"/> or <see cref="EpisodeWithdrawn"/>.</summary>
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

/// <summary>The claim is lost: the collector drops what it played.</summary>
/// <param name="Id">The episode.</param>
/// <param name="Reason">Why, on one line.</param>
[MessagePackObject]
public sealed record EpisodeWithdrawn([property: Key(0)] EpisodeId Id, [property: Key(1)] string Reason) : IWireMessage
{
    string? IWireMessage.Flaw => Id.Flaw;
}

/// <summary>
/// The collector gives the episode up. No answer: where this is lost, the claim ends with its lease.
/// </summary>
/// <param name="Id">The episode.</param>
/// <param name="Owner">The collector.</param>
/// <param name="Failure">Why it cannot play it, on one line; null where nothing is wrong.</param>
[MessagePackObject]
public sealed record EpisodeReturned([property: Key(0)] EpisodeId Id, [property: Key(1)] string Owner, [property: Key(2)] string? Failure) : IWireMessage
{
    string? IWireMessage.Flaw => Id.Flaw;
}

/// <summary>
/// The episode is played, and its file to be pulled from the sender. Sent again until <see cref="EpisodeTaken"/> or
/// <see cref="EpisodeWithdrawn"/> answers it.
/// </summary>
/// <param name="Id">The episode.</param>
/// <param name="Owner">The collector.</param>
/// <param name="Name">Name of the episode.</param>
/// <param name="File">Its file.</param>
[MessagePackObject]
public sealed record EpisodePlayed(
    [property: Key(0)] EpisodeId Id, [property: Key(1)] string Owner, [property: Key(2)] string Name, [property: Key(3)] BlobOffer File) : IWireMessage
{
    string? IWireMessage.Flaw => Id.Flaw ?? ((IWireMessage)File).Flaw;
}

/// <summary>The run has the episode.</summary>
/// <param name="Id">The episode.</param>
[MessagePackObject]
public sealed record EpisodeTaken([property: Key(0)] EpisodeId Id) : IWireMessage
{
    string? IWireMessage.Flaw => Id.Flaw;
}
