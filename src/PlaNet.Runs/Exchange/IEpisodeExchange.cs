using PlaNet.Runs.Messages;

namespace PlaNet.Runs.Exchange;

/// <summary>
/// Where runs and collectors meet: whole episodes and versioned weights, never frames. Safe for any number of threads, processes and, where
/// the exchange allows it, machines. Every change is on disk when its method returns; what each change means is written in
/// <see cref="RequestState"/>.
/// </summary>
/// <remarks>Every method throws <see cref="ExchangeException"/> where the exchange cannot be reached or used.</remarks>
public interface IEpisodeExchange : IDisposable
{
    /// <summary>The exchange's address as it may be shown: it never holds a password.</summary>
    string Address { get; }

    /// <summary>Begins to take episodes for a run. What runs left that were not heard of for a week is removed.</summary>
    /// <param name="offer">The run.</param>
    /// <returns>A name that no run ever had, not even an earlier process of the same one: what was played for that one reaches nobody.</returns>
    string Offer(RunOffer offer);

    /// <summary>Asks for episodes, in place of whatever was asked for before.</summary>
    /// <param name="run">The run.</param>
    /// <param name="weights">The weights to plan with, in place of earlier ones; null to leave those.</param>
    /// <param name="requests">The episodes; none to ask for nothing more.</param>
    /// <param name="lease">How long they are given out unless the run looks again.</param>
    /// <returns>False where the run is not known any more: offer it again.</returns>
    bool Request(string run, Weights? weights, IReadOnlyList<EpisodeRequest> requests, TimeSpan lease);

    /// <summary>How the requests stand, by number.</summary>
    /// <param name="run">The run.</param>
    /// <param name="lease">How long they are given out unless the run looks again.</param>
    /// <returns>Null where the run is not known any more.</returns>
    IReadOnlyList<RequestState>? Look(string run, TimeSpan lease);

    /// <summary>An episode that was delivered.</summary>
    /// <param name="run">The run.</param>
    /// <param name="number">Number of the request.</param>
    /// <returns>Null where there is none.</returns>
    DeliveredEpisode? Take(string run, int number);

    /// <summary>Says that what was delivered cannot be used: it is asked for again.</summary>
    /// <param name="run">The run.</param>
    /// <param name="number">Number of the request.</param>
    /// <param name="reason">Why, on one line.</param>
    void Refuse(string run, int number, string reason);

    /// <summary>Takes no more episodes for a run, and forgets all that belongs to it.</summary>
    /// <param name="run">The run.</param>
    void Close(string run);

    /// <summary>Claims an episode of a run that is still heard of: what failed least comes first, then what was asked for first.</summary>
    /// <param name="owner">Who claims.</param>
    /// <param name="lease">How long the claim lasts unless it is renewed.</param>
    /// <param name="compute">Only of runs whose <see cref="RunOffer.Compute"/> this is; null for any.</param>
    /// <param name="name">Only of runs of this <see cref="RunOffer.Name"/>; null for any.</param>
    /// <returns>The claim, or null where there is nothing to claim.</returns>
    EpisodeClaim? Claim(string owner, TimeSpan lease, string? compute = null, string? name = null);

    /// <summary>The episodes that collectors play at the moment, under claims that have not ended.</summary>
    IReadOnlyList<EpisodeInPlay> InPlay();

    /// <summary>What a run offered; null where it is gone.</summary>
    /// <param name="run">The run.</param>
    RunOffer? Find(string run);

    /// <summary>Weights of a run; null where they are gone.</summary>
    /// <param name="run">The run.</param>
    /// <param name="version">Their version.</param>
    Weights? FindWeights(string run, long version);

    /// <summary>Renews a claim.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="lease">How long it lasts unless it is renewed again.</param>
    /// <returns>False when it is lost: another has it, or the run wants it no more.</returns>
    bool Renew(EpisodeClaim claim, TimeSpan lease);

    /// <summary>Delivers a whole episode.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="name">The episode's name.</param>
    /// <param name="content">Its file.</param>
    /// <returns>False when the claim is lost, and nothing was stored.</returns>
    bool Deliver(EpisodeClaim claim, string name, byte[] content);

    /// <summary>Says that the collector cannot play it.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="reason">Why, on one line.</param>
    /// <returns>False when the claim is lost.</returns>
    bool Fail(EpisodeClaim claim, string reason);

    /// <summary>Gives it back: the collector stops, and nothing is wrong.</summary>
    /// <param name="claim">The claim.</param>
    /// <returns>False when the claim is lost.</returns>
    bool Release(EpisodeClaim claim);
}
