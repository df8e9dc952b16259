using PlaNet.Runs.Exchange;
using PlaNet.Runs.Messages;

namespace PlaNet.Tests.Runs;

/// <summary>An exchange that fails as long as it has a cause to.</summary>
internal sealed class SilentExchange(IEpisodeExchange inner) : IEpisodeExchange
{
    public Exception? Cause { get; set; }

    public string Address => inner.Address;

    private IEpisodeExchange Answering => Cause is null ? inner : throw Cause;

    public string Offer(RunOffer offer) => Answering.Offer(offer);

    public bool Request(string run, Weights? weights, IReadOnlyList<EpisodeRequest> requests, TimeSpan lease) => Answering.Request(run, weights, requests, lease);

    public IReadOnlyList<RequestState>? Look(string run, TimeSpan lease) => Answering.Look(run, lease);

    public DeliveredEpisode? Take(string run, int number) => Answering.Take(run, number);

    public void Refuse(string run, int number, string reason) => Answering.Refuse(run, number, reason);

    public void Close(string run) => Answering.Close(run);

    public EpisodeClaim? Claim(string owner, TimeSpan lease, string? compute = null, string? name = null) => Answering.Claim(owner, lease, compute, name);

    public IReadOnlyList<EpisodeInPlay> InPlay() => Answering.InPlay();

    public RunOffer? Find(string run) => Answering.Find(run);

    public Weights? FindWeights(string run, long version) => Answering.FindWeights(run, version);

    public bool Renew(EpisodeClaim claim, TimeSpan lease) => Answering.Renew(claim, lease);

    public bool Deliver(EpisodeClaim claim, string name, byte[] content) => Answering.Deliver(claim, name, content);

    public bool Fail(EpisodeClaim claim, string reason) => Answering.Fail(claim, reason);

    public bool Release(EpisodeClaim claim) => Answering.Release(claim);

    public void Dispose() => inner.Dispose();
}
